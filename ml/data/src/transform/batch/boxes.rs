//! Pictures with boxes.

use labelwright_dataset::Schema;

use super::BatchError;
use crate::sample::{BoxLabel, Sample};

/// Numbers of a box: class, left, top, right, bottom.
pub const BOX_WIDTH: usize = 5;

/// Writes the boxes of a picture as `[most, 5]`: class from 0, and corners divided by the picture's size, as `ImageDetIter` has them. Rows
/// without a box are -1.
///
/// # Errors
/// There are more boxes than rows.
pub fn fill_boxes(sample: &Sample, schema: &Schema, out: &mut [f32]) -> Result<(), BatchError> {
    let most = out.len() / BOX_WIDTH;
    let boxes = &sample.target.boxes;
    if boxes.len() > most {
        return Err(BatchError::TooManyBoxes { id: sample.id.clone(), has: boxes.len(), most });
    }
    out.fill(-1.0);
    let [width, height] = sample.size().map(f64::from);
    for (row, labeled) in out.chunks_exact_mut(BOX_WIDTH).zip(boxes) {
        let [left, top, right, bottom] = labeled.corners;
        let shares = [left / width, top / height, right / width, bottom / height];
        row[0] = number(labeled, schema) as f32;
        row[1..].iter_mut().zip(shares).for_each(|(out, share)| *out = share as f32);
    }
    Ok(())
}

/// The class's place among the classes; without classes one less than its index.
fn number(labeled: &BoxLabel, schema: &Schema) -> u32 {
    let below = schema.classes.iter().filter(|class| u32::from(class.index) < labeled.class).count() as u32;
    if schema.classes.is_empty() { labeled.class.saturating_sub(1) } else { below }
}
