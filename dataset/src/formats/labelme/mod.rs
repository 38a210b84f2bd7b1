//! LabelMe: a JSON file beside each picture.
//!
//! `images/train/NAME` with `images/train/STEM.json`, `validation` and `test` alike and without that folder for images that have no subset;
//! `labels.txt` lists the classes for LabelMe's own window, `classes.json` says what they mean for us. Polygons, boxes, points and masks are
//! shapes; shapes with the same `group_id` are one thing; classes of the whole image are flags; void has the label `__ignore__`, as in
//! LabelMe's own converters.
//!
//! Source: <https://github.com/wkentaro/labelme>, `labelme/label_file.py` and `labelme/utils/shape.py`.

mod file;
mod reader;
mod writer;

use super::registry::{Format, FormatOption, Holds};

/// A JSON file beside each picture.
pub static FORMAT: Format = Format {
    id: "labelme",
    title: "LabelMe",
    about: "A JSON file beside each picture, with polygons, boxes, points and masks.",
    holds: HOLDS,
    options: &[FormatOption::PICTURES],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| {
        let files = clues.names.iter().filter(|name| name.ends_with(".json") && *name != super::classes::CLASSES_FILE);
        files.take(3).any(|name| {
            let head = String::from_utf8_lossy(&clues.head(name, 1 << 16)).into_owned();
            head.contains("\"shapes\"") && (head.contains("\"shape_type\"") || head.contains("\"imagePath\"") || head.contains("\"flags\""))
        })
    },
};

const HOLDS: Holds = Holds {
    polygons: true,
    holes: false,
    parts: false,
    masks: true,
    boxes: true,
    points: true,
    tags: true,
    void: true,
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};

/// What is not to be labeled.
const IGNORE: &str = "__ignore__";

/// A flag of shapes that cover several things that were not told apart.
const CROWD: &str = "crowd";
