//! Reading pictures and masks of a set within limits.

use std::io::Read;

use labelwright_dataset::exchange::Input;
use labelwright_dataset::formats::png_masks::{MaskPng, read_mask_png};
use labelwright_dataset::{ClassMap, InstanceMap};

use super::error::{ItemProblem, Sides};
use crate::pixels::{self, Picture};
use crate::sample::Sample;

/// The largest file and picture that are read; both are known before anything is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Width × height.
    pub pixels: u64,
}

impl Default for Limits {
    /// 256 MiB, and as many pixels as are decoded anywhere.
    fn default() -> Self {
        Self { bytes: 1 << 28, pixels: pixels::MAX_PIXELS }
    }
}

/// Which parts of a label are made. What is not needed costs time in every step of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub mask: bool,
    pub instances: bool,
    pub outlines: bool,
    pub boxes: bool,
}

impl Parts {
    pub const ALL: Self = Self { mask: true, instances: true, outlines: true, boxes: true };
    /// The mask alone.
    pub const SEGMENTATION: Self = Self { mask: true, instances: false, outlines: false, boxes: false };
    /// Boxes alone.
    pub const DETECTION: Self = Self { mask: false, instances: false, outlines: false, boxes: true };
    /// Numbers of the picture as a whole alone.
    pub const CLASSIFICATION: Self = Self { mask: false, instances: false, outlines: false, boxes: false };
}

/// The bytes of a file.
pub(super) fn read(input: &dyn Input, name: &str, limits: Limits) -> Result<Vec<u8>, ItemProblem> {
    let failed = |source| ItemProblem::Io { file: name.to_owned(), source };
    let too_many = |bytes| ItemProblem::TooManyBytes { file: name.to_owned(), bytes, limit: limits.bytes };
    match input.size(name).map_err(failed)? {
        Some(bytes) if bytes > limits.bytes => return Err(too_many(bytes)),
        _ => {}
    }
    let mut bytes = Vec::new();
    input.open(name).and_then(|file| file.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > limits.bytes { Err(too_many(bytes.len() as u64)) } else { Ok(bytes) }
}

/// A picture from its file.
pub(super) fn picture(bytes: &[u8], limits: Limits) -> Result<Picture, ItemProblem> {
    Ok(pixels::decode(bytes, limits.pixels)?)
}

/// A mask of classes from its file, which must have the picture's size.
pub(super) fn classes(bytes: &[u8], limits: Limits, sample: &Sample) -> Result<ClassMap, ItemProblem> {
    match read_mask_png(bytes, limits.pixels)? {
        MaskPng::Classes(map) => {
            fits(sample, "mask", [map.width, map.height])?;
            Ok(map)
        }
        MaskPng::Instances(_) => Err(ItemProblem::MaskOfThings),
    }
}

/// A map of things from its file, which may have 8 or 16 bits and must have the picture's size.
pub(super) fn things(bytes: &[u8], limits: Limits, sample: &Sample) -> Result<InstanceMap, ItemProblem> {
    let map = match read_mask_png(bytes, limits.pixels)? {
        MaskPng::Instances(map) => map,
        MaskPng::Classes(map) => {
            InstanceMap { width: map.width, height: map.height, numbers: map.classes.into_iter().map(u16::from).collect() }
        }
    };
    fits(sample, "map of things", [map.width, map.height])?;
    Ok(map)
}

pub(super) fn fits(sample: &Sample, what: &'static str, other: [u32; 2]) -> Result<(), ItemProblem> {
    let picture = sample.size();
    if picture == other { Ok(()) } else { Err(ItemProblem::SizesDiffer { what, picture: Sides(picture), other: Sides(other) }) }
}
