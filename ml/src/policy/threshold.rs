//! The threshold that SageMaker Ground Truth's rule gives, and the curve behind it.
//!
//! The rule, precisely: let `m(t)` be the mean IoU of the validation images whose confidence is at least t. The threshold is the smallest
//! confidence t of a validation image with `m(t) ≥ target`. Only t itself is asked for: above it the mean may dip below the target at
//! a few very confident images that are wrong, which more images outweigh. As images of equal confidence can't be told apart by a
//! threshold, they are accepted or refused together. Pairs with a value that is not a number are left out.

/// One validation image: the model's confidence and the true mean IoU of its prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    pub confidence: f64,
    pub iou: f64,
}

/// A threshold and what it does on the validation images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Images with this confidence or more are accepted.
    pub confidence: f64,
    /// Mean IoU of the accepted validation images.
    pub mean_iou: f64,
    /// Share of the validation images that are accepted.
    pub coverage: f64,
    /// How many that are.
    pub images: usize,
}

/// What would be accepted at one threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Share of the images accepted, above 0 and up to 1.
    pub coverage: f64,
    /// Their mean IoU.
    pub mean_iou: f64,
    pub threshold: f64,
}

/// The lowest confidence at which the images at or above it have a mean IoU of at least `target`; `None` if there is none.
#[must_use]
pub fn target_threshold(validation: &[Scored], target: f64) -> Option<Threshold> {
    let point = curve(validation).into_iter().rev().find(|point| point.mean_iou >= target)?;
    let images = validation.iter().filter(|scored| scored.usable() && scored.confidence >= point.threshold).count();
    Some(Threshold { confidence: point.threshold, mean_iou: point.mean_iou, coverage: point.coverage, images })
}

/// One point for each different confidence, from the strictest threshold (few images) to the mildest (all).
#[must_use]
pub fn curve(validation: &[Scored]) -> Vec<CurvePoint> {
    let mut sorted: Vec<Scored> = validation.iter().copied().filter(Scored::usable).collect();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut points: Vec<CurvePoint> = Vec::new();
    let mut sum = 0.0;
    for (at, scored) in sorted.iter().enumerate() {
        sum += scored.iou;
        if sorted.get(at + 1).is_some_and(|next| next.confidence == scored.confidence) {
            continue;
        }
        let count = (at + 1) as f64;
        points.push(CurvePoint { coverage: count / sorted.len() as f64, mean_iou: sum / count, threshold: scored.confidence });
    }
    points
}

impl Scored {
    fn usable(&self) -> bool {
        self.confidence.is_finite() && self.iou.is_finite()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scored(pairs: &[(f64, f64)]) -> Vec<Scored> {
        pairs.iter().map(|&(confidence, iou)| Scored { confidence, iou }).collect()
    }

    #[test]
    fn the_lowest_confidence_that_reaches_the_target() {
        let validation = scored(&[(0.9, 0.95), (0.8, 0.9), (0.7, 0.7), (0.6, 0.2)]);
        let threshold = target_threshold(&validation, 0.85).unwrap();
        assert_eq!((threshold.confidence, threshold.images, threshold.coverage), (0.7, 3, 0.75));
        assert!((threshold.mean_iou - 0.85).abs() < 1e-12);
        assert_eq!(target_threshold(&validation, 0.96), None);
        assert_eq!(target_threshold(&validation, 0.0).unwrap().coverage, 1.0);
        assert_eq!(target_threshold(&[], 0.5), None);
    }

    #[test]
    fn a_dip_at_the_top_does_not_hide_what_lies_below() {
        let validation = scored(&[(0.99, 0.1), (0.9, 0.9), (0.8, 0.95), (0.7, 0.95)]);
        assert_eq!(target_threshold(&validation, 0.7).unwrap().confidence, 0.7);
    }

    #[test]
    fn equal_confidences_stay_together() {
        let validation = scored(&[(0.9, 1.0), (0.9, 0.0), (0.5, 1.0)]);
        assert_eq!(curve(&validation).len(), 2);
        assert_eq!(target_threshold(&validation, 0.6).unwrap().confidence, 0.5);
        assert_eq!(target_threshold(&validation, 0.9), None);
    }

    proptest! {
        #[test]
        fn it_is_the_rule(pairs in prop::collection::vec((0u8..12, 0u8..=10), 0..30), target in 0u8..=10) {
            let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|(c, i)| (f64::from(c) / 12.0, f64::from(i) / 10.0)).collect();
            let target = f64::from(target) / 10.0 - 1e-9;
            let mean = |t: f64| {
                let ious: Vec<f64> = pairs.iter().filter(|pair| pair.0 >= t).map(|pair| pair.1).collect();
                ious.iter().sum::<f64>() / ious.len() as f64
            };
            let best = pairs.iter().map(|pair| pair.0).filter(|&t| mean(t) >= target).min_by(f64::total_cmp);
            let found = target_threshold(&scored(&pairs), target);
            prop_assert_eq!(found.map(|threshold| threshold.confidence), best);
            if let Some(found) = found {
                prop_assert!((found.mean_iou - mean(found.confidence)).abs() < 1e-9);
                prop_assert_eq!(found.images, pairs.iter().filter(|pair| pair.0 >= found.confidence).count());
            }
        }

        #[test]
        fn the_curve_goes_down_in_threshold_and_up_in_coverage(pairs in prop::collection::vec((0.0f64..1.0, 0.0f64..1.0), 1..40)) {
            let points = curve(&scored(&pairs));
            prop_assert!(points.windows(2).all(|pair| pair[0].threshold > pair[1].threshold && pair[0].coverage < pair[1].coverage));
            prop_assert_eq!(points.last().map(|point| point.coverage), Some(1.0));
        }

        #[test]
        fn a_milder_target_never_accepts_less(pairs in prop::collection::vec((0.0f64..1.0, 0.0f64..1.0), 1..40), a in 0.0f64..1.0, b in 0.0f64..1.0) {
            let coverage = |target: f64| target_threshold(&scored(&pairs), target).map_or(0.0, |threshold| threshold.coverage);
            prop_assert!(coverage(a.min(b)) >= coverage(a.max(b)));
        }
    }
}
