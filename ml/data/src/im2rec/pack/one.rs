//! One line of a list into one record.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use labelwright_dataset::formats::recordio::{ImageHeader, ListEntry, MAX_RECORD};

use super::PackOptions;
use crate::im2rec::PictureError;
use crate::im2rec::picture::PictureMemory;
use crate::record_iter::{Label, RecordProblem};

/// What a thread uses again from picture to picture.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub file: Vec<u8>,
    pub picture: PictureMemory,
}

/// The header of a line's record: with more than one label all of them where that is asked for.
pub(super) fn header(line: &ListEntry, options: &PackOptions) -> Result<ImageHeader, PictureError> {
    let labels: Vec<f32> = line.labels.iter().map(|&label| label as f32).collect();
    if options.check_boxes {
        check_boxes(&labels)?;
    }
    Ok(match labels[..] {
        [label] => ImageHeader::one(line.id, label),
        [label, ..] if !options.pack_label => ImageHeader::one(line.id, label),
        _ => ImageHeader::many(line.id, labels),
    })
}

/// Refuses labels that MXNet's iterators of boxes can't use.
fn check_boxes(labels: &[f32]) -> Result<(), PictureError> {
    let label = Label::parse(labels).map_err(|problem| match problem {
        RecordProblem::Boxes(why) => PictureError::Boxes(why),
        _ => PictureError::Boxes("they can't be understood"),
    })?;
    if label.is_empty() {
        return Err(PictureError::Boxes("there is no box with an area"));
    }
    let inside = |share: f32| (0.0..=1.0).contains(&share);
    if !label.shares().all(|share| [share.left, share.top, share.right, share.bottom].into_iter().all(inside)) {
        return Err(PictureError::Boxes("coordinates must be shares of the picture's width and height, from 0 to 1"));
    }
    Ok(())
}

/// The record of a line.
pub(super) fn record(root: &Path, line: &ListEntry, options: &PackOptions, memory: &mut Memory) -> Result<Vec<u8>, PictureError> {
    let header = header(line, options)?;
    read(&root.join(&line.path), &mut memory.file)?;
    let mut record = Vec::new();
    match &options.pictures {
        None => header.pack(&memory.file, &mut record),
        Some(pictures) => {
            header.pack(&[], &mut record);
            pictures.remake(&memory.file, &mut memory.picture, &mut record)?;
        }
    }
    fitting(record)
}

/// Refuses what is too long for a record.
pub(super) fn fitting(record: Vec<u8>) -> Result<Vec<u8>, PictureError> {
    if record.len() > MAX_RECORD { Err(PictureError::TooLong { limit: MAX_RECORD as u64 }) } else { Ok(record) }
}

/// Reads a file whole, if it fits into a record.
pub(super) fn read(path: &Path, bytes: &mut Vec<u8>) -> Result<(), PictureError> {
    bytes.clear();
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(PictureError::NotAFile);
    }
    let limit = MAX_RECORD as u64;
    if file.take(limit + 1).read_to_end(bytes)? as u64 > limit {
        return Err(PictureError::TooLong { limit });
    }
    Ok(())
}
