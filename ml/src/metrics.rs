//! How well class maps agree with the truth. Exact and streaming: counts only, so any number of images can be added in any order.

mod average_precision;

pub use average_precision::{ObjectMatches, ObjectsError};

use labelwright_dataset::{BACKGROUND, VOID};

/// Counts of (truth, prediction) pairs for all 256 class indices. Pixels whose truth is void (255) are never counted.
#[derive(Clone, PartialEq, Eq)]
pub struct Confusion {
    counts: Vec<u64>,
}

/// The two class maps have different lengths, so they can't be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the class maps have {truth} and {prediction} pixels; compare maps of the same image")]
pub struct LengthsDiffer {
    pub truth: usize,
    pub prediction: usize,
}

impl std::fmt::Debug for Confusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Confusion").field("pixels", &self.total()).field("classes", &self.present()).finish()
    }
}

impl Default for Confusion {
    fn default() -> Self {
        Self { counts: vec![0; 256 * 256] }
    }
}

impl Confusion {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts of one pair of class maps, one byte a pixel.
    ///
    /// # Errors
    /// The maps differ in length.
    pub fn of(truth: &[u8], prediction: &[u8]) -> Result<Self, LengthsDiffer> {
        let mut out = Self::new();
        out.add(truth, prediction)?;
        Ok(out)
    }

    /// Counts one pair of class maps.
    ///
    /// # Errors
    /// The maps differ in length; nothing is counted then.
    pub fn add(&mut self, truth: &[u8], prediction: &[u8]) -> Result<(), LengthsDiffer> {
        if truth.len() != prediction.len() {
            return Err(LengthsDiffer { truth: truth.len(), prediction: prediction.len() });
        }
        for (&truth, &prediction) in truth.iter().zip(prediction) {
            if truth != VOID {
                self.counts[usize::from(truth) * 256 + usize::from(prediction)] += 1;
            }
        }
        Ok(())
    }

