//! Ground Truth's augmented manifests: one JSON object a line for each image.
//!
//! `manifests/train.manifest` (`validation`, `test`, and `default` for images without a subset), pictures in `images/NAME`, and colour masks
//! in `masks/STEM.png`. A line has `source-ref`, `labels-ref` with a colour map, `boxes` where there are any, and `class` (or `classes`) for
//! classes of the whole image, each with its `…-metadata`. Colours are the classes' own, keys of the colour map and values of the masks
//! their indices; `class_id` counts from 0 in the order of the indices.
//!
//! Read are manifests with attributes of any names, of several jobs: of those of one kind an adjusted one counts, or else the latest.
//! Answers of `crowd-polygon`, `crowd-instance-segmentation`, `crowd-semantic-segmentation` and `crowd-bounding-box` are taken, too.
//!
//! Source: <https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html>.

mod answers;
mod attributes;
mod colors;
mod known;
mod lines;
mod outputs;
mod reader;
mod sagemaker;
mod writer;

use super::registry::{Format, FormatOption, Holds, OptionKind};

/// Manifests beside colour masks.
pub static FORMAT: Format = Format {
    id: "manifest",
    title: "Ground Truth manifest",
    about: "Augmented manifests with colour masks, boxes and classes, as SageMaker writes and trains from.",
    holds: HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::choice("areas", &["masks", "boxes"], "Write areas as colour masks, or as the boxes around them."),
        FormatOption::choice(
            "layout",
            &["manifest", "sagemaker"],
            "Manifests, or the folders train, train_annotation and so on of SageMaker's segmentation in File mode.",
        ),
        FormatOption {
            name: "base",
            about: "Where the files will lie, such as s3://bucket/folder; it is put before every file name.",
            kind: OptionKind::Words,
            reading: false,
        },
        FormatOption { name: "attributes", about: "Take only the attributes with these names.", kind: OptionKind::Words, reading: true },
    ],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| {
        let files = lines::manifests(clues.names);
        files.iter().take(3).any(|name| {
            let head = clues.head(name, 1 << 12);
            let head = String::from_utf8_lossy(&head);
            head.trim_start_matches('\u{feff}').trim_start().starts_with('{')
                && (head.contains("\"source-ref\"") || head.contains("\"source\""))
        })
    },
};

const HOLDS: Holds = Holds {
    polygons: false,
    holes: true,
    parts: true,
    masks: true,
    boxes: true,
    points: false,
    tags: true,
    void: true,
    instances: false,
    confidence: true,
    attributes: false,
    subsets: true,
};
