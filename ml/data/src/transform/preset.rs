//! Chains that are in common use.

use super::chain::Chain;
use super::error::ChainError;
use super::step::{
    CenterCrop, Fill, Flip, GaussianBlur, Normalize, Pad, PadAlign, RandomCrop, RandomHsl, RandomResize, RandomRotation, RandomScale,
    Range, ResizeSide, Size, Step,
};

impl Chain {
    /// GluonCV's training of segmentation models: mirrored half of the time, the long side brought to a random length from half to twice
    /// `base` (520), padded to `crop` (480) below and on the right, cropped at random, blurred half of the time by up to one pixel,
    /// normalised by ImageNet's figures. Padding is void here, where GluonCV takes it for background.
    ///
    /// # Errors
    /// A size is 0 or absurd.
    pub fn gluoncv_train(base: u32, crop: u32) -> Result<Self, ChainError> {
        Self::new(vec![
            Step::RandomHorizontalFlip(Flip { p: 0.5 }),
            Step::RandomResizeLong(RandomResize { size: base, scale: Range::Ends([0.5, 2.0]) }),
            Step::Pad(Pad { size: Size::Square(crop), fill: Fill::default(), align: PadAlign::TopLeft }),
            Step::RandomCrop(RandomCrop { size: Size::Square(crop), fill: Fill::default() }),
            Step::GaussianBlur(GaussianBlur { sigma: Range::Ends([0.0, 1.0]), p: 0.5 }),
            Step::Normalize(Normalize::default()),
        ])
    }

    /// GluonCV's validation while training: the short side brought to `crop`, the middle cropped, normalised.
    ///
    /// # Errors
    /// A size is 0 or absurd.
    pub fn gluoncv_val(crop: u32) -> Result<Self, ChainError> {
        Self::new(vec![
            Step::ResizeShort(ResizeSide { size: crop, max: None }),
            Step::CenterCrop(CenterCrop { size: Size::Square(crop), fill: Fill::default() }),
            Step::Normalize(Normalize::default()),
        ])
    }

    /// The workshop's parameters of MXNet's `ImageRecordIter`: short side 256, scaled by 0.95 to 1.05, turned by up to 10 degrees, cropped
    /// to 224 at random, mirrored half of the time, hue, saturation and lightness moved by up to 10, normalised.
    ///
    /// # Errors
    /// None in practice; the figures are fixed.
    pub fn workshop() -> Result<Self, ChainError> {
        let fill = Fill::Gray(255);
        Self::new(vec![
            Step::ResizeShort(ResizeSide { size: 256, max: None }),
            Step::RandomScale(RandomScale { scale: Range::Ends([0.95, 1.05]) }),
            Step::RandomRotation(RandomRotation { degrees: Range::One(10.0), expand: false, fill }),
            Step::RandomCrop(RandomCrop { size: Size::Square(224), fill }),
            Step::RandomHorizontalFlip(Flip { p: 0.5 }),
            Step::RandomHsl(RandomHsl { h: 10.0, s: 10.0, l: 10.0 }),
            Step::Normalize(Normalize::default()),
        ])
    }
}
