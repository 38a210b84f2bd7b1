//! Two samples blended into one.

use super::error::TransformError;
use crate::sample::{Mixed, Sample};

/// `share` of the first and the rest of the second. Both labels are kept, with their shares.
pub(super) fn mix(mut sample: Sample, other: Sample, share: f64) -> Result<Sample, TransformError> {
    if sample.size() != other.size() {
        return Err(TransformError::PartnerSize { kind: "mixup", one: sample.size(), other: other.size() });
    }
    // A label that is already of two pictures stays so, and the second picture is not blended in.
    if sample.mixed.is_some() {
        return Ok(sample);
    }
    let of_first = (share * 256.0).round().clamp(0.0, 256.0) as u16;
    for (value, &second) in sample.picture.pixels_mut().iter_mut().zip(other.picture.pixels()) {
        *value = ((u16::from(*value) * of_first + u16::from(second) * (256 - of_first) + 127) >> 8) as u8;
    }
    sample.mixed = Some(Mixed { share: f32::from(of_first) / 256.0, target: Box::new(other.target) });
    Ok(sample)
}
