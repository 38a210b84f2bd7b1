//! Run-length coded masks.

use serde::{Deserialize, Serialize};

/// A set of pixels of an image, run-length coded.
///
/// Runs go row by row from the top left pixel and alternate between outside and inside, beginning with outside (so the first
/// run may be 0). They add up to `width × height`. In JSON: `{"size": [height, width], "counts": [n, n, …]}`. This is
/// like COCO's uncompressed RLE, except that COCO goes column by column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Mask {
    width: u32,
    height: u32,
    runs: Vec<u32>,
}

/// Why runs are not a mask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    #[error("a mask of {width}×{height} pixels has no area")]
    Empty { width: u32, height: u32 },
    #[error("a mask of {width}×{height} pixels is larger than {} pixels", Mask::MAX_PIXELS)]
    TooLarge { width: u32, height: u32 },
    #[error("the runs cover {covered} pixels, but the mask has {pixels}")]
    WrongTotal { covered: u64, pixels: u64 },
    #[error("the masks differ in size: {0}×{1} and {2}×{3}")]
    SizesDiffer(u32, u32, u32, u32),
    #[error("the mask has {parts} separate areas; at most {limit} are allowed here")]
    TooManyParts { parts: usize, limit: usize },
}

#[derive(Serialize, Deserialize)]
struct Wire {
    size: [u32; 2],
    counts: Vec<u32>,
}

impl TryFrom<Wire> for Mask {
    type Error = MaskError;
    fn try_from(wire: Wire) -> Result<Self, MaskError> {
        let [height, width] = wire.size;
        Self::from_runs(width, height, wire.counts)
    }
}

impl From<Mask> for Wire {
    fn from(mask: Mask) -> Self {
        Self { size: [mask.height, mask.width], counts: mask.runs }
    }
}

impl Mask {
    /// No mask has more pixels than this (16384 × 16384), so a hostile size can't ask for absurd memory.
    pub const MAX_PIXELS: u64 = 1 << 28;

    /// A mask without pixels.
    ///
    /// # Errors
    /// The size is zero or absurd.
    pub fn empty(width: u32, height: u32) -> Result<Self, MaskError> {
        let pixels = check_size(width, height)?;
        Ok(Self { width, height, runs: vec![pixels] })
    }

    /// A mask from runs as in JSON; zero-length runs are merged away, so equal masks are equal values.
    ///
    /// # Errors
    /// The size is zero or absurd, or the runs don't add up to it.
    pub fn from_runs(width: u32, height: u32, runs: Vec<u32>) -> Result<Self, MaskError> {
        let pixels = u64::from(check_size(width, height)?);
        let covered: u64 = runs.iter().map(|&n| u64::from(n)).sum();
        if covered != pixels {
            return Err(MaskError::WrongTotal { covered, pixels });
        }
        Ok(Self { width, height, runs: canonical(runs) })
    }

    /// A mask from a bitmap in row order.
    ///
    /// # Errors
    /// The size is zero or absurd, or the bitmap has another length.
    pub fn from_bitmap(width: u32, height: u32, inside: &[bool]) -> Result<Self, MaskError> {
        let pixels = check_size(width, height)? as usize;
        if inside.len() != pixels {
            return Err(MaskError::WrongTotal { covered: inside.len() as u64, pixels: pixels as u64 });
        }
        let mut runs = Vec::new();
        let (mut value, mut length) = (false, 0u32);
        for &pixel in inside {
            if pixel != value {
                runs.push(length);
                (value, length) = (pixel, 0);
            }
            length += 1;
        }
        runs.push(length);
        Ok(Self { width, height, runs })
    }

    /// A mask from runs that are known to be right: they add up to the size and only the first one may be zero.
    pub(super) fn from_canonical(width: u32, height: u32, runs: Vec<u32>) -> Self {
        debug_assert_eq!(runs.iter().map(|&n| u64::from(n)).sum::<u64>(), u64::from(width) * u64::from(height));
        Self { width, height, runs }
    }

    /// The bitmap in row order, `width × height` long.
    #[must_use]
    pub fn to_bitmap(&self) -> Vec<bool> {
        let mut out = vec![false; self.width as usize * self.height as usize];
        for (start, length) in self.spans() {
            out[start as usize..(start + length) as usize].fill(true);
        }
        out
    }

    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The runs as in JSON.
    #[must_use]
    pub fn runs(&self) -> &[u32] {
        &self.runs
    }

    /// The runs inside the mask as `(first pixel, length)`, pixels numbered in row order. A run may go on over the end of a row.
    pub fn spans(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut at = 0;
        self.runs.iter().enumerate().filter_map(move |(i, &length)| {
            let start = at;
            at += length;
            (i % 2 == 1).then_some((start, length))
        })
    }

    /// How many pixels are inside.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.spans().map(|(_, length)| u64::from(length)).sum()
    }
}

pub(super) fn check_size(width: u32, height: u32) -> Result<u32, MaskError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(MaskError::Empty { width, height });
    }
    if pixels > Mask::MAX_PIXELS {
        return Err(MaskError::TooLarge { width, height });
    }
    Ok(pixels as u32)
}

/// Merges runs of length zero, except a first one, and drops a last one that is empty.
fn canonical(runs: Vec<u32>) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(runs.len());
    let mut inside_of_last = true;
    for (i, n) in runs.into_iter().enumerate() {
        let inside = i % 2 == 1;
        if n == 0 && !out.is_empty() {
            continue;
        }
        if !out.is_empty() && inside_of_last == inside {
            if let Some(last) = out.last_mut() {
                *last += n;
            }
            continue;
        }
        out.push(n);
        inside_of_last = inside;
    }
    out
}
