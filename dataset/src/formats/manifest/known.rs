//! The classes of manifests that no `classes.json` explains: all lines are read for them.

use serde_json::Value;

use super::answers;
use super::attributes::{Attribute, Kind, chosen};
use super::colors::BACKGROUND_NAME;
use super::lines::Lines;
use crate::exchange::{ExchangeError, Input};
use crate::formats::support::{class_named, rgb, schema_of, usable};
use crate::schema::{ClassKind, Schema};

/// A class as some line tells it.
struct Told {
    name: String,
    /// Its key in colour maps.
    key: Option<u8>,
    color: Option<[u8; 3]>,
    kind: ClassKind,
}

#[derive(Default)]
struct Gathered(Vec<Told>);

impl Gathered {
    /// Classes at most, of which most would then be refused.
    const MOST: usize = 2000;

    fn add(&mut self, name: &str, key: Option<u8>, color: Option<[u8; 3]>, kind: ClassKind) {
        let count = self.0.len();
        match self.0.iter_mut().find(|told| told.name == name) {
            Some(told) => {
                told.key = told.key.or(key);
                told.color = told.color.or(color);
                if kind == ClassKind::Thing {
                    told.kind = kind;
                }
            }
            None if count < Self::MOST => self.0.push(Told { name: name.to_owned(), key, color, kind }),
            None => {}
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) {
        let map = |name: &str| attribute.metadata.and_then(|metadata| metadata.get(name)?.as_object());
        match attribute.kind {
            Kind::Segmentation => {
                for (key, entry) in map("internal-color-map").into_iter().flatten() {
                    let Some(name) = entry.get("class-name").and_then(Value::as_str) else { continue };
                    if key == "0" || name.eq_ignore_ascii_case(BACKGROUND_NAME) {
                        continue;
                    }
                    let color = entry.get("hex-color").and_then(Value::as_str).and_then(rgb);
                    self.add(name, key.parse().ok(), color, ClassKind::Stuff);
                }
            }
            Kind::Detection | Kind::Classification => {
                let mut classes: Vec<(&String, &str)> =
                    map("class-map").into_iter().flatten().filter_map(|(key, name)| Some((key, name.as_str()?))).collect();
                classes.sort_by_key(|(key, _)| key.parse::<u32>().unwrap_or(u32::MAX));
                classes.into_iter().for_each(|(_, name)| self.add(name, None, None, ClassKind::Thing));
                if let Some(name) = attribute.text("class-name") {
                    self.add(name, None, None, ClassKind::Thing);
                }
            }
            Kind::Custom => {
                let labels = answers::answer_of(attribute.value).map(answers::labels).unwrap_or_default();
                labels.into_iter().for_each(|name| self.add(name, None, None, ClassKind::Thing));
            }
        }
    }
}

/// The classes of all lines: with the keys of colour maps as indices where all have one of their own, else from 1 on.
pub(super) fn classes_in(input: &dyn Input, files: Vec<String>, wanted: &[String]) -> Result<Schema, ExchangeError> {
    let (mut lines, mut gathered) = (Lines::new(files), Gathered::default());
    while let Some(found) = lines.next(input)? {
        // A line that can't be read is reported when it is its turn.
        let Ok(line) = &found.line else { continue };
        chosen(line, wanted).0.iter().for_each(|attribute| gathered.attribute(attribute));
    }
    let mut told = gathered.0;
    told.sort_by_key(|told| told.key.unwrap_or(u8::MAX));
    let by_key = told.iter().map(|told| Some(class_named(told.key?, &told.name, told.color, told.kind))).collect::<Option<Vec<_>>>();
    if let Some(schema) = by_key.and_then(|classes| usable(classes).ok()) {
        return Ok(schema);
    }
    schema_of(told.into_iter().map(|told| (told.name, told.color, told.kind)))
}
