//! What is special to pictures with boxes, by MXNet's names.

use serde::{Deserialize, Serialize};

use crate::record_iter::error::OpenError;

/// How a picture gets the size of the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResizeMode {
    /// Width and height each for itself.
    #[default]
    Force,
    /// In proportion and only if it is larger; it lies in the upper left corner, and the label says its size.
    Shrink,
    /// In proportion, until it fits; it lies in the upper left corner, and the label says its size.
    Fit,
}

/// Which boxes stay after a crop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmitMode {
    /// Those whose centre is still in the picture.
    #[default]
    Center,
    /// Those of which more than `emit_overlap_thresh` is still in the picture.
    Overlap,
}

/// The parameters of `ImageDetRecordIter` that `ImageRecordIter` has not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectionParameters {
    pub resize_mode: ResizeMode,
    /// How often a part is cropped.
    pub rand_crop_prob: f32,
    /// The square root of the part's share of the area.
    pub min_crop_scales: f32,
    pub max_crop_scales: f32,
    /// The aspect of the part against the picture's.
    pub min_crop_aspect_ratios: f32,
    pub max_crop_aspect_ratios: f32,
    /// The part must overlap a box by a share of their union between these.
    pub min_crop_overlaps: f32,
    pub max_crop_overlaps: f32,
    /// The part must show a share of a box between these.
    pub min_crop_object_coverages: f32,
    pub max_crop_object_coverages: f32,
    /// How many parts are drawn before the picture stays whole.
    pub max_crop_trials: u32,
    pub crop_emit_mode: EmitMode,
    pub emit_overlap_thresh: f32,
    /// How often a border is put around the picture, and how large it may become by it.
    pub rand_pad_prob: f32,
    pub max_pad_scale: f32,
    pub rand_mirror_prob: f32,
    /// How often and by how much (of 180, of 255, of 255) hue, saturation and lightness are moved.
    pub random_hue_prob: f32,
    pub max_random_hue: u32,
    pub random_saturation_prob: f32,
    pub max_random_saturation: u32,
    pub random_illumination_prob: f32,
    pub max_random_illumination: u32,
    /// How often contrast changes, by a factor between 1 - value and 1 + value.
    pub random_contrast_prob: f32,
    pub max_random_contrast: f32,
    /// Numbers of the longest label; 0 for looking in the file.
    pub label_pad_width: usize,
    pub label_pad_value: f32,
}

impl Default for DetectionParameters {
    fn default() -> Self {
        Self {
            resize_mode: ResizeMode::Force,
            rand_crop_prob: 0.0,
            min_crop_scales: 0.0,
            max_crop_scales: 1.0,
            min_crop_aspect_ratios: 1.0,
            max_crop_aspect_ratios: 1.0,
            min_crop_overlaps: 0.0,
            max_crop_overlaps: 1.0,
            min_crop_object_coverages: 0.0,
            max_crop_object_coverages: 1.0,
            max_crop_trials: 25,
            crop_emit_mode: EmitMode::Center,
            emit_overlap_thresh: 0.3,
            rand_pad_prob: 0.0,
            max_pad_scale: 1.0,
            rand_mirror_prob: 0.0,
            random_hue_prob: 0.0,
            max_random_hue: 0,
            random_saturation_prob: 0.0,
            max_random_saturation: 0,
            random_illumination_prob: 0.0,
            max_random_illumination: 0,
            random_contrast_prob: 0.0,
            max_random_contrast: 0.0,
            label_pad_width: 0,
            label_pad_value: -1.0,
        }
    }
}

impl DetectionParameters {
    pub(super) fn check(&self) -> Result<(), OpenError> {
        let wrong = |name: &'static str, reason: &'static str| Err(OpenError::Parameter { name, reason });
        let shares = [
            [self.min_crop_scales, self.max_crop_scales],
            [self.min_crop_overlaps, self.max_crop_overlaps],
            [self.min_crop_object_coverages, self.max_crop_object_coverages],
        ];
        if shares.iter().any(|[low, high]| !(0.0 <= *low && low <= high && *high <= 1.0)) {
            return wrong("min_crop_…, max_crop_…", "scales, overlaps and coverages lie between 0 and 1 and rise");
        }
        let aspects = [self.min_crop_aspect_ratios, self.max_crop_aspect_ratios];
        if !(0.0 < aspects[0] && aspects[0] <= aspects[1] && aspects[1].is_finite()) {
            return wrong("min_crop_aspect_ratios, max_crop_aspect_ratios", "they must be greater than 0 and rise");
        }
        if !(1.0..=16.0).contains(&self.max_pad_scale) {
            return wrong("max_pad_scale", "it lies between 1 and 16");
        }
        if self.max_random_hue > 180 || self.max_random_saturation > 255 || self.max_random_illumination > 255 {
            return wrong("max_random_hue, max_random_saturation, max_random_illumination", "hue has 180 steps, the others 255");
        }
        if self.label_pad_width > 1 << 20 || !(0.0..=1.0).contains(&self.max_random_contrast) || self.max_crop_trials > 10_000 {
            return wrong("label_pad_width, max_random_contrast, max_crop_trials", "too large");
        }
        Ok(())
    }
}
