//! Datumaro's own JSON.
//!
//! `annotations/train.json` with pictures in `images/train/NAME`, `val` and `test` alike, and `default` for images without a subset. Classes
//! are labels, counted from 0 in the order of their indices, with their colours as the mask's colour map; `classes.json` keeps the indices.
//! Shapes with the same `group` are one thing, `is_crowd` marks things that were not told apart, `score` says how sure somebody is.
//!
//! Source: <https://github.com/open-edge-platform/datumaro>, `plugins/data_formats/datumaro`.

mod json;
mod labels;
mod reader;
mod writer;

use super::registry::{Format, FormatOption, Holds};

/// A JSON file for each subset.
pub static FORMAT: Format = Format {
    id: "datumaro",
    title: "Datumaro",
    about: "One JSON file for each subset, as Datumaro writes it itself.",
    holds: HOLDS,
    options: &[FormatOption::PICTURES],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| {
        reader::annotation_files(clues.names).iter().take(3).any(|name| {
            let head = String::from_utf8_lossy(&clues.head(name, 1 << 16)).into_owned();
            head.contains("\"categories\"")
                && (head.contains("\"dm_format_version\"") || head.contains("\"label_groups\"") || {
                    head.contains("\"items\"") && head.contains("\"infos\"")
                })
        })
    },
};

/// Attributes by which Datumaro itself says something of an annotation.
const RESERVED: [&str; 2] = ["is_crowd", "score"];

const HOLDS: Holds = Holds {
    polygons: true,
    holes: false,
    parts: false,
    masks: true,
    boxes: true,
    points: true,
    tags: true,
    void: false,
    instances: true,
    confidence: true,
    attributes: true,
    subsets: true,
};
