//! Steps that need a second sample.

use serde::{Deserialize, Serialize};

use super::values;

/// With probability `p` blended with another sample by a share from Beta(alpha, alpha). Both samples must have the same size here.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixup {
    #[serde(default = "some")]
    pub alpha: f64,
    #[serde(default = "values::half")]
    pub p: f64,
}

fn some() -> f64 {
    0.2
}

impl Mixup {
    pub(super) fn check(&self) -> Result<(), String> {
        values::share("p", self.p)?;
        if self.alpha > 0.0 && self.alpha <= 1000.0 { Ok(()) } else { Err("'alpha' must be above 0 and at most 1000".to_owned()) }
    }
}

/// With probability `p` things of another sample are put on top of this one, each with probability `share`.
///
/// Things are told apart by the instance map; without one, by the connected areas of each class of the mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyPaste {
    #[serde(default = "values::half")]
    pub p: f64,
    #[serde(default = "values::half")]
    pub share: f64,
    /// Only things of these classes; all classes where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<u8>,
}

impl CopyPaste {
    pub(super) fn check(&self) -> Result<(), String> {
        values::share("p", self.p)?;
        values::share("share", self.share)
    }
}
