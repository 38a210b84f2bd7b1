//! COCO: one JSON file a subset, with polygons and run-length codes, or with panoptic PNGs.
//!
//! `annotations/instances_train.json` (`annotations/panoptic_train.json`) with pictures in `images/train/`; `val` and `test` alike, and
//! `default` for images without a subset. Categories have the class index as their id. The files are written and read piece by piece, so
//! they may be of any size.
//!
//! Source: <https://cocodataset.org/#format-data>, and for the run-length code `maskApi.c` of pycocotools.

mod annotation;
mod areas;
mod categories;
mod index;
mod panoptic_reader;
mod panoptic_writer;
mod parts;
mod reader;
pub mod rle;
mod writer;

use super::registry::{Clues, Format, FormatOption, Holds};

/// Objects one by one.
pub static INSTANCES: Format = Format {
    id: "coco",
    title: "COCO",
    about: "One JSON file a subset: polygons, run-length coded masks and boxes, object by object.",
    holds: HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::choice("rle", &["compressed", "counts"], "How masks are coded: as compressed text, or as lists of numbers."),
        FormatOption::choice(
            "masks",
            &["rle", "polygons"],
            "Write masks as they are, or as the polygons around them where they have no holes.",
        ),
    ],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| json_with(clues, "\"images\"", |head| !head.contains("segments_info")),
};

const HOLDS: Holds = Holds {
    polygons: true,
    holes: true,
    parts: true,
    masks: true,
    boxes: true,
    points: false,
    tags: false,
    void: false,
    instances: true,
    confidence: true,
    attributes: true,
    subsets: true,
};

/// Every pixel's object.
pub static PANOPTIC: Format = Format {
    id: "coco-panoptic",
    title: "COCO panoptic",
    about: "One JSON file a subset and a PNG an image, in which every pixel has its thing or stuff.",
    holds: PANOPTIC_HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::flag("unlabeled_is_void", false, "Take pixels without a segment for 'not labeled' instead of for background.")
            .for_reading(),
    ],
    writer: Some(panoptic_writer::make),
    reader: Some(panoptic_reader::make),
    detect: |clues| json_with(clues, "", |head| head.contains("segments_info")) || clues.names.iter().any(|name| is_panoptic(name)),
};

const PANOPTIC_HOLDS: Holds = Holds { polygons: false, boxes: false, void: false, confidence: false, attributes: false, ..HOLDS };

/// Whether a file is called as panoptic annotations are.
fn is_panoptic(name: &str) -> bool {
    file_name(name).starts_with("panoptic") && name.ends_with(".json")
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether a JSON file at the top or in `annotations` begins as COCO does.
fn json_with(clues: &Clues<'_>, word: &str, more: impl Fn(&str) -> bool) -> bool {
    let candidates = clues.names.iter().filter(|name| name.ends_with(".json") && !is_panoptic(name));
    let mut near = candidates.filter(|name| name.matches('/').count() <= 1).take(20);
    near.any(|name| {
        let head = clues.head(name, 1 << 16);
        let head = String::from_utf8_lossy(&head);
        let coco = head.contains("\"categories\"") || head.contains("\"annotations\"");
        head.trim_start().starts_with('{') && coco && head.contains(word) && more(&head)
    })
}
