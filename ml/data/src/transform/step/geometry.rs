//! Steps that move pixels, and with them masks, outlines and boxes.

use serde::{Deserialize, Serialize};

use super::values::{self, Fill, Range, Size};

/// To exactly that size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resize {
    pub size: Size,
}

/// One side to a length; the other keeps the aspect, rounded to whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResizeSide {
    pub size: u32,
    /// The other side's greatest length; where it would be longer, the picture gets smaller as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

impl ResizeSide {
    pub(super) fn check(self) -> Result<(), String> {
        values::length("size", self.size)?;
        self.max.map_or(Ok(()), |max| values::length("max", max))
    }
}

/// One side to a random whole length from `scale[0] × size` to `scale[1] × size`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomResize {
    pub size: u32,
    #[serde(default = "half_to_double")]
    pub scale: Range,
}

fn half_to_double() -> Range {
    Range::Ends([0.5, 2.0])
}

impl RandomResize {
    pub(super) fn check(self) -> Result<(), String> {
        values::length("size", self.size)?;
        self.scale.check_positive("scale")
    }
}

/// The whole picture by a random factor, which keeps its aspect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomScale {
    pub scale: Range,
}

/// Wider and lower, or the other way round: width × √ratio, height ÷ √ratio, ratio uniform on the logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomAspect {
    pub ratio: Range,
}

/// Where the picture lies in a padded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PadAlign {
    #[default]
    Center,
    /// So that padding stands on the right and below, as in GluonCV.
    TopLeft,
}

/// Up to at least that size. A side that is long enough stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pad {
    pub size: Size,
    #[serde(default)]
    pub fill: Fill,
    #[serde(default)]
    pub align: PadAlign,
}

/// The middle. A smaller picture is padded on all sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CenterCrop {
    pub size: Size,
    #[serde(default)]
    pub fill: Fill,
}

/// Any place, each equally likely. A smaller picture is padded on all sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomCrop {
    pub size: Size,
    #[serde(default)]
    pub fill: Fill,
}

/// A rectangle of random area and aspect, brought to one size ('Inception crop').
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomResizedCrop {
    pub size: Size,
    /// Share of the picture's area.
    #[serde(default = "inception_scale")]
    pub scale: Range,
    /// Width ÷ height, uniform on the logarithm.
    #[serde(default = "inception_ratio")]
    pub ratio: Range,
}

fn inception_scale() -> Range {
    Range::Ends([0.08, 1.0])
}

fn inception_ratio() -> Range {
    Range::Ends([3.0 / 4.0, 4.0 / 3.0])
}

impl RandomResizedCrop {
    pub(super) fn check(self) -> Result<(), String> {
        self.size.check()?;
        self.ratio.check_positive("ratio")?;
        self.scale.check_positive("scale")?;
        if self.scale.plain()[1] <= 1.0 { Ok(()) } else { Err("'scale' is a share of the picture and ends at 1".to_owned()) }
    }
}

/// With probability `p`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flip {
    #[serde(default = "values::half")]
    pub p: f64,
}

/// With probability `p` by one of the four quarter turns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRotate90 {
    #[serde(default = "values::always")]
    pub p: f64,
}

/// About the middle, clockwise by a random angle: one number `d` means `[-d, d]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRotation {
    pub degrees: Range,
    /// The picture becomes large enough to hold all of it.
    #[serde(default)]
    pub expand: bool,
    #[serde(default)]
    pub fill: Fill,
}

/// Slanted about the middle by a random angle along each axis: one number `d` means `[-d, d]` degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomShear {
    pub x: Range,
    #[serde(default = "zero")]
    pub y: Range,
    #[serde(default)]
    pub fill: Fill,
}

fn zero() -> Range {
    Range::ZERO
}

impl RandomShear {
    pub(super) fn check(self) -> Result<(), String> {
        check_shear("x", self.x)?;
        check_shear("y", self.y)
    }
}

/// Slants of both axes that could meet would squeeze the picture onto a line.
fn check_shear(name: &str, range: Range) -> Result<(), String> {
    range.check(name)?;
    let within = range.around_zero().iter().all(|degrees| degrees.abs() < 45.0);
    if within { Ok(()) } else { Err(format!("'{name}' must stay within 45 degrees")) }
}

/// Turn, aspect, scale, slant and shift about the middle in one; the size stays.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomAffine {
    /// One number `d` means `[-d, d]`, clockwise.
    #[serde(default = "zero")]
    pub degrees: Range,
    /// Greatest shift to either side, as shares of width and height.
    #[serde(default)]
    pub translate: [f64; 2],
    /// A factor; one number means itself.
    #[serde(default = "one")]
    pub scale: Range,
    /// Width ÷ height grows by this factor; one number means itself.
    #[serde(default = "one")]
    pub aspect: Range,
    /// Degrees along x; one number `d` means `[-d, d]`.
    #[serde(default = "zero")]
    pub shear: Range,
    #[serde(default)]
    pub fill: Fill,
}

fn one() -> Range {
    Range::One(1.0)
}

impl RandomAffine {
    pub(super) fn check(self) -> Result<(), String> {
        self.degrees.check("degrees")?;
        self.translate.iter().try_for_each(|&share| values::share("translate", share))?;
        self.scale.check_positive("scale")?;
        self.aspect.check_positive("aspect")?;
        check_shear("shear", self.shear)
    }
}
