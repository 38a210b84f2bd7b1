//! Label Studio's JSON export. It is read only.
//!
//! One file with a list of tasks, or a file for each task. Of several annotations of a task the one that was changed last counts, without
//! those that were cancelled; a task with predictions alone is the machine's. Polygons, brushes, boxes (turned ones become polygons),
//! ellipses and points have coordinates in percent; choices are classes of the whole image.
//!
//! Source: <https://labelstud.io/guide/export>, and for brushes [`brush`].

pub mod brush;
mod reader;
mod regions;
mod task;

use super::registry::{Format, FormatOption, Holds};

/// Label Studio's own JSON.
pub static FORMAT: Format = Format {
    id: "label-studio",
    title: "Label Studio JSON",
    about: "Label Studio's own export: polygons, brushes, boxes, points and choices.",
    holds: HOLDS,
    options: &[FormatOption::flag("predictions", true, "Take predictions of tasks that nobody has labeled, as the machine's labels.")
        .for_reading()],
    writer: None,
    reader: Some(reader::make),
    detect: |clues| {
        reader::task_files(clues.names).iter().take(3).any(|name| {
            let head = String::from_utf8_lossy(&clues.head(name, 1 << 16)).into_owned();
            let answers = ["\"annotations\"", "\"completions\"", "\"predictions\""].iter().any(|key| head.contains(key));
            answers && (head.contains("\"result\"") || head.contains("\"total_annotations\"")) && !head.contains("\"categories\"")
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
    void: false,
    instances: true,
    confidence: true,
    attributes: false,
    subsets: false,
};
