//! Cityscapes: polygons as JSON, and PNGs of label ids, instance ids and colours.
//!
//! `leftImg8bit/train/CITY/STEM_leftImg8bit.png` with `gtFine/train/CITY/STEM_gtFine_polygons.json`, `…_labelIds.png`,
//! `…_labelTrainIds.png`, `…_instanceIds.png` and `…_color.png`; `val` and `test` alike, and `default` for images without a subset. The city
//! is the folder of the image's name, or `all`. Where every class has the name of one of Cityscapes' own, ids and colours are those of
//! its table; otherwise ids are class indices and `label_colors.txt` lists names and colours.
//!
//! Source: <https://github.com/mcordts/cityscapesScripts>, `helpers/labels.py` and `preparation/json2*.py`.

mod ids;
mod layout;
mod polygons;
mod reader;
mod table;
mod writer;

use super::registry::{Format, FormatOption, Holds};

/// Polygons and PNGs.
pub static FORMAT: Format = Format {
    id: "cityscapes",
    title: "Cityscapes",
    about: "Polygons as JSON, beside PNGs of label ids, instance ids and colours.",
    holds: HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::choice(
            "ids",
            &["auto", "classes", "cityscapes"],
            "Label ids: those of Cityscapes' table if all names are in it, always the class indices, or always those of the table.",
        ),
    ],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| clues.names.iter().any(|name| layout::Label::of(name).is_some()),
};

const HOLDS: Holds = Holds {
    polygons: true,
    holes: false,
    parts: false,
    masks: false,
    boxes: false,
    points: false,
    tags: false,
    void: true,
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};
