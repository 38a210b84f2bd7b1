//! One image of a dataset, as formats exchange it.

use serde::{Deserialize, Serialize};

use crate::schema::Subset;
use crate::shape::Shape;

/// One image and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Path of the picture file below the dataset's pictures, its parts separated by `/`; always a [`safe_name`](super::safe_name), and
    /// unique in the dataset without regard to case and ending, so that a mask may have the same stem.
    pub name: String,
    /// Size of the picture in pixels.
    pub width: u32,
    pub height: u32,
    /// What the image is for, where that was decided.
    pub subset: Option<Subset>,
    /// From bottom to top: where two shapes cover a pixel, the later one has it.
    pub shapes: Vec<Shape>,
    pub origin: Origin,
}

/// Where the label of an image comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// A machine said it and no person has confirmed it.
    pub machine: bool,
    /// How sure whoever said it is of the whole image, in `[0, 1]`.
    pub confidence: Option<f32>,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub created_ms: Option<i64>,
}

/// An image that was read, and where its picture is.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadItem {
    pub item: Item,
    /// Name of the picture file in the [`Input`](super::Input), if the dataset has it. Formats without pictures name only [`Item::name`].
    pub picture: Option<String>,
}
