//! Batches of pictures and their labels.

use std::sync::{Arc, Weak};

use crate::loader::{Filled, Pick, Scratch};
use crate::pixels::Value;

use super::error::RecordProblem;

/// The numbers of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    F32(Vec<f32>),
    U8(Vec<u8>),
}

impl Default for Data {
    fn default() -> Self {
        Self::F32(Vec::new())
    }
}

impl Data {
    /// The numbers, if they are normalised ones.
    #[must_use]
    pub fn as_f32(&self) -> Option<&[f32]> {
        if let Self::F32(data) = self { Some(data) } else { None }
    }

    /// The numbers, if they are those of the pictures.
    #[must_use]
    pub fn as_u8(&self) -> Option<&[u8]> {
        if let Self::U8(data) = self { Some(data) } else { None }
    }

    /// Memory of `len` numbers of the same kind, reusing this one's; old numbers may remain in it.
    fn sized(self, u8s: bool, len: usize) -> Self {
        fn sized<T: Value>(mut data: Vec<T>, len: usize) -> Vec<T> {
            if data.capacity() == 0 {
                return vec![T::default(); len];
            }
            data.resize(len, T::default());
            data
        }
        match (self, u8s) {
            (Self::F32(data), false) => Self::F32(sized(data, len)),
            (Self::U8(data), true) => Self::U8(sized(data, len)),
            (_, false) => Self::F32(vec![0.0; len]),
            (_, true) => Self::U8(vec![0; len]),
        }
    }
}

/// A batch: `DataBatch` in MXNet. When it is dropped its memory goes back to the iterator; [`ImageBatch::into_data`] keeps it.
#[derive(Debug)]
pub struct ImageBatch {
    data: Data,
    /// Pictures, channels (red, green, blue), rows, columns of [`ImageBatch::data`].
    pub shape: [usize; 4],
    /// `label_width` numbers for each picture.
    pub label: Vec<f32>,
    pub label_width: usize,
    /// The class of every pixel, `[picture, row, column]`; 255 is void. Empty without masks.
    pub mask: Vec<u8>,
    /// How many of the last pictures are there only to fill the batch.
    pub pad: usize,
    /// The ids of the records, as many as there are pictures.
    pub index: Vec<u64>,
    /// Pictures that could not be had, and why; only with `skip_damaged`.
    pub skipped: Vec<(Pick, RecordProblem)>,
    home: Weak<Scratch<Data>>,
}

impl Drop for ImageBatch {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade() {
            home.give(std::mem::take(&mut self.data));
        }
    }
}

/// The part of a batch that belongs to one picture.
#[derive(Debug)]
pub struct Row<'a> {
    pub(super) data: RowData<'a>,
    pub(super) label: &'a mut [f32],
    pub(super) mask: &'a mut [u8],
    pub(super) index: &'a mut u64,
}

#[derive(Debug)]
pub(super) enum RowData<'a> {
    F32(&'a mut [f32]),
    U8(&'a mut [u8]),
}

/// What all batches of an iterator have in common.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// Channels, rows, columns.
    pub shape: [usize; 3],
    pub label_width: usize,
    pub masks: bool,
    pub u8s: bool,
    /// With it, batches are filled up to this many pictures.
    pub full: usize,
    pub home: Arc<Scratch<Data>>,
}

impl Form {
    /// A batch for so many pictures, filled up to the full size.
    pub fn start(&self) -> ImageBatch {
        let [channels, rows, columns] = self.shape;
        let picture = channels * rows * columns;
        let data = self.home.take().unwrap_or_default().sized(self.u8s, self.full * picture);
        ImageBatch {
            data,
            shape: [self.full, channels, rows, columns],
            label: vec![0.0; self.full * self.label_width],
            label_width: self.label_width,
            mask: vec![255; if self.masks { self.full * rows * columns } else { 0 }],
            pad: 0,
            index: vec![0; self.full],
            skipped: Vec::new(),
            home: Arc::downgrade(&self.home),
        }
    }
}

impl ImageBatch {
    /// The numbers of all pictures, `[picture, channel, row, column]`.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The numbers alone, without a copy.
    #[must_use]
    pub fn into_data(mut self) -> Data {
        self.home = Weak::new();
        std::mem::take(&mut self.data)
    }

    /// How many pictures are not there only to fill the batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape[0] - self.pad
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn rows(&mut self) -> Vec<Row<'_>> {
        let [_, channels, rows, columns] = self.shape;
        let (picture, plane) = (channels * rows * columns, rows * columns);
        let data: Vec<RowData<'_>> = match &mut self.data {
            Data::F32(data) => data.chunks_exact_mut(picture).map(RowData::F32).collect(),
            Data::U8(data) => data.chunks_exact_mut(picture).map(RowData::U8).collect(),
        };
        let mut masks = self.mask.chunks_exact_mut(plane.max(1));
        let labels = self.label.chunks_exact_mut(self.label_width.max(1));
        let parts = data.into_iter().zip(labels).zip(&mut self.index);
        parts.map(|((data, label), index)| Row { data, label, mask: masks.next().unwrap_or_default(), index }).collect()
    }

    /// Moves the pictures that are there to the front; the rows behind them hold nothing.
    pub(super) fn close_up(&mut self, filled: &Filled) {
        let used = filled.parts;
        let [full, channels, rows, columns] = self.shape;
        let mut to = 0;
        for from in 0..used {
            if filled.missing.binary_search(&from).is_ok() {
                continue;
            }
            if to != from {
                let (picture, plane, width) = (channels * rows * columns, rows * columns, self.label_width);
                match &mut self.data {
                    Data::F32(data) => data.copy_within(from * picture..(from + 1) * picture, to * picture),
                    Data::U8(data) => data.copy_within(from * picture..(from + 1) * picture, to * picture),
                }
                self.label.copy_within(from * width..(from + 1) * width, to * width);
                if !self.mask.is_empty() {
                    self.mask.copy_within(from * plane..(from + 1) * plane, to * plane);
                }
                self.index[to] = self.index[from];
            }
            to += 1;
        }
        let filling = (used - filled.pad..used).filter(|row| filled.missing.binary_search(row).is_err()).count();
        self.pad = full - (to - filling);
        self.clear(to);
    }

    /// Rows that hold nothing are black, with the label 0 and a void mask.
    fn clear(&mut self, from: usize) {
        let [_, channels, rows, columns] = self.shape;
        match &mut self.data {
            Data::F32(data) => data[from * channels * rows * columns..].fill(0.0),
            Data::U8(data) => data[from * channels * rows * columns..].fill(0),
        }
        self.label[from * self.label_width..].fill(0.0);
        if !self.mask.is_empty() {
            self.mask[from * rows * columns..].fill(255);
        }
        self.index[from..].fill(0);
    }
}
