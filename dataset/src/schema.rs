//! Classes, their colours, and the subsets of a dataset.

use serde::{Deserialize, Serialize};

/// Index of the background class: 'nothing that we label is here'.
pub const BACKGROUND: u8 = 0;

/// Index of pixels that were not labeled; never counted, never trained on. Not the same as background.
pub const VOID: u8 = 255;

/// Whether objects of a class are counted one by one (things) or form one area (stuff).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassKind {
    #[default]
    Thing,
    Stuff,
}

/// One class. Its index never changes and is the pixel value in every mask that is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// 1 to 254; 0 is background and 255 is void.
    pub index: u8,
    pub name: String,
    /// `#rrggbb`
    pub color: String,
    #[serde(default)]
    pub kind: ClassKind,
}

/// All classes of a dataset in the order of their indices, without background and void.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub classes: Vec<Class>,
}

impl Schema {
    /// The class with that index, if there is one.
    #[must_use]
    pub fn class(&self, index: u8) -> Option<&Class> {
        self.classes.iter().find(|class| class.index == index)
    }

    /// Whether a shape may carry that class: a class of the schema, or void.
    #[must_use]
    pub fn accepts(&self, index: u8) -> bool {
        index == VOID || self.class(index).is_some()
    }
}

/// What an image is for. Validation images are drawn at random and never trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subset {
    Train,
    Validation,
    Test,
}
