//! Values that may be written in a short and in a long form.

use serde::{Deserialize, Serialize};

/// The longest side that a step may ask for.
const LONGEST: u32 = 1 << 14;

/// A size in pixels: `480` for a square, or `[width, height]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Size {
    Square(u32),
    Sides([u32; 2]),
}

impl Size {
    /// Width and height.
    #[must_use]
    pub fn sides(self) -> [u32; 2] {
        match self {
            Self::Square(side) => [side; 2],
            Self::Sides(sides) => sides,
        }
    }

    pub(super) fn check(self) -> Result<(), String> {
        self.sides().into_iter().try_for_each(|side| length("size", side))
    }
}

/// A range of numbers: `[low, high]`, or one number, whose meaning the step says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Range {
    One(f64),
    Ends([f64; 2]),
}

impl Range {
    /// Nothing but 0.
    pub const ZERO: Self = Self::One(0.0);

    /// One number `v` means `[-v, v]`.
    #[must_use]
    pub fn around_zero(self) -> [f64; 2] {
        match self {
            Self::One(value) => [-value, value],
            Self::Ends(ends) => ends,
        }
    }

    /// One number `v` means `[1 - v, 1 + v]`, cut off at 0.
    #[must_use]
    pub fn around_one(self) -> [f64; 2] {
        match self {
            Self::One(value) => [(1.0 - value).max(0.0), 1.0 + value],
            Self::Ends(ends) => ends,
        }
    }

    /// One number means itself.
    #[must_use]
    pub fn plain(self) -> [f64; 2] {
        match self {
            Self::One(value) => [value; 2],
            Self::Ends(ends) => ends,
        }
    }

    pub(super) fn check(self, name: &str) -> Result<(), String> {
        let [low, high] = self.plain();
        let ordered = low.is_finite() && high.is_finite() && low <= high;
        if ordered && (matches!(self, Self::Ends(_)) || low >= 0.0) {
            return Ok(());
        }
        Err(format!("'{name}' must be a number from 0 up, or a range [low, high]"))
    }

    pub(super) fn check_positive(self, name: &str) -> Result<(), String> {
        self.check(name)?;
        if self.plain()[0] > 0.0 { Ok(()) } else { Err(format!("'{name}' must be greater than 0")) }
    }

    /// As [`check`](Self::check), and the range that is meant does not go below 0.
    pub(super) fn check_factor(self, name: &str) -> Result<(), String> {
        self.check(name)?;
        if self.around_one()[0] >= 0.0 { Ok(()) } else { Err(format!("'{name}' must not go below 0")) }
    }
}

/// The colour of places where there is no picture: one value for all channels or `[red, green, blue]`, each from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fill {
    Gray(u8),
    Rgb([u8; 3]),
}

impl Default for Fill {
    fn default() -> Self {
        Self::Gray(0)
    }
}

impl Fill {
    /// Red, green, blue.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Gray(value) => [value; 3],
            Self::Rgb(rgb) => rgb,
        }
    }
}

pub(super) fn length(name: &str, side: u32) -> Result<(), String> {
    if (1..=LONGEST).contains(&side) { Ok(()) } else { Err(format!("'{name}' must be from 1 to {LONGEST} pixels")) }
}

pub(super) fn share(name: &str, value: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(format!("'{name}' must be from 0 to 1")) }
}

pub(super) fn not_negative(name: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(format!("'{name}' must be a number from 0 up")) }
}

pub(super) fn half() -> f64 {
    0.5
}

pub(super) fn always() -> f64 {
    1.0
}
