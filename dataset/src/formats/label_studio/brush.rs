//! Brushes: the four channels of a picture as runs of values, packed bit by bit.
//!
//! 32 bits: how many values there are, four for each pixel, row by row. 5 bits: the bits of a value, less one. Four times 4 bits: the bits
//! of a length, less one. Then blocks: one bit says whether a value is repeated, two bits choose one of the four widths, a length less one
//! follows in that width, and then one value that is repeated, or as many values as the length says. The fourth channel says what is
//! covered. The highest bits come first.
//!
//! Source: <https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack>, whose code Label Studio writes.

use crate::geometry::{Mask, MaskError};

/// Why bytes are not a brush.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrushError {
    #[error("the brush has {values} values, but a picture of {width}×{height} pixels needs four for each pixel")]
    Size { values: u64, width: u32, height: u32 },
    #[error("the brush ends within value {value} of {values}")]
    Cut { value: u64, values: u64 },
    #[error(transparent)]
    Mask(#[from] MaskError),
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next bits as a number, at most 32.
    fn take(&mut self, mut count: u32) -> Option<u32> {
        let mut value = 0u64;
        while count > 0 {
            let byte = u32::from(*self.bytes.get(self.at / 8)?);
            let (skip, left) = ((self.at % 8) as u32, 8 - (self.at % 8) as u32);
            let take = left.min(count);
            value = value << take | u64::from(byte << skip & 0xff) >> (8 - take);
            self.at += take as usize;
            count -= take;
        }
        Some(value as u32)
    }
}

/// The pixels whose fourth channel is at least half. Nothing is held but their runs.
///
/// # Errors
/// The bytes end too early, or are of another size.
pub fn decode(bytes: &[u8], width: u32, height: u32) -> Result<Mask, BrushError> {
    let pixels = u64::from(width) * u64::from(height);
    Mask::empty(width, height)?;
    let mut bits = Bits { bytes, at: 0 };
    let cut = |value: u64| BrushError::Cut { value, values: pixels * 4 };
    let values = u64::from(bits.take(32).ok_or(cut(0))?);
    if values != pixels * 4 {
        return Err(BrushError::Size { values, width, height });
    }
    let word = bits.take(5).ok_or(cut(0))? + 1;
    let mut sizes = [0; 4];
    for size in &mut sizes {
        *size = bits.take(4).ok_or(cut(0))? + 1;
    }
    let half = 1u32 << (word - 1);
    let mut runs = Runs { runs: vec![0], inside: false };
    let mut at = 0u64;
    while at < values {
        let block = |bits: &mut Bits<'_>| {
            let repeated = bits.take(1)? == 1;
            let size = sizes[bits.take(2)? as usize & 3];
            Some((repeated, u64::from(bits.take(size)?) + 1))
        };
        let (repeated, length) = block(&mut bits).ok_or(cut(at))?;
        // The last block of other people's files may say too much.
        let end = (at + length).min(values);
        if repeated {
            let value = bits.take(word).ok_or(cut(at))?;
            // Alpha is every fourth value, the first of them the fourth one.
            let alphas = end / 4 - at / 4;
            runs.push(value >= half, alphas as u32);
            at = end;
        } else {
            while at < end {
                let value = bits.take(word).ok_or(cut(at))?;
                if at % 4 == 3 {
                    runs.push(value >= half, 1);
                }
                at += 1;
            }
        }
    }
    Ok(Mask::from_runs(width, height, runs.runs)?)
}

struct Runs {
    runs: Vec<u32>,
    inside: bool,
}

impl Runs {
    fn push(&mut self, inside: bool, length: u32) {
        if length == 0 {
            return;
        }
        if inside != self.inside {
            self.runs.push(0);
            self.inside = inside;
        }
        if let Some(last) = self.runs.last_mut() {
            *last += length;
        }
    }
}
