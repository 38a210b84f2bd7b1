//! CamVid: pictures beside class masks, and lists that pair them.
//!
//! `train/NAME`, `trainannot/STEM.png` and `train.txt` with both on a line; `val`, `test`, and `default` for images without a subset. Masks
//! have a palette, so that they can be read by their values, which are class indices, and by their colours, which stand in
//! `label_colors.txt`. The original form with coloured masks in `LabeledApproved_full` is read, too.
//!
//! Source: <http://mi.eng.cam.ac.uk/research/projects/VideoRec/CamVid/> and the SegNet tutorial's copy.

mod colors;
mod lists;
mod reader;
mod writer;

use super::registry::{Format, FormatOption, Holds};

/// Pictures, masks and lists.
pub static FORMAT: Format = Format {
    id: "camvid",
    title: "CamVid",
    about: "Class masks with a palette beside the pictures, and lists that pair them.",
    holds: HOLDS,
    options: &[FormatOption::PICTURES],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| {
        let annot = clues.names.iter().any(|name| name.contains("annot/") && name.ends_with(".png"));
        clues.has(colors::FILE) && (annot || clues.first(lists::ORIGINAL_MASKS, ".png").is_some()) || annot && clues.has("train.txt")
    },
};

const HOLDS: Holds = Holds {
    polygons: false,
    holes: true,
    parts: true,
    masks: true,
    boxes: false,
    points: false,
    tags: false,
    void: true,
    instances: false,
    confidence: false,
    attributes: false,
    subsets: true,
};
