//! Steps that change colours and leave everything where it is.

use serde::{Deserialize, Serialize};

use super::values::{self, Range};

/// Brightness, contrast, saturation and hue in a random order, as torchvision's `ColorJitter`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColorJitter {
    /// A factor; one number `v` means `[1 - v, 1 + v]`. So for contrast and saturation.
    #[serde(default = "zero")]
    pub brightness: Range,
    #[serde(default = "zero")]
    pub contrast: Range,
    #[serde(default = "zero")]
    pub saturation: Range,
    /// A part of the colour circle; one number `v` means `[-v, v]`, at most 0.5.
    #[serde(default = "zero")]
    pub hue: Range,
    #[serde(default = "values::always")]
    pub p: f64,
}

fn zero() -> Range {
    Range::ZERO
}

impl ColorJitter {
    pub(super) fn check(&self) -> Result<(), String> {
        self.brightness.check_factor("brightness")?;
        self.contrast.check_factor("contrast")?;
        self.saturation.check_factor("saturation")?;
        check_hue("hue", self.hue)?;
        values::share("p", self.p)
    }
}

fn check_hue(name: &str, hue: Range) -> Result<(), String> {
    hue.check(name)?;
    let within = hue.around_zero().iter().all(|part| part.abs() <= 0.5);
    if within { Ok(()) } else { Err(format!("'{name}' is a part of the colour circle and stays within 0.5")) }
}

/// One colour property by a random amount: for factors one number `v` means `[1 - v, 1 + v]`, for hue `[-v, v]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomAmount {
    pub amount: Range,
}

impl RandomAmount {
    pub(super) fn check(&self) -> Result<(), String> {
        self.amount.check_factor("amount")
    }

    pub(super) fn check_hue(&self) -> Result<(), String> {
        check_hue("amount", self.amount)
    }
}

/// Each of hue (0 to 180, a circle), saturation and lightness (0 to 255) is moved by an amount from `-v` to `v`, in OpenCV's units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RandomHsl {
    pub h: f64,
    pub s: f64,
    pub l: f64,
}

impl RandomHsl {
    pub(super) fn check(&self) -> Result<(), String> {
        values::not_negative("h", self.h)?;
        values::not_negative("s", self.s)?;
        values::not_negative("l", self.l)
    }
}

/// `255 × (value / 255) ^ gamma`; one number means itself. The exponent is uniform on the logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomGamma {
    pub gamma: Range,
}

/// Standard deviation of the noise along each component; AlexNet's is 0.1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomLighting {
    pub alpha: f64,
}

/// With probability `p`, by a random standard deviation in pixels; one number means itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianBlur {
    pub sigma: Range,
    #[serde(default = "values::half")]
    pub p: f64,
}

impl GaussianBlur {
    pub(super) fn check(&self) -> Result<(), String> {
        self.sigma.check("sigma")?;
        let [low, high] = self.sigma.plain();
        if low < 0.0 || high > 20.0 {
            return Err("'sigma' must be from 0 to 20 pixels".to_owned());
        }
        values::share("p", self.p)
    }
}

/// With probability `p`, each value of each pixel by itself, by a random standard deviation in gray levels; one number means itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    pub sigma: Range,
    #[serde(default = "values::half")]
    pub p: f64,
}

impl GaussianNoise {
    pub(super) fn check(&self) -> Result<(), String> {
        self.sigma.check("sigma")?;
        if self.sigma.plain()[0] < 0.0 {
            return Err("'sigma' must be from 0 up".to_owned());
        }
        values::share("p", self.p)
    }
}

/// With probability `p` a random rectangle is painted over, as torchvision's `RandomErasing`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomErasing {
    #[serde(default = "values::half")]
    pub p: f64,
    /// Share of the picture's area.
    #[serde(default = "erased_scale")]
    pub scale: Range,
    /// Height ÷ width, uniform on the logarithm.
    #[serde(default = "erased_ratio")]
    pub ratio: Range,
    #[serde(default)]
    pub fill: super::Fill,
    /// Whether masks become void there, as where there is no picture. Boxes and outlines stay.
    #[serde(default = "yes")]
    pub void: bool,
}

fn erased_scale() -> Range {
    Range::Ends([0.02, 0.33])
}

fn erased_ratio() -> Range {
    Range::Ends([0.3, 3.3])
}

fn yes() -> bool {
    true
}

impl RandomErasing {
    pub(super) fn check(&self) -> Result<(), String> {
        values::share("p", self.p)?;
        self.ratio.check_positive("ratio")?;
        self.scale.check_positive("scale")?;
        if self.scale.plain()[1] <= 1.0 { Ok(()) } else { Err("'scale' is a share of the picture and ends at 1".to_owned()) }
    }
}

/// `(value / 255 - mean) / std` for red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Normalize {
    pub mean: [f32; 3],
    pub std: [f32; 3],
}

impl Default for Normalize {
    /// The figures of ImageNet.
    fn default() -> Self {
        Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    }
}

impl Normalize {
    /// Values from 0 to 1, not centred.
    pub const UNIT: Self = Self { mean: [0.0; 3], std: [1.0; 3] };

    pub(super) fn check(&self) -> Result<(), String> {
        let finite = self.mean.iter().chain(&self.std).all(|v| v.is_finite());
        if finite && self.std.iter().all(|&v| v > 0.0) { Ok(()) } else { Err("'std' must be greater than 0".to_owned()) }
    }
}
