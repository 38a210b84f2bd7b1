//! Datasets as RecordIO, in three forms. Pictures are passed through as they are.
//!
//! - [`Segmentation`]: two sets with the same ids, one of pictures and one of masks as 8-bit PNG.
//! - [`Boxes`]: pictures with boxes, as MXNet's detection iterators read them.
//! - [`Classes`]: pictures with classes.
//!
//! Together with [`classes_json`](super::classes::classes_json), which says what the numbers mean, they make up an export.

mod boxes;
mod classes;
mod segmentation;
mod set;

pub use boxes::{Boxes, LabeledBox, boxes_of};
pub use classes::{ClassOptions, Classes, classes_of};
pub use segmentation::Segmentation;

use serde::{Deserialize, Serialize};

use crate::exchange::{Item, Loss, Losses};
use crate::schema::VOID;
use crate::shape::{Geometry, Shape};

use super::registry::{Format, FormatOption, Holds};
use super::support::settings;

const SPLIT: FormatOption = FormatOption::flag("split", false, "Record files for each subset instead of all in one.");

/// Nothing of it is read back: see the reader of records for that.
const NOTHING: Holds = Holds {
    polygons: false,
    holes: false,
    parts: false,
    masks: false,
    boxes: false,
    points: false,
    tags: false,
    void: false,
    instances: false,
    confidence: false,
    attributes: false,
    subsets: true,
};

/// Pictures and masks.
pub static SEGMENTATION: Format = Format {
    id: "recordio-seg",
    title: "RecordIO, masks",
    about: "Pictures and class masks in two sets of records with the same ids (.rec .idx .lst), for segmentation in MXNet and GluonCV.",
    holds: Holds { masks: true, void: true, ..NOTHING },
    options: &[SPLIT],
    writer: Some(|_, options, state| Ok(Box::new(Segmentation::new(settings(options)?, state)?))),
    reader: None,
    detect: |_| false,
};

/// Pictures and boxes.
pub static BOXES: Format = Format {
    id: "recordio-box",
    title: "RecordIO, boxes",
    about: "Pictures with a box and class for each thing, for object detection. Boxes are taken around the shapes.",
    holds: Holds { boxes: true, instances: true, ..NOTHING },
    options: &[SPLIT],
    writer: Some(|schema, options, state| Ok(Box::new(Boxes::new(schema, settings(options)?, state)?))),
    reader: None,
    detect: |_| false,
};

/// Pictures and classes.
pub static CLASSES: Format = Format {
    id: "recordio-class",
    title: "RecordIO, classes",
    about: "Pictures with their classes, for image classification.",
    holds: Holds { tags: true, ..NOTHING },
    options: &[
        SPLIT,
        FormatOption::flag("multi_hot", true, "A number for each class, 1 or 0; without, one class, and images with several are left out."),
    ],
    writer: Some(|schema, options, state| Ok(Box::new(Classes::new(schema, settings(options)?, state)?))),
    reader: None,
    detect: |_| false,
};

/// What can be chosen about record sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordOptions {
    /// Each subset gets files of its own (`seg_image_train.rec`, …) instead of all in one (`seg_image.rec`).
    pub split: bool,
}

/// Where a writer is, for going on later.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    lengths: set::Lengths,
    losses: Losses,
}

/// Counts what record sets never hold: confidences, and the subset where all are in one file.
fn common(losses: &mut Losses, item: &Item, options: RecordOptions) {
    losses.add_many(Loss::Confidence, &item.name, u64::from(item.origin.confidence.is_some()));
    losses.add_many(Loss::Attributes, &item.name, u64::from(item.shapes.iter().any(|shape| !shape.attributes.is_empty())));
    losses.add_many(Loss::Subset, &item.name, u64::from(item.subset.is_some() && !options.split));
}

fn count(shapes: &[Shape], wanted: impl Fn(&Shape) -> bool) -> u64 {
    shapes.iter().filter(|shape| wanted(shape)).count() as u64
}

fn is_area(shape: &Shape) -> bool {
    matches!(shape.geometry, Geometry::Polygon(_) | Geometry::Mask(_))
}

fn is_void(shape: &Shape) -> bool {
    shape.class == VOID
}
