//! Answers about an object, as JSON has them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::shape::{AttributeValue, Attributes, Shape};

/// The flags, numbers and texts of an object, and whether it says something else. Names in `besides` are none of ours, and nulls no answers.
pub(crate) fn answers_of(values: &Map<String, Value>, besides: &[&str]) -> (Attributes, bool) {
    let (mut answers, mut other) = (Attributes::new(), false);
    for (name, value) in values.iter().filter(|(name, value)| !besides.contains(&name.as_str()) && !value.is_null()) {
        match AttributeValue::deserialize(value) {
            Ok(value) => drop(answers.insert(name.clone(), value)),
            Err(_) => other = true,
        }
    }
    (answers, other)
}

/// What all shapes of an object say alike, and whether one of them says more.
pub(crate) fn common_answers(shapes: &[&Shape]) -> (Attributes, bool) {
    let Some((first, others)) = shapes.split_first() else { return (Attributes::new(), false) };
    let mut common = first.attributes.clone();
    common.retain(|name, value| others.iter().all(|shape| shape.attributes.get(name) == Some(value)));
    let more = shapes.iter().any(|shape| shape.attributes != common);
    (common, more)
}
