//! How good labels are, measured against the truth.

use anyhow::{Result, bail};
use image::DynamicImage;
use labelwright_dataset::metrics::confusion;

/// All class indices with the background; void is none.
const CLASSES: usize = 255;

/// Mean intersection over union of the classes that are in the truth or in the label, without background; pixels whose truth is void
/// are left out. 1 when there is nothing in either. This is how Ground Truth counts.
///
/// # Errors
/// The maps differ in length.
pub fn mean_iou(label: &[u8], truth: &[u8]) -> Result<f64> {
    Ok(confusion(truth, label, CLASSES)?.mean_iou_without_background().unwrap_or(1.0))
}

/// The class map in an 8-bit gray PNG.
///
/// # Errors
/// It is no such PNG.
pub fn read_class_map(png: &[u8]) -> Result<Vec<u8>> {
    let DynamicImage::ImageLuma8(gray) = image::load_from_memory(png)? else { bail!("the label is not a gray picture of 8 bits") };
    Ok(gray.into_raw())
}

#[cfg(test)]
mod tests {
    use labelwright_dataset::VOID;

    use super::*;

    #[test]
    fn the_mean_is_over_classes_present_in_either() {
        let truth = [0, 1, 1, 2, 2, VOID, 0, 0];
        let label = [0, 1, 0, 2, 2, 7, 3, 0];
        // Class 1: 1 of 2, class 2: 2 of 2, class 3: 0 of 1; the void pixel doesn't count.
        assert!((mean_iou(&label, &truth).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(mean_iou(&[0, 0], &[0, 0]).unwrap(), 1.0);
        assert_eq!(mean_iou(&[0, 0], &[0, 1]).unwrap(), 0.0);
    }
}
