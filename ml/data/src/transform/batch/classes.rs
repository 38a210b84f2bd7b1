//! Pictures with a few numbers each.

use super::BatchError;
use crate::sample::{Sample, Target};

/// Writes the numbers of a picture as a whole; `out` has `label_width` values.
///
/// # Errors
/// The sample has more or fewer numbers.
pub fn fill_labels(sample: &Sample, target: &Target, out: &mut [f32]) -> Result<(), BatchError> {
    if target.labels.len() != out.len() {
        return Err(BatchError::LabelWidth { id: sample.id.clone(), has: target.labels.len(), width: out.len() });
    }
    out.copy_from_slice(&target.labels);
    Ok(())
}
