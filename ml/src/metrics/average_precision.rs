//! How well objects are found: average precision as COCO defines it, and the share of right objects that the nuclei challenge of 2018 scored.

use std::collections::HashMap;

/// Recall levels at which COCO reads the precision.
const LEVELS: usize = 101;

/// Matches of predicted and true objects at one IoU threshold, added up over images in any order.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectMatches {
    threshold: f64,
    /// Confidence of each predicted object, and whether it found one.
    predicted: Vec<(f32, bool)>,
    truths: u64,
}

/// The maps of an image differ in length, or an object has no confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    #[error("the object maps have {truth} and {prediction} pixels; compare maps of the same image")]
    Lengths { truth: usize, prediction: usize },
    #[error("object {0} has no confidence; give one for each object, from number 1")]
    Confidence(u32),
}

impl ObjectMatches {
    /// A predicted object finds a true one if their intersection over union is at least `threshold`.
    #[must_use]
    pub fn new(threshold: f64) -> Self {
        Self { threshold, predicted: Vec::new(), truths: 0 }
    }

    /// Adds an image: the number of the object at each pixel, 0 for none; `confidences[n − 1]` is that of predicted object n.
    ///
    /// Predicted objects choose in the order of their confidence, each the true object it overlaps best of those that are left.
    ///
    /// # Errors
    /// The maps differ in length, or a confidence is missing; nothing is added then.
    pub fn add(&mut self, truth: &[u32], prediction: &[u32], confidences: &[f32]) -> Result<(), ObjectsError> {
        if truth.len() != prediction.len() {
            return Err(ObjectsError::Lengths { truth: truth.len(), prediction: prediction.len() });
        }
        let (mut areas, mut own_areas, mut common) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (&truth, &own) in truth.iter().zip(prediction) {
            *areas.entry(truth).or_insert(0u64) += 1;
            *own_areas.entry(own).or_insert(0u64) += 1;
            *common.entry((own, truth)).or_insert(0u64) += 1;
        }
        areas.remove(&0);
        own_areas.remove(&0);
        let confidence = |own: u32| confidences.get(own as usize - 1).copied().ok_or(ObjectsError::Confidence(own));
        let mut order = own_areas.keys().map(|&own| Ok((own, confidence(own)?))).collect::<Result<Vec<_>, ObjectsError>>()?;
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));

        let mut overlaps: HashMap<u32, Vec<(f64, u32)>> = HashMap::new();
        for (&(own, truth), &both) in common.iter().filter(|((own, truth), _)| *own > 0 && *truth > 0) {
            let iou = both as f64 / (own_areas[&own] + areas[&truth] - both) as f64;
            if iou >= self.threshold {
                overlaps.entry(own).or_default().push((iou, truth));
            }
        }
        self.truths += areas.len() as u64;
        for (own, confidence) in order {
            let free = overlaps.get(&own).into_iter().flatten().filter(|(_, truth)| areas.contains_key(truth));
            let best = free.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            if let Some((_, truth)) = best {
                areas.remove(truth);
            }
            self.predicted.push((confidence, best.is_some()));
        }
        Ok(())
    }

    /// Mean precision over 101 levels of recall, where the precision at a level is the best at that level or beyond. `None` without true objects.
    #[must_use]
    pub fn average_precision(&self) -> Option<f64> {
        if self.truths == 0 {
            return None;
        }
        let mut sorted = self.predicted.clone();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found = 0u64;
        let mut curve: Vec<(f64, f64)> = Vec::with_capacity(sorted.len());
        for (place, (_, hit)) in sorted.into_iter().enumerate() {
            found += u64::from(hit);
            curve.push((found as f64 / self.truths as f64, found as f64 / (place + 1) as f64));
        }
        for place in (1..curve.len()).rev() {
            curve[place - 1].1 = curve[place - 1].1.max(curve[place].1);
        }
        let precision = |level: usize| {
            let recall = level as f64 / (LEVELS - 1) as f64;
            curve.get(curve.partition_point(|(reached, _)| *reached < recall)).map_or(0.0, |(_, precision)| *precision)
        };
        Some((0..LEVELS).map(precision).sum::<f64>() / LEVELS as f64)
    }

    /// Found objects among all that were found, missed or invented; 1 if there are none.
    #[must_use]
    pub fn share_right(&self) -> f64 {
        let found = self.predicted.iter().filter(|(_, hit)| *hit).count() as u64;
        let all = self.truths + self.predicted.len() as u64 - found;
        if all == 0 { 1.0 } else { found as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_example_by_hand() {
        // Two true objects; the surest prediction finds the first, the second is invented, the third finds the other.
        let truth = [1, 1, 0, 0, 2, 2];
        let prediction = [1, 1, 2, 0, 3, 3];
        let mut matches = ObjectMatches::new(0.5);
        matches.add(&truth, &prediction, &[0.9, 0.8, 0.7]).unwrap();
        // Precision 1 up to recall 0.5 (51 levels), then 2/3 (50 levels).
        assert!((matches.average_precision().unwrap() - (51.0 + 50.0 * 2.0 / 3.0) / 101.0).abs() < 1e-12);
        assert_eq!(matches.share_right(), 2.0 / 3.0);
    }

    #[test]
    fn one_true_object_is_found_once() {
        let mut matches = ObjectMatches::new(0.5);
        matches.add(&[1, 1, 1, 1], &[1, 1, 2, 2], &[0.5, 0.9]).unwrap();
        assert_eq!(matches.predicted, [(0.9, true), (0.5, false)]);
        assert_eq!(ObjectMatches::new(0.5).average_precision(), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_added() {
        let mut matches = ObjectMatches::new(0.5);
        assert_eq!(matches.add(&[0], &[], &[]), Err(ObjectsError::Lengths { truth: 1, prediction: 0 }));
        assert_eq!(matches.add(&[1], &[2], &[0.5]), Err(ObjectsError::Confidence(2)));
        assert_eq!(matches, ObjectMatches::new(0.5));
    }
}
