//! Pictures with a class for every pixel.

use labelwright_dataset::VOID;

use super::{BatchError, fill_picture};
use crate::sample::{Sample, Target};
use crate::transform::step::Normalize;

/// Writes the class of every pixel, 255 for void; `out` has `height × width` values.
///
/// # Errors
/// The sample has no mask, or one of another size.
pub fn fill_mask(id: &str, target: &Target, [width, height]: [u32; 2], out: &mut [u8]) -> Result<(), BatchError> {
    let mask = target.mask.as_ref().ok_or_else(|| BatchError::NoMask { id: id.to_owned() })?;
    if [mask.width, mask.height] != [width, height] {
        return Err(BatchError::Size { id: id.to_owned(), has: [mask.width, mask.height], batch: [width, height] });
    }
    if out.len() != mask.classes.len() {
        return Err(BatchError::Buffer { has: out.len(), needed: mask.classes.len() });
    }
    out.copy_from_slice(&mask.classes);
    Ok(())
}

/// A batch for segmentation.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentationBatch {
    /// Width and height.
    pub size: [u32; 2],
    pub ids: Vec<String>,
    /// `[batch, 3, height, width]`
    pub pictures: Vec<f32>,
    /// `[batch, height, width]`; 255 is void.
    pub masks: Vec<u8>,
    /// How much of each picture its mask speaks of: less than 1 where two pictures were blended.
    pub shares: Vec<f32>,
    /// Masks of the second pictures, `[batch, height, width]`, void where there is none; empty when no picture was blended.
    pub other_masks: Vec<u8>,
    /// How many of the last samples are the epoch's first again.
    pub pad: usize,
}

impl SegmentationBatch {
    /// Puts samples of one size together.
    ///
    /// # Errors
    /// A sample has another size or no mask.
    pub fn new(samples: &[Sample], normalize: &Normalize, size: [u32; 2]) -> Result<Self, BatchError> {
        let plane = size[0] as usize * size[1] as usize;
        let mut batch = Self {
            size,
            ids: samples.iter().map(|sample| sample.id.clone()).collect(),
            pictures: vec![0.0; samples.len() * 3 * plane],
            masks: vec![VOID; samples.len() * plane],
            shares: vec![1.0; samples.len()],
            other_masks: Vec::new(),
            pad: 0,
        };
        for (i, sample) in samples.iter().enumerate() {
            fill_picture(sample, normalize, size, &mut batch.pictures[i * 3 * plane..][..3 * plane])?;
            fill_mask(&sample.id, &sample.target, size, &mut batch.masks[i * plane..][..plane])?;
            if let Some(mixed) = &sample.mixed {
                batch.other_masks.resize(samples.len() * plane, VOID);
                batch.shares[i] = mixed.share;
                fill_mask(&sample.id, &mixed.target, size, &mut batch.other_masks[i * plane..][..plane])?;
            }
        }
        Ok(batch)
    }

    /// The masks as 64-bit numbers with `ignore` in place of void, as losses of other frameworks want them (-1 in GluonCV, 255 in torchvision).
    #[must_use]
    pub fn long_masks(&self, ignore: i64) -> Vec<i64> {
        self.masks.iter().map(|&class| if class == VOID { ignore } else { i64::from(class) }).collect()
    }
}
