//! How well two masks agree.

use super::{Mask, MaskError};

/// Intersection over union of two masks, in `[0, 1]`; 1 if both are empty.
///
/// # Errors
/// The masks differ in size.
pub fn iou(a: &Mask, b: &Mask) -> Result<f64, MaskError> {
    let intersection = a.intersection_area(b)?;
    let union = a.area() + b.area() - intersection;
    Ok(if union == 0 { 1.0 } else { intersection as f64 / union as f64 })
}

/// Twice the intersection over the sum of both areas (Dice's coefficient, the F1 score of pixels), in `[0, 1]`; 1 if both are empty.
///
/// # Errors
/// The masks differ in size.
pub fn dice(a: &Mask, b: &Mask) -> Result<f64, MaskError> {
    let intersection = a.intersection_area(b)?;
    let sum = a.area() + b.area();
    Ok(if sum == 0 { 1.0 } else { 2.0 * intersection as f64 / sum as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let a = Mask::from_runs(4, 1, vec![0, 2, 2]).unwrap();
        let b = Mask::from_runs(4, 1, vec![1, 2, 1]).unwrap();
        let none = Mask::empty(4, 1).unwrap();
        assert_eq!(iou(&a, &b), Ok(1.0 / 3.0));
        assert_eq!(dice(&a, &b), Ok(0.5));
        assert_eq!((iou(&none, &none), dice(&none, &none)), (Ok(1.0), Ok(1.0)));
        assert_eq!(iou(&a, &none), Ok(0.0));
        assert!(iou(&a, &Mask::empty(1, 4).unwrap()).is_err());
    }
}
