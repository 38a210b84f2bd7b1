//! `classes.json`: what the numbers in the other files of an export mean.

use serde::{Deserialize, Serialize};

use super::support::{read_text, usable};
use crate::exchange::{ExchangeError, Input};
use crate::schema::{BACKGROUND, Class, ClassKind, Schema, VOID};

/// Where the classes of an export stand.
pub const CLASSES_FILE: &str = "classes.json";

#[derive(Serialize)]
struct File<'a> {
    background: u8,
    void: u8,
    classes: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    /// The value in masks.
    index: u8,
    /// The value in box and class labels, which count from 0.
    label: usize,
    name: &'a str,
    color: &'a str,
    kind: ClassKind,
}

/// The class indices in ascending order; their positions are the labels in box and class records.
#[derive(Clone, Debug)]
pub(super) struct ClassOrder([Option<u8>; 256]);

impl ClassOrder {
    pub fn new(schema: &Schema) -> Self {
        let mut order = [None; 256];
        for (position, index) in (0..=u8::MAX).zip(sorted(schema)) {
            order[usize::from(index)] = Some(position);
        }
        Self(order)
    }

    /// The label that stands for a class in box and class records.
    pub fn label(&self, index: u8) -> Option<u8> {
        self.0[usize::from(index)]
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.0.iter().flatten().count()
    }
}

fn sorted(schema: &Schema) -> Vec<u8> {
    let mut indices: Vec<u8> = schema.classes.iter().map(|class| class.index).collect();
    indices.sort_unstable();
    indices.dedup();
    indices
}

/// The text of `classes.json`: for every class its value in masks (`index`), its value in box and class labels (`label`, the
/// position among the indices from 0), name, colour and kind.
///
/// # Errors
/// None in practice; the text is plain data.
pub fn classes_json(schema: &Schema) -> Result<String, serde_json::Error> {
    let indices = sorted(schema);
    let line = |(label, &index): (usize, &u8)| {
        schema.class(index).map(|class| Line { index, label, name: &class.name, color: &class.color, kind: class.kind })
    };
    let file = File { background: BACKGROUND, void: VOID, classes: indices.iter().enumerate().filter_map(line).collect() };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

/// The classes of one of our own exports, from [`CLASSES_FILE`]; none if there is no such file, or one of somebody else's.
///
/// # Errors
/// The file can't be read, or its classes contradict each other.
pub fn read_classes(input: &dyn Input) -> Result<Option<Schema>, ExchangeError> {
    #[derive(Deserialize)]
    struct Known {
        classes: Vec<Class>,
    }
    let Some(text) = read_text(input, CLASSES_FILE)? else { return Ok(None) };
    let Ok(known) = serde_json::from_str::<Known>(&text) else { return Ok(None) };
    usable(known.classes).map(Some).map_err(|reason| ExchangeError::file(CLASSES_FILE, None, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Class;

    #[test]
    fn labels_are_positions_among_the_indices() {
        let class = |index, name: &str| Class { index, name: name.into(), color: "#112233".into(), kind: ClassKind::Thing };
        let schema = Schema { classes: vec![class(7, "cat"), class(2, "road")] };
        let json: serde_json::Value = serde_json::from_str(&classes_json(&schema).unwrap()).unwrap();
        assert_eq!(json["classes"][0], serde_json::json!({"index": 2, "label": 0, "name": "road", "color": "#112233", "kind": "thing"}));
        assert_eq!((&json["classes"][1]["label"], &json["background"], &json["void"]), (&1.into(), &0.into(), &255.into()));
        let order = ClassOrder::new(&schema);
        assert_eq!((order.label(2), order.label(7), order.label(1), order.len()), (Some(0), Some(1), None, 2));
    }
}
