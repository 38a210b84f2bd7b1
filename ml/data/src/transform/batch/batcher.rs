//! Segmentation batches filled by a loader's threads.

use std::error::Error;

use labelwright_dataset::VOID;

use super::{SegmentationBatch, fill_mask, fill_picture};
use crate::loader::{Batcher, Filled};
use crate::sample::Sample;
use crate::transform::step::{Normalize, Step};
use crate::transform::{BatchError, Chain};

/// Puts samples of one size into a [`SegmentationBatch`], each straight into its part.
#[derive(Clone, Copy, Debug)]
pub struct SegmentationBatcher {
    size: [u32; 2],
    normalize: Normalize,
    mixes: bool,
}

impl SegmentationBatcher {
    /// For what comes out of that chain; `None` if its steps do not fix a size.
    #[must_use]
    pub fn of(chain: &Chain) -> Option<Self> {
        let mixes = chain.steps().iter().any(|step| matches!(step, Step::Mixup(_)));
        Some(Self { size: chain.output_size()?, normalize: chain.normalize(), mixes })
    }
}

/// The part of one sample.
#[derive(Debug)]
pub struct SegmentationSlot<'a> {
    id: &'a mut String,
    share: &'a mut f32,
    picture: &'a mut [f32],
    mask: &'a mut [u8],
    other_mask: Option<&'a mut [u8]>,
}

impl Batcher<Sample> for SegmentationBatcher {
    type Batch = SegmentationBatch;
    type Slot<'a> = SegmentationSlot<'a>;

    fn start(&self, items: usize) -> SegmentationBatch {
        let plane = self.size[0] as usize * self.size[1] as usize;
        SegmentationBatch {
            size: self.size,
            ids: vec![String::new(); items],
            pictures: vec![0.0; items * 3 * plane],
            masks: vec![VOID; items * plane],
            shares: vec![1.0; items],
            other_masks: vec![VOID; if self.mixes { items * plane } else { 0 }],
            pad: 0,
        }
    }

    fn slots<'a>(&'a self, batch: &'a mut SegmentationBatch) -> Vec<SegmentationSlot<'a>> {
        let plane = (self.size[0] as usize * self.size[1] as usize).max(1);
        let parts = batch.pictures.chunks_exact_mut(3 * plane).zip(batch.masks.chunks_exact_mut(plane));
        let mut others = batch.other_masks.chunks_exact_mut(plane);
        let named = batch.ids.iter_mut().zip(&mut batch.shares).zip(parts);
        named.map(|((id, share), (picture, mask))| SegmentationSlot { id, share, picture, mask, other_mask: others.next() }).collect()
    }

    fn put(&self, slot: SegmentationSlot<'_>, sample: Sample) -> Result<(), Box<dyn Error + Send + Sync>> {
        fill_picture(&sample, &self.normalize, self.size, slot.picture)?;
        fill_mask(&sample.id, &sample.target, self.size, slot.mask)?;
        if let Some(mixed) = &sample.mixed {
            let out = slot.other_mask.ok_or_else(|| BatchError::Mixed { id: sample.id.clone() })?;
            fill_mask(&sample.id, &mixed.target, self.size, out)?;
            *slot.share = mixed.share;
        }
        *slot.id = sample.id;
        Ok(())
    }

    fn finish(&self, batch: &mut SegmentationBatch, filled: &Filled) {
        let plane = self.size[0] as usize * self.size[1] as usize;
        for &part in filled.missing.iter().rev() {
            batch.ids.remove(part);
            batch.shares.remove(part);
            batch.pictures.drain(part * 3 * plane..(part + 1) * 3 * plane);
            batch.masks.drain(part * plane..(part + 1) * plane);
            if self.mixes {
                batch.other_masks.drain(part * plane..(part + 1) * plane);
            }
        }
        batch.pad = filled.pad;
    }
}
