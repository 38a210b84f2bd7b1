//! YOLO as Ultralytics reads it: a text file an image, one object a line, coordinates as shares of the picture's size.
//!
//! `images/train/NAME`, `labels/train/STEM.txt`, with `val` and `test` alike and `default` for images without a subset, and `data.yaml`.
//! Classes are counted from 0 in the order of their indices; `classes.json` has the indices themselves.
//!
//! Source: <https://docs.ultralytics.com/datasets/segment/> and <https://docs.ultralytics.com/datasets/detect/>.

mod layout;
mod line;
mod reader;
mod writer;
mod yaml;

use super::registry::{Clues, Format, FormatOption, Holds, OptionKind};

const DECIMALS: FormatOption = FormatOption {
    name: "decimals",
    about: "Digits behind the point of coordinates; 0 for as many as they need to stay exact.",
    kind: OptionKind::Number(0.0),
    reading: false,
};

/// Outlines.
pub static SEGMENTS: Format = Format {
    id: "yolo-seg",
    title: "YOLO segmentation",
    about: "Ultralytics' layout with one outline a line.",
    holds: SEGMENT_HOLDS,
    options: &[FormatOption::PICTURES, DECIMALS],
    writer: Some(writer::segments),
    reader: Some(reader::make),
    detect: |clues| has_labels(clues),
};

const SEGMENT_HOLDS: Holds = Holds {
    polygons: true,
    holes: false,
    parts: false,
    masks: false,
    boxes: false,
    points: false,
    tags: false,
    void: false,
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};

/// Boxes.
pub static BOXES: Format = Format {
    id: "yolo",
    title: "YOLO boxes",
    about: "Ultralytics' layout with one box a line.",
    holds: BOX_HOLDS,
    options: &[FormatOption::PICTURES, DECIMALS],
    writer: Some(writer::boxes),
    reader: Some(reader::make),
    detect: |clues| has_labels(clues),
};

const BOX_HOLDS: Holds = Holds { polygons: false, boxes: true, ..SEGMENT_HOLDS };

fn has_labels(clues: &Clues<'_>) -> bool {
    let config = yaml::CONFIGS.iter().any(|name| clues.has(name)) || clues.has("classes.txt");
    config && clues.names.iter().any(|name| layout::is_label(name))
}
