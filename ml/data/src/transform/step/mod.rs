//! The steps that a chain may have, as they stand in a configuration file.
//!
//! Each is a table with a `kind` and its parameters: `kind = "random_crop"`, `size = [480, 480]`. Names and meanings are those of torchvision,
//! Gluon and MXNet where these have the step; older names are taken too. An unknown kind or parameter is an error.

mod color;
mod geometry;
mod mixing;
mod values;

use serde::{Deserialize, Serialize};

pub use color::{ColorJitter, GaussianBlur, GaussianNoise, Normalize, RandomAmount, RandomErasing, RandomGamma, RandomHsl, RandomLighting};
pub use geometry::{
    CenterCrop, Flip, Pad, PadAlign, RandomAffine, RandomAspect, RandomCrop, RandomResize, RandomResizedCrop, RandomRotate90,
    RandomRotation, RandomScale, RandomShear, Resize, ResizeSide,
};
pub use mixing::{CopyPaste, Mixup};
pub use values::{Fill, Range, Size};

/// One step of a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// To a width and a height, whatever the aspect.
    Resize(Resize),
    /// So that the shorter side has a length.
    #[serde(alias = "resize_shortest_edge")]
    ResizeShort(ResizeSide),
    /// So that the longer side has a length.
    ResizeLong(ResizeSide),
    /// The shorter side to a random length.
    RandomResizeShort(RandomResize),
    /// The longer side to a random length, as in GluonCV's segmentation sets.
    RandomResizeLong(RandomResize),
    RandomScale(RandomScale),
    RandomAspect(RandomAspect),
    /// Up to a least size, without resizing.
    #[serde(alias = "pad_if_needed")]
    Pad(Pad),
    CenterCrop(CenterCrop),
    RandomCrop(RandomCrop),
    RandomResizedCrop(RandomResizedCrop),
    /// Left becomes right.
    #[serde(alias = "random_flip_left_right", alias = "random_mirror")]
    RandomHorizontalFlip(Flip),
    /// Top becomes bottom.
    #[serde(alias = "random_flip_top_bottom")]
    RandomVerticalFlip(Flip),
    /// By 0, 90, 180 or 270 degrees, which moves pixels and changes none.
    #[serde(rename = "random_rotate90")]
    RandomRotate90(RandomRotate90),
    RandomRotation(RandomRotation),
    RandomShear(RandomShear),
    RandomAffine(RandomAffine),
    #[serde(alias = "random_color_jitter")]
    ColorJitter(ColorJitter),
    RandomBrightness(RandomAmount),
    RandomContrast(RandomAmount),
    RandomSaturation(RandomAmount),
    RandomHue(RandomAmount),
    /// Hue, saturation and lightness are moved, as by `random_h`, `random_s` and `random_l` of MXNet.
    RandomHsl(RandomHsl),
    RandomGamma(RandomGamma),
    #[serde(alias = "random_gray")]
    RandomGrayscale(Flip),
    /// Noise along the principal components of ImageNet's colours.
    #[serde(alias = "pca_noise")]
    RandomLighting(RandomLighting),
    GaussianBlur(GaussianBlur),
    GaussianNoise(GaussianNoise),
    RandomErasing(RandomErasing),
    Mixup(Mixup),
    CopyPaste(CopyPaste),
    /// Only as the last step: batches are filled with `(value / 255 - mean) / std`.
    Normalize(Normalize),
}

impl Step {
    /// What is wrong with the parameters, if anything.
    ///
    /// # Errors
    /// A parameter has no meaning; the text says which and why.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Resize(step) => step.size.check(),
            Self::ResizeShort(step) | Self::ResizeLong(step) => step.check(),
            Self::RandomResizeShort(step) | Self::RandomResizeLong(step) => step.check(),
            Self::RandomScale(step) => step.scale.check_positive("scale"),
            Self::RandomAspect(step) => step.ratio.check_positive("ratio"),
            Self::Pad(step) => step.size.check(),
            Self::CenterCrop(step) => step.size.check(),
            Self::RandomCrop(step) => step.size.check(),
            Self::RandomResizedCrop(step) => step.check(),
            Self::RandomHorizontalFlip(step) | Self::RandomVerticalFlip(step) | Self::RandomGrayscale(step) => values::share("p", step.p),
            Self::RandomRotate90(step) => values::share("p", step.p),
            Self::RandomRotation(step) => step.degrees.check("degrees"),
            Self::RandomShear(step) => step.check(),
            Self::RandomAffine(step) => step.check(),
            Self::ColorJitter(step) => step.check(),
            Self::RandomBrightness(step) | Self::RandomContrast(step) | Self::RandomSaturation(step) => step.check(),
            Self::RandomHue(step) => step.check_hue(),
            Self::RandomHsl(step) => step.check(),
            Self::RandomGamma(step) => step.gamma.check_positive("gamma"),
            Self::RandomLighting(step) => values::not_negative("alpha", step.alpha),
            Self::GaussianBlur(step) => step.check(),
            Self::GaussianNoise(step) => step.check(),
            Self::RandomErasing(step) => step.check(),
            Self::Mixup(step) => step.check(),
            Self::CopyPaste(step) => step.check(),
            Self::Normalize(step) => step.check(),
        }
    }

    /// Whether it moves pixels, and masks, outlines and boxes with them.
    #[must_use]
    pub fn is_geometric(&self) -> bool {
        matches!(
            self,
            Self::Resize(_)
                | Self::ResizeShort(_)
                | Self::ResizeLong(_)
                | Self::RandomResizeShort(_)
                | Self::RandomResizeLong(_)
                | Self::RandomScale(_)
                | Self::RandomAspect(_)
                | Self::Pad(_)
                | Self::CenterCrop(_)
                | Self::RandomCrop(_)
                | Self::RandomResizedCrop(_)
                | Self::RandomHorizontalFlip(_)
                | Self::RandomVerticalFlip(_)
                | Self::RandomRotate90(_)
                | Self::RandomRotation(_)
                | Self::RandomShear(_)
                | Self::RandomAffine(_)
        )
    }

    /// The name in configuration files.
    #[must_use]
    pub fn kind(&self) -> String {
        let named = serde_json::to_value(self).ok();
        named.and_then(|value| value["kind"].as_str().map(str::to_owned)).unwrap_or_default()
    }
}
