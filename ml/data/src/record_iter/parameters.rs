//! What `ImageRecordIter` is told, by MXNet's names.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::OpenError;

/// The numbers that come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// Normalised.
    #[default]
    Float32,
    /// As they are in the picture: mean, deviation, scale and random contrast are not looked at.
    Uint8,
}

/// The parameters of `ImageRecordIter`, with MXNet's names, meanings and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageRecordParameters {
    /// The `.rec` file.
    pub path_imgrec: PathBuf,
    /// The `.idx` file. With it, parts have equal numbers of records; without it, equal numbers of bytes.
    pub path_imgidx: Option<PathBuf>,
    /// A `.lst` file whose labels replace those in the records, by the records' ids.
    pub path_imglist: Option<PathBuf>,
    /// Channels (1 or 3), height and width of what comes out.
    pub data_shape: [u32; 3],
    pub batch_size: usize,
    /// How many labels each picture has.
    pub label_width: usize,
    /// The length that the shorter side gets first; -1 for leaving it.
    pub resize: i32,
    /// Crops at random, not at the centre.
    pub rand_crop: bool,
    /// Crops squares of a random side and resizes them to the shape; -1 for not.
    pub max_crop_size: i32,
    pub min_crop_size: i32,
    /// Crops parts of a random area and aspect and resizes them to the shape.
    pub random_resized_crop: bool,
    pub max_random_area: f32,
    pub min_random_area: f32,
    /// Mirrors every second picture, at random.
    pub rand_mirror: bool,
    /// Mirrors every picture.
    pub mirror: bool,
    pub shuffle: bool,
    /// Pictures are turned by whole degrees up to this angle either way.
    pub max_rotate_angle: u32,
    /// Pictures are turned by this angle; -1 for not.
    pub rotate: i32,
    pub max_aspect_ratio: f32,
    pub min_aspect_ratio: Option<f32>,
    pub max_shear_ratio: f32,
    pub max_random_scale: f32,
    pub min_random_scale: f32,
    pub max_img_size: f32,
    pub min_img_size: f32,
    /// Factors between 1 - value and 1 + value, in random order.
    pub brightness: f32,
    pub contrast: f32,
    pub saturation: f32,
    /// The deviation of the noise along the principal colours of ImageNet.
    pub pca_noise: f32,
    /// Hue (of 180), saturation and lightness (of 255) are moved by up to this much.
    pub random_h: u32,
    pub random_s: u32,
    pub random_l: u32,
    pub mean_r: f32,
    pub mean_g: f32,
    pub mean_b: f32,
    pub std_r: f32,
    pub std_g: f32,
    pub std_b: f32,
    pub scale: f32,
    pub max_random_contrast: f32,
    pub max_random_illumination: f32,
    /// Pixels of `fill_value` put around every picture.
    pub pad: u32,
    pub fill_value: u8,
    /// Threads that decode; 0 for as many as the machine has cores.
    pub preprocess_threads: usize,
    /// Batches that are made ahead.
    pub prefetch_buffer: usize,
    pub part_index: usize,
    pub num_parts: usize,
    /// Fills the last batch up from the beginning of the epoch. Otherwise it is smaller in truth, and `pad` tells how many of its rows
    /// hold nothing.
    pub round_batch: bool,
    pub seed: u64,
    /// A seed for what is random about pictures, where it should differ from `seed`.
    pub seed_aug: Option<u64>,
    pub dtype: Dtype,
    /// 0 nearest, 1 bilinear, 2 cubic, 3 area, 4 Lanczos, 9 by the change of size, 10 at random.
    pub inter_method: u32,
    /// Bytes of memory for decoded pictures, which are kept from epoch to epoch; not in MXNet.
    pub cache_bytes: usize,
    /// Leaves out pictures that can't be decoded, and tells which; otherwise the epoch ends with the error. Not in MXNet.
    pub skip_damaged: bool,
    /// The most pixels that a picture may have; not in MXNet.
    pub max_pixels: u64,
}

