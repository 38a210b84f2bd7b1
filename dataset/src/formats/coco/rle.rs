//! COCO's run-length coding: runs go column by column, and are written as numbers or as text.
//!
//! In the text each run is a number of 5-bit groups, the lowest first, one character a group from `0` (48) on; the sixth bit says that
//! another group follows, and the fifth bit of the last group is the sign. From the fourth run on it is the difference to the run before
//! the last one.

use crate::geometry::{Mask, MaskError};

/// Why text or numbers are not a mask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RleError {
    #[error("the run-length code has the character {character:?} at place {at}, which is not part of any code")]
    Character { character: char, at: usize },
    #[error("the run-length code ends within a run, at place {at}")]
    Cut { at: usize },
    #[error("run {run} of the run-length code is not between 0 and 4294967295")]
    Run { run: usize },
    #[error(transparent)]
    Mask(#[from] MaskError),
}

/// The runs as text.
#[must_use]
pub fn compress(counts: &[u32]) -> String {
    let mut text = String::with_capacity(counts.len() * 2);
    for (at, &count) in counts.iter().enumerate() {
        let mut left = i64::from(count) - if at > 2 { i64::from(counts[at - 2]) } else { 0 };
        loop {
            let group = (left & 0x1f) as u8;
            left >>= 5;
            let more = if group & 0x10 == 0 { left != 0 } else { left != -1 };
            text.push(char::from(48 + group + if more { 0x20 } else { 0 }));
            if !more {
                break;
            }
        }
    }
    text
}

/// The runs of a text. They are not longer than the text.
///
/// # Errors
/// The text is no such code.
pub fn decompress(text: &str) -> Result<Vec<u32>, RleError> {
    let mut counts: Vec<u32> = Vec::with_capacity(text.len() / 2);
    let (mut value, mut shift) = (0i64, 0u32);
    for (at, byte) in text.bytes().enumerate() {
        let group = byte.wrapping_sub(48);
        if group >= 64 {
            let character = text[at..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            return Err(RleError::Character { character, at });
        }
        let run = counts.len();
        if shift > 50 {
            return Err(RleError::Run { run });
        }
        value |= i64::from(group & 0x1f) << shift;
        shift += 5;
        if group & 0x20 != 0 {
            continue;
        }
        if group & 0x10 != 0 {
            value |= -1 << shift;
        }
        if run > 2 {
            value += i64::from(counts[run - 2]);
        }
        counts.push(u32::try_from(value).map_err(|_| RleError::Run { run })?);
        (value, shift) = (0, 0);
    }
    if shift > 0 { Err(RleError::Cut { at: text.len() }) } else { Ok(counts) }
}

/// The runs of a mask, column by column.
#[must_use]
pub fn column_runs(mask: &Mask) -> Vec<u32> {
    turned(mask)
}

/// The mask whose runs, column by column, these are.
///
/// # Errors
/// The size is zero or absurd, or the runs don't add up to it.
pub fn from_column_runs(width: u32, height: u32, counts: Vec<u32>) -> Result<Mask, RleError> {
    // Columns are the rows of the mask that is mirrored at its diagonal.
    let mirrored = Mask::from_runs(height, width, counts)?;
    Ok(Mask::from_runs(width, height, turned(&mirrored))?)
}

/// The runs of the mask mirrored at its diagonal.
fn turned(mask: &Mask) -> Vec<u32> {
    let (height, pixels) = (mask.height(), mask.width() * mask.height());
    let mut runs = Vec::new();
    let mut end = 0;
    let mut push = |from: u32, to: u32| match runs.last_mut() {
        Some(last) if from == end => {
            *last += to - from;
            end = to;
        }
        _ => {
            runs.extend([from - end, to - from]);
            end = to;
        }
    };
    if let Some(bounds) = mask.bounds() {
        let (rows, columns) = ((bounds.bottom - bounds.top) as usize, (bounds.right - bounds.left) as usize);
        let mut cells = vec![false; rows * columns];
        for (row, from, to) in mask.row_spans() {
            let y = (row - bounds.top) as usize;
            (from - bounds.left..to - bounds.left).for_each(|x| cells[x as usize * rows + y] = true);
        }
        for (x, column) in (bounds.left..).zip(cells.chunks_exact(rows)) {
            let mut y = x * height + bounds.top;
            for stretch in column.chunk_by(|a, b| a == b) {
                let next = y + stretch.len() as u32;
                if stretch[0] {
                    push(y, next);
                }
                y = next;
            }
        }
    }
    if end < pixels || runs.is_empty() {
        runs.push(pixels - end);
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_text_is_that_of_pycocotools() {
        // Made with pycocotools 2.0.11: encode(numpy.asfortranarray(…)).
        let mask = Mask::from_bitmap(4, 3, &[0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1].map(|n| n == 1)).unwrap();
        assert_eq!(column_runs(&mask), [1, 1, 1, 2, 1, 1, 4, 1]);
        assert_eq!(compress(&column_runs(&mask)), "11110O30");
        assert_eq!(compress(&[0, 100_000, 5, 1]), "0PeQ35Q[nL");
    }

    #[test]
    fn broken_text_is_refused() {
        assert!(matches!(decompress("1 1"), Err(RleError::Character { character: ' ', at: 1 })));
        assert!(matches!(decompress("1é"), Err(RleError::Character { character: 'é', at: 1 })));
        assert_eq!(decompress("1o"), Err(RleError::Cut { at: 2 }));
        assert_eq!(decompress("O"), Err(RleError::Run { run: 0 }));
        assert_eq!(decompress("oooooooooooooo0"), Err(RleError::Run { run: 0 }));
        assert!(matches!(from_column_runs(2, 2, vec![1, 2]), Err(RleError::Mask(MaskError::WrongTotal { .. }))));
        assert!(from_column_runs(0, 2, vec![]).is_err());
    }

    proptest! {
        #[test]
        fn runs_survive_as_text(counts in proptest::collection::vec(prop_oneof![0u32..40, any::<u32>()], 0..40)) {
            prop_assert_eq!(decompress(&compress(&counts)), Ok(counts));
        }

        #[test]
        fn masks_survive(width in 1u32..20, height in 1u32..20, bits in proptest::collection::vec(any::<bool>(), 400)) {
            let mask = Mask::from_bitmap(width, height, &bits[..(width * height) as usize]).unwrap();
            let runs = column_runs(&mask);
            prop_assert_eq!(from_column_runs(width, height, runs.clone()).unwrap(), mask);
            prop_assert!(runs.iter().skip(1).all(|&run| run > 0));
        }

        #[test]
        fn any_text_ends(text in "[0-o]{0,40}") {
            if let Ok(counts) = decompress(&text) {
                prop_assert_eq!(decompress(&compress(&counts)), Ok(counts));
            }
        }
    }
}
