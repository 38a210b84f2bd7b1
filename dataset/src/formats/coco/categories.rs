//! Classes as categories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::annotation::flag;
use crate::exchange::ExchangeError;
use crate::formats::support::{class_named, rgb, usable};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};

#[derive(Serialize)]
struct Out<'a> {
    id: u8,
    name: &'a str,
    supercategory: &'a str,
    isthing: u8,
    color: [u8; 3],
}

/// The beginning of a file up to its images: what it is, and its categories, whose ids are the class indices.
pub(super) fn head(schema: &Schema) -> Result<String, ExchangeError> {
    let category = |class: &crate::schema::Class| {
        let thing = class.kind == ClassKind::Thing;
        let color = rgb(&class.color).unwrap_or_default();
        serde_json::to_string(&Out {
            id: class.index,
            name: &class.name,
            supercategory: if thing { "thing" } else { "stuff" },
            isthing: u8::from(thing),
            color,
        })
    };
    let categories = schema.classes.iter().map(category).collect::<Result<Vec<_>, _>>();
    let categories = categories.map_err(|error| ExchangeError::Format(error.to_string()))?.join(",\n");
    Ok(format!("{{\"info\":{{\"description\":\"Labelwright\"}},\n\"licenses\":[],\n\"categories\":[\n{categories}\n],\n\"images\":["))
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    id: i64,
    name: String,
    #[serde(default = "yes", deserialize_with = "flag")]
    isthing: bool,
    #[serde(default)]
    color: Option<[u8; 3]>,
}

fn yes() -> bool {
    true
}

/// The classes of all files, and which category has which index.
#[derive(Debug, Default)]
pub(super) struct Categories {
    /// In the order in which they were listed.
    listed: Vec<Category>,
    indices: BTreeMap<i64, u8>,
}

impl Categories {
    /// Takes the categories of one more file; a category may be listed in several files, but must be the same.
    pub fn add(&mut self, category: Category) -> Result<(), String> {
        match self.listed.iter().find(|known| known.id == category.id) {
            Some(known) if known.name == category.name => Ok(()),
            Some(known) => Err(format!("category {} is called '{}' and '{}'", category.id, known.name, category.name)),
            None if self.listed.len() >= 254 => Err("there are more than 254 categories".into()),
            None => {
                self.listed.push(category);
                Ok(())
            }
        }
    }

    /// The schema: with the categories' ids as indices where all are between 1 and 254, else counted from 1 in their order.
    pub fn schema(&mut self) -> Result<Schema, ExchangeError> {
        let fits = |id: i64| u8::try_from(id).ok().filter(|&id| !matches!(id, BACKGROUND | VOID));
        let keep = self.listed.iter().all(|category| fits(category.id).is_some());
        let index = |at: u8, category: &Category| fits(category.id).filter(|_| keep).unwrap_or(at);
        let mut classes = Vec::with_capacity(self.listed.len());
        for (at, category) in (1..=254).zip(&self.listed) {
            let kind = if category.isthing { ClassKind::Thing } else { ClassKind::Stuff };
            let class = class_named(index(at, category), &category.name, category.color, kind);
            self.indices.insert(category.id, class.index);
            classes.push(class);
        }
        usable(classes).map_err(ExchangeError::Format)
    }

    /// The class of a category.
    pub fn class(&self, id: i64) -> Option<u8> {
        self.indices.get(&id).copied()
    }
}