    /// Adds the counts of another matrix.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
    }

    /// Pixels whose truth is the first class and whose prediction is the second.
    #[must_use]
    pub fn count(&self, truth: u8, prediction: u8) -> u64 {
        self.counts[usize::from(truth) * 256 + usize::from(prediction)]
    }

    /// All pixels counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Intersection over union of one class; `None` if neither the truth nor the prediction has it.
    #[must_use]
    pub fn iou(&self, class: u8) -> Option<f64> {
        let both = self.count(class, class);
        let union = self.truth(class) + self.predicted(class) - both;
        (union > 0).then(|| both as f64 / union as f64)
    }

    /// Classes that the truth or the prediction has, with their intersection over union, ascending.
    #[must_use]
    pub fn per_class(&self) -> Vec<(u8, f64)> {
        self.present().into_iter().filter_map(|class| Some((class, self.iou(class)?))).collect()
    }

    /// Mean intersection over union of all classes but background, over the classes that the truth or the prediction has: the figure that
    /// SageMaker Ground Truth states for semantic segmentation. 1 if there is nothing but background in both.
    #[must_use]
    pub fn mean_iou(&self) -> f64 {
        let scores: Vec<f64> = self.per_class().into_iter().filter(|&(class, _)| class != BACKGROUND).map(|(_, iou)| iou).collect();
        if scores.is_empty() { 1.0 } else { scores.iter().sum::<f64>() / scores.len() as f64 }
    }

    /// Mean intersection over union of all classes, background among them; 1 if nothing was counted.
    #[must_use]
    pub fn mean_iou_with_background(&self) -> f64 {
        let scores = self.per_class();
        if scores.is_empty() { 1.0 } else { scores.iter().map(|(_, iou)| iou).sum::<f64>() / scores.len() as f64 }
    }

    /// Share of pixels whose class is right; 1 if nothing was counted.
    #[must_use]
    pub fn pixel_accuracy(&self) -> f64 {
        let total = self.total();
        if total == 0 {
            return 1.0;
        }
        (0..=255u8).map(|class| self.count(class, class)).sum::<u64>() as f64 / total as f64
    }

    /// Mean over the classes of the truth of the share of their pixels that is right; 1 if nothing was counted.
    #[must_use]
    pub fn mean_pixel_accuracy(&self) -> f64 {
        let shares: Vec<f64> = (0..VOID)
            .filter(|&class| self.truth(class) > 0)
            .map(|class| self.count(class, class) as f64 / self.truth(class) as f64)
            .collect();
        if shares.is_empty() { 1.0 } else { shares.iter().sum::<f64>() / shares.len() as f64 }
    }

    /// Intersection over union of the classes of the truth, each counting by its pixels there; 1 if nothing was counted.
    #[must_use]
    pub fn frequency_weighted_iou(&self) -> f64 {
        let total = self.total();
        if total == 0 {
            return 1.0;
        }
        self.per_class().into_iter().map(|(class, iou)| self.truth(class) as f64 * iou).sum::<f64>() / total as f64
    }

    /// Dice's coefficient of one class, `2 · both / (truth + prediction)`; `None` if neither the truth nor the prediction has it.
    #[must_use]
    pub fn dice(&self, class: u8) -> Option<f64> {
        let sum = self.truth(class) + self.predicted(class);
        (sum > 0).then(|| 2.0 * self.count(class, class) as f64 / sum as f64)
    }

    fn truth(&self, class: u8) -> u64 {
        self.counts[usize::from(class) * 256..][..256].iter().sum()
    }

    fn predicted(&self, class: u8) -> u64 {
        (0..256).map(|truth| self.counts[truth * 256 + usize::from(class)]).sum()
    }

    fn present(&self) -> Vec<u8> {
        (0..VOID).filter(|&class| self.truth(class) + self.predicted(class) > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_small_example_by_hand() {
        let truth = [0, 0, 1, 1, 2, 255];
        let prediction = [0, 1, 1, 1, 0, 2];
        let matrix = Confusion::of(&truth, &prediction).unwrap();
        assert_eq!(matrix.total(), 5);
        assert_eq!(matrix.per_class(), vec![(0, 1.0 / 3.0), (1, 2.0 / 3.0), (2, 0.0)]);
        assert_eq!(matrix.mean_iou(), 1.0 / 3.0);
        assert_eq!(matrix.mean_iou_with_background(), 1.0 / 3.0);
        assert_eq!(matrix.pixel_accuracy(), 3.0 / 5.0);
    }

    /// What scikit-learn says about the same maps (`tools/metrics_reference.py`).
    #[test]
    fn figures_are_those_of_scikit_learn() {
        let reference: serde_json::Value = serde_json::from_str(include_str!("../tests/fixtures/metrics.json")).unwrap();
        let map = |name: &str| -> Vec<u8> { reference[name].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as u8).collect() };
        let matrix = Confusion::of(&map("truth"), &map("prediction")).unwrap();
        let same = |ours: f64, name: &str| {
            let theirs = reference[name].as_f64().unwrap();
            assert!((ours - theirs).abs() < 1e-12, "{name}: {ours} and {theirs}");
        };
        same(matrix.pixel_accuracy(), "pixel_accuracy");
        same(matrix.mean_pixel_accuracy(), "mean_pixel_accuracy");
        same(matrix.mean_iou_with_background(), "mean_iou");
        same(matrix.frequency_weighted_iou(), "frequency_weighted_iou");
        for class in 0..5u8 {
            same(matrix.dice(class).unwrap(), &format!("dice_{class}"));
            same(matrix.iou(class).unwrap(), &format!("iou_{class}"));
        }
    }

    #[test]
    fn nothing_but_background_is_perfect() {
        assert_eq!(Confusion::of(&[0, 0, 255], &[0, 0, 7]).unwrap().mean_iou(), 1.0);
        assert_eq!(Confusion::new().pixel_accuracy(), 1.0);
    }

    #[test]
    fn lengths_must_agree() {
        assert_eq!(Confusion::of(&[0], &[]), Err(LengthsDiffer { truth: 1, prediction: 0 }));
    }

    proptest! {
        #[test]
        fn parts_add_up(pairs in prop::collection::vec((0u8..4, 0u8..4), 1..60), cut in any::<prop::sample::Index>()) {
            let (truth, prediction): (Vec<u8>, Vec<u8>) = pairs.into_iter().unzip();
            let cut = cut.index(truth.len());
            let mut parts = Confusion::of(&truth[cut..], &prediction[cut..]).unwrap();
            parts.merge(&Confusion::of(&truth[..cut], &prediction[..cut]).unwrap());
            prop_assert_eq!(&parts, &Confusion::of(&truth, &prediction).unwrap());
            for (class, iou) in parts.per_class() {
                let both = truth.iter().zip(&prediction).filter(|&(&t, &p)| t == class && p == class).count();
                let either = truth.iter().zip(&prediction).filter(|&(&t, &p)| t == class || p == class).count();
                prop_assert_eq!(iou, both as f64 / either as f64);
            }
        }
    }
}
