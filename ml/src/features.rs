//! What the frozen backbone sees in one image: computed once, kept in a cache, read by every training and prediction.

use half::f16;

mod codec;

pub use codec::FeaturesError;

use crate::models::{LEVEL_CHANNELS, LEVEL_STRIDES};

/// Smallest and largest input size; sizes are multiples of [`CANVAS_STEP`].
pub const INPUT_SIZES: std::ops::RangeInclusive<u32> = 64..=1024;

/// Sides of the canvas are multiples of this: the stride of the deepest level.
pub const CANVAS_STEP: u32 = 32;

/// The levels that are kept: indices into [`LEVEL_CHANNELS`].
pub const KEPT_LEVELS: [usize; 5] = [0, 1, 2, 3, 4];

/// How an image was fitted onto the canvas that the network saw.
///
/// The whole image fills the whole canvas. The canvas' long side is the input size, its short side what the aspect ratio asks for, rounded to a
/// multiple of 32; so each axis has its own scale, and the aspect ratio changes by at most 16 pixels of the short side. Nothing is padded:
/// every feature is about the image, and a place maps to the canvas by one multiplication an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    pub image_width: u32,
    pub image_height: u32,
    pub canvas_width: u32,
    pub canvas_height: u32,
}

impl Fit {
    /// The canvas for an image; `None` if the image has no area or the input size isn't a multiple of 32 within [`INPUT_SIZES`].
    #[must_use]
    pub fn new(image_width: u32, image_height: u32, input_size: u32) -> Option<Self> {
        if image_width == 0 || image_height == 0 || !INPUT_SIZES.contains(&input_size) || !input_size.is_multiple_of(CANVAS_STEP) {
            return None;
        }
        let long = f64::from(image_width.max(image_height));
        let side = |length: u32| {
            let steps = f64::from(length) / long * f64::from(input_size) / f64::from(CANVAS_STEP);
            (steps.round() as u32).max(1) * CANVAS_STEP
        };
        Some(Self { image_width, image_height, canvas_width: side(image_width), canvas_height: side(image_height) })
    }
}

/// One level: a feature vector for every cell of a grid over the image.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    /// Row by row, a cell's channels beside each other: `height × width × channels`.
    pub values: Vec<f16>,
}

impl Level {
    /// The features of one cell.
    #[must_use]
    pub fn cell(&self, x: usize, y: usize) -> &[f16] {
        let start = (y * self.width + x) * self.channels;
        &self.values[start..start + self.channels]
    }
}

/// Everything that heads learn from: the backbone's levels and the small picture itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    pub(crate) fit: Fit,
    /// The canvas as RGB bytes, row by row.
    pub(crate) picture: Vec<u8>,
    /// Finest first; as [`KEPT_LEVELS`] says.
    pub(crate) levels: Vec<Level>,
}

impl Features {
    /// How the image was fitted.
    #[must_use]
    pub fn fit(&self) -> Fit {
        self.fit
    }

    /// The levels, finest first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Bytes in memory and, with a header of a few bytes, in the cache.
    #[must_use]
    pub fn size(&self) -> usize {
        self.picture.len() + self.levels.iter().map(|level| level.values.len() * 2).sum::<usize>()
    }

    /// One vector for the whole image, of length 1: the mean of the deepest level. Images that look alike have a dot product near 1.
    #[must_use]
    pub fn descriptor(&self) -> Vec<f32> {
        let Some(level) = self.levels.last() else { return Vec::new() };
        let mut sum = vec![0.0f32; level.channels];
        for cell in level.values.chunks_exact(level.channels) {
            for (total, value) in sum.iter_mut().zip(cell) {
                *total += value.to_f32();
            }
        }
        let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|value| *value /= length);
        }
        sum
    }

    /// Width, height and channels of each level on a canvas.
    pub(crate) fn shapes(fit: Fit) -> Vec<(usize, usize, usize)> {
        KEPT_LEVELS
            .iter()
            .map(|&k| (fit.canvas_width as usize / LEVEL_STRIDES[k], fit.canvas_height as usize / LEVEL_STRIDES[k], LEVEL_CHANNELS[k]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_side_of_the_canvas_is_the_input_size() {
        let side = |w, h, s| Fit::new(w, h, s).map(|fit| (fit.canvas_width, fit.canvas_height));
        assert_eq!(side(256, 256, 256), Some((256, 256)));
        assert_eq!(side(4000, 3000, 256), Some((256, 192)));
        assert_eq!(side(100, 50, 256), Some((256, 128)));
        assert_eq!(side(10, 10_000, 256), Some((32, 256)));
        assert_eq!(side(0, 5, 256), None);
        assert_eq!(side(5, 5, 250), None);
        assert_eq!(side(5, 5, 2048), None);
    }
}
