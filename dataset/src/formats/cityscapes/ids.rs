//! Which ids and colours an export has.

use serde::{Deserialize, Serialize};

use super::table;
use crate::exchange::ExchangeError;
use crate::formats::support::rgb;
use crate::schema::{BACKGROUND, Schema, VOID};

/// How label ids are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Choice {
    #[default]
    Auto,
    Classes,
    Cityscapes,
}

/// Ids and colours by class index.
pub(super) struct Ids {
    pub label: [u8; 256],
    pub train: [u8; 256],
    pub color: [[u8; 3]; 256],
    /// Whether they are those of the table.
    pub official: bool,
}

impl Ids {
    pub fn new(schema: &Schema, choice: Choice) -> Result<Self, ExchangeError> {
        let foreign: Vec<&str> =
            schema.classes.iter().map(|class| class.name.as_str()).filter(|name| table::find(name).is_none()).collect();
        let official = match choice {
            Choice::Auto => foreign.is_empty() && !schema.classes.is_empty(),
            Choice::Classes => false,
            Choice::Cityscapes if foreign.is_empty() => true,
            Choice::Cityscapes => {
                let names = foreign.join("', '");
                return Err(ExchangeError::Format(format!("Cityscapes has no classes '{names}'; rename them, or choose other ids")));
            }
        };
        let mut ids = Self { label: [0; 256], train: [VOID; 256], color: [[0; 3]; 256], official };
        let mut classes: Vec<_> = schema.classes.iter().collect();
        classes.sort_by_key(|class| class.index);
        for (order, class) in (0..).zip(classes) {
            let own =
                table::Label { name: "", id: class.index, train_id: order, things: false, color: rgb(&class.color).unwrap_or_default() };
            let label = table::find(&class.name).copied().filter(|_| official).unwrap_or(own);
            let at = usize::from(class.index);
            (ids.label[at], ids.train[at], ids.color[at]) = (label.id, label.train_id, label.color);
        }
        ids.label[usize::from(BACKGROUND)] = 0;
        ids.label[usize::from(VOID)] = if official { table::OUT_OF_ROI.1 } else { VOID };
        Ok(ids)
    }

    /// The text of `label_colors.txt`, in the order of the train ids.
    pub fn colors(&self, schema: &Schema) -> String {
        let mut classes: Vec<_> = schema.classes.iter().collect();
        classes.sort_by_key(|class| class.index);
        let line = |class: &&crate::schema::Class| {
            let [r, g, b] = self.color[usize::from(class.index)];
            format!("{r} {g} {b} {}\n", class.name)
        };
        classes.iter().map(line).collect()
    }
}