impl Default for ImageRecordParameters {
    fn default() -> Self {
        Self {
            path_imgrec: PathBuf::new(),
            path_imgidx: None,
            path_imglist: None,
            data_shape: [3, 224, 224],
            batch_size: 128,
            label_width: 1,
            resize: -1,
            rand_crop: false,
            max_crop_size: -1,
            min_crop_size: -1,
            random_resized_crop: false,
            max_random_area: 1.0,
            min_random_area: 1.0,
            rand_mirror: false,
            mirror: false,
            shuffle: false,
            max_rotate_angle: 0,
            rotate: -1,
            max_aspect_ratio: 0.0,
            min_aspect_ratio: None,
            max_shear_ratio: 0.0,
            max_random_scale: 1.0,
            min_random_scale: 1.0,
            max_img_size: 1e10,
            min_img_size: 0.0,
            brightness: 0.0,
            contrast: 0.0,
            saturation: 0.0,
            pca_noise: 0.0,
            random_h: 0,
            random_s: 0,
            random_l: 0,
            mean_r: 0.0,
            mean_g: 0.0,
            mean_b: 0.0,
            std_r: 1.0,
            std_g: 1.0,
            std_b: 1.0,
            scale: 1.0,
            max_random_contrast: 0.0,
            max_random_illumination: 0.0,
            pad: 0,
            fill_value: 255,
            preprocess_threads: 4,
            prefetch_buffer: 4,
            part_index: 0,
            num_parts: 1,
            round_batch: true,
            seed: 0,
            seed_aug: None,
            dtype: Dtype::Float32,
            inter_method: 1,
            cache_bytes: 0,
            skip_damaged: false,
            max_pixels: crate::pixels::MAX_PIXELS,
        }
    }
}

/// Larger shapes than any memory holds batches of.
const MOST_VALUES: u64 = 1 << 31;

impl ImageRecordParameters {
    pub(super) fn check(&self) -> Result<(), OpenError> {
        let wrong = |name: &'static str, reason: &'static str| Err(OpenError::Parameter { name, reason });
        let [channels, height, width] = self.data_shape.map(u64::from);
        if channels != 1 && channels != 3 {
            return wrong("data_shape", "pictures have 1 or 3 channels");
        }
        let values = channels.saturating_mul(height).saturating_mul(width).saturating_mul(self.batch_size as u64);
        if values == 0 || values > MOST_VALUES {
            return wrong("data_shape", "a batch must have at least one value, and at most 2^31");
        }
        if self.label_width == 0 || self.label_width > 1 << 20 {
            return wrong("label_width", "it must be at least 1");
        }
        if self.num_parts == 0 || self.part_index >= self.num_parts {
            return wrong("part_index", "it must be less than num_parts");
        }
        if !matches!(self.inter_method, 0..=4 | 9 | 10) {
            return wrong("inter_method", "it must be 0 to 4, 9 or 10");
        }
        if self.resize == 0 || self.resize < -1 || self.resize > 1 << 16 {
            return wrong("resize", "it must be -1 or a length in pixels");
        }
        if self.pad > 1 << 14 {
            return wrong("pad", "it must be less than 16385");
        }
        let positive = |v: f32| v > 0.0 && v.is_finite();
        if ![self.std_r, self.std_g, self.std_b].into_iter().all(positive) {
            return wrong("std_r, std_g, std_b", "they must be greater than 0");
        }
        if !positive(self.min_random_scale) || !(self.min_random_scale..=64.0).contains(&self.max_random_scale) {
            return wrong("min_random_scale, max_random_scale", "they must be greater than 0 and rise");
        }
        let least_aspect = self.min_aspect_ratio.unwrap_or(0.0);
        if self.max_aspect_ratio < 0.0 || least_aspect < 0.0 || !(self.max_aspect_ratio + least_aspect).is_finite() {
            return wrong("max_aspect_ratio, min_aspect_ratio", "they must not be negative");
        }
        if self.random_resized_crop
            && (self.min_random_area <= 0.0 || self.max_random_area > 1.0 || self.min_random_area > self.max_random_area)
        {
            return wrong("min_random_area, max_random_area", "they must lie between 0 and 1 and rise");
        }
        if self.max_crop_size < self.min_crop_size || self.max_crop_size > 1 << 16 || self.min_crop_size == 0 {
            return wrong("min_crop_size, max_crop_size", "they must rise");
        }
        let others = [self.max_shear_ratio, self.brightness, self.contrast, self.saturation, self.pca_noise];
        let numbers = [self.mean_r, self.mean_g, self.mean_b, self.scale, self.max_random_contrast, self.max_random_illumination];
        if others.iter().any(|v| !(0.0..=1e6).contains(v)) || numbers.iter().any(|v| !v.is_finite()) {
            return wrong(
                "max_shear_ratio, brightness, contrast, saturation, pca_noise, mean, scale",
                "they must be numbers, and not negative",
            );
        }
        if self.max_rotate_angle > 360 || self.rotate > 360 {
            return wrong("max_rotate_angle, rotate", "angles are degrees up to 360");
        }
        if self.random_h > 180 || self.random_s > 255 || self.random_l > 255 {
            return wrong("random_h, random_s, random_l", "hue has 180 steps, saturation and lightness 255");
        }
        if self.max_img_size < self.min_img_size || self.max_img_size < 1.0 {
            return wrong("min_img_size, max_img_size", "they must rise");
        }
        Ok(())
    }
}
