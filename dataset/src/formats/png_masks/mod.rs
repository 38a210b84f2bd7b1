//! Masks as PNG files: 8 bits a pixel for classes, 16 for things.
//!
//! The value of a pixel is the class index or the number of the thing itself. A palette only makes class masks
//! pleasant to look at; readers that look at the values, such as Pillow in mode `P`, get the same indices.
//!
//! As a format of exchange: `images/train/NAME`, `masks/train/STEM.png`, and where a class is one of things
//! `instances/train/STEM.png`, with `validation` and `test` alike and without that folder for images that have no subset; what the
//! values mean stands in `classes.json`.

mod decode;
mod encode;
mod reader;
mod writer;

use crate::formats::registry::{Format, FormatOption, Holds};

pub use decode::{MAX_MASK_PIXELS, MaskPng, MaskPngError, read_mask_png, read_rgb_png};
pub use encode::{Palette, palette, png_gray8, png_gray16, png_palette8, png_rgb8};

/// Pictures beside class masks and instance masks.
pub static FORMAT: Format = Format {
    id: "png-masks",
    title: "PNG masks",
    about: "Pictures beside 8-bit masks of class indices, with a palette, and 16-bit masks of things.",
    holds: HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::flag("palette", true, "Give class masks the classes' colours; without, they are gray."),
        FormatOption::flag("instances", true, "Write 16-bit masks that number the things, if there are classes of things."),
    ],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| clues.first("masks", ".png").is_some() || clues.first("instances", ".png").is_some(),
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
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};
