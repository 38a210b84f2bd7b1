//! Which attributes of a line count, and of what kind they are.

use serde_json::{Map, Value};

use super::answers::answer_of;
use super::lines::Line;
use crate::formats::support::parse_time;

/// What an attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Segmentation,
    Detection,
    Classification,
    /// A worker's answer as it is.
    Custom,
}

/// One attribute with its metadata.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub kind: Kind,
    pub value: &'a Value,
    pub metadata: Option<&'a Map<String, Value>>,
}

impl<'a> Attribute<'a> {
    /// A text in the metadata.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.metadata?.get(name)?.as_str()
    }

    pub fn time(&self) -> Option<i64> {
        parse_time(self.text("creation-date")?)
    }
}

/// The attributes of a line that count, one of each kind, and how many others it has.
pub(super) fn chosen<'a>(line: &'a Line, wanted: &[String]) -> (Vec<Attribute<'a>>, u64) {
    let (mut chosen, mut others) = (Vec::<Attribute<'a>>::new(), 0);
    for (name, value) in &line.0 {
        if matches!(&**name, "source-ref" | "source") || name.ends_with("-metadata") {
            continue;
        }
        let metadata = line.get(&format!("{name}-metadata")).and_then(Value::as_object);
        let attribute = kind(value, metadata).map(|kind| Attribute { kind, value, metadata });
        let Some(attribute) = attribute.filter(|_| wanted.is_empty() || wanted.contains(name)) else {
            others += 1;
            continue;
        };
        let rank = |one: &Attribute<'_>| (one.text("adjustment-status").is_some(), one.time());
        match chosen.iter_mut().find(|known| known.kind == attribute.kind) {
            // Of equals the later one in the line.
            Some(known) => {
                if rank(&attribute) >= rank(known) {
                    *known = attribute;
                }
                others += 1;
            }
            None => chosen.push(attribute),
        }
    }
    (chosen, others)
}

fn kind(value: &Value, metadata: Option<&Map<String, Value>>) -> Option<Kind> {
    let told = metadata.and_then(|metadata| metadata.get("type")).and_then(Value::as_str).unwrap_or_default();
    let has = |name: &str| metadata.is_some_and(|metadata| metadata.contains_key(name));
    if told.contains("verification") {
        None
    } else if value.is_string() && (told.contains("semantic-segmentation") || has("internal-color-map")) {
        Some(Kind::Segmentation)
    } else if value.get("annotations").is_some_and(Value::is_array) && value.get("image_size").is_some() {
        Some(Kind::Detection)
    } else if told.contains("image-classification") || ((value.is_u64() || value.is_array()) && (has("class-name") || has("class-map"))) {
        Some(Kind::Classification)
    } else if answer_of(value).is_some() {
        Some(Kind::Custom)
    } else {
        None
    }
}
