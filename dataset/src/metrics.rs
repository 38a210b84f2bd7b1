//! How well predicted class maps agree with the truth.

use crate::schema::VOID;

/// Why two class maps can't be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfusionError {
    #[error("the truth has {truth} pixels and the prediction {predicted}; both must be of the same image size")]
    Lengths { truth: usize, predicted: usize },
    #[error("{0} classes can't be counted; there are 1 to 255 with the background")]
    Classes(usize),
}

/// Counts of pixels by true and predicted class, over any number of images.
///
/// Pixels whose truth is void, or a class that is not counted, are left out. A prediction of void, or of a class that is not
/// counted, is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// A row for each true class; the columns are the predicted classes and, last, anything else.
    counts: Vec<u64>,
}

/// Counts the pixels of one image. `classes` is the number of classes with the background: indices `0..classes` are counted.
///
/// # Errors
/// The maps differ in length, or the number of classes is not between 1 and 255.
pub fn confusion(truth: &[u8], predicted: &[u8], classes: usize) -> Result<Confusion, ConfusionError> {
    let mut counts = Confusion::new(classes)?;
    counts.add(truth, predicted)?;
    Ok(counts)
}

impl Confusion {
    /// No pixels yet, for indices `0..classes`.
    ///
    /// # Errors
    /// The number is not between 1 and 255.
    pub fn new(classes: usize) -> Result<Self, ConfusionError> {
        if !(1..=usize::from(VOID)).contains(&classes) {
            return Err(ConfusionError::Classes(classes));
        }
        Ok(Self { classes, counts: vec![0; classes * (classes + 1)] })
    }

    /// Adds the pixels of one image.
    ///
    /// # Errors
    /// The maps differ in length; nothing is added then.
    pub fn add(&mut self, truth: &[u8], predicted: &[u8]) -> Result<(), ConfusionError> {
        if truth.len() != predicted.len() {
            return Err(ConfusionError::Lengths { truth: truth.len(), predicted: predicted.len() });
        }
        for (&t, &p) in truth.iter().zip(predicted) {
            if usize::from(t) < self.classes {
                self.counts[usize::from(t) * (self.classes + 1) + usize::from(p).min(self.classes)] += 1;
            }
        }
        Ok(())
    }

    /// Adds the counts of other images.
    ///
    /// # Errors
    /// The numbers of classes differ; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), ConfusionError> {
        if self.classes != other.classes {
            return Err(ConfusionError::Classes(other.classes));
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, n)| *sum += n);
        Ok(())
    }

    /// How many pixels of one class were predicted as another; `predicted >= classes` stands for anything that is not counted.
    #[must_use]
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        if truth < self.classes { self.counts[truth * (self.classes + 1) + predicted.min(self.classes)] } else { 0 }
    }

    /// Intersection over union of each class, by index; `None` for a class that was neither there nor predicted.
    #[must_use]
    pub fn iou(&self) -> Vec<Option<f64>> {
        let of_class = |class: usize| {
            let hit = self.count(class, class);
            let there: u64 = (0..=self.classes).map(|p| self.count(class, p)).sum();
            let predicted: u64 = (0..self.classes).map(|t| self.count(t, class)).sum();
            let union = there + predicted - hit;
            (union > 0).then(|| hit as f64 / union as f64)
        };
        (0..self.classes).map(of_class).collect()
    }

    /// The mean of [`Confusion::iou`] over the classes that have one, background among them; `None` if there are none.
    #[must_use]
    pub fn mean_iou(&self) -> Option<f64> {
        mean(&self.iou())
    }

    /// The mean over the classes without background, as in the rules of some benchmarks; `None` if there are none.
    #[must_use]
    pub fn mean_iou_without_background(&self) -> Option<f64> {
        mean(&self.iou()[1..])
    }

    /// The share of pixels that were predicted right, in `[0, 1]`; `None` if no pixel counts.
    #[must_use]
    pub fn pixel_accuracy(&self) -> Option<f64> {
        let all: u64 = self.counts.iter().sum();
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        (all > 0).then(|| right as f64 / all as f64)
    }
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    (!present.is_empty()).then(|| present.iter().sum::<f64>() / present.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_is_never_counted() {
        let c = confusion(&[0, 0, 1, 1, VOID, 2], &[0, 1, 1, VOID, 1, 1], 4).unwrap();
        assert_eq!(c.iou(), [Some(0.5), Some(0.25), Some(0.0), None]);
        assert_eq!(c.mean_iou(), Some(0.25));
        assert_eq!(c.mean_iou_without_background(), Some(0.125));
        assert_eq!(c.pixel_accuracy(), Some(0.4));
        assert_eq!(confusion(&[VOID], &[0], 2).unwrap().pixel_accuracy(), None);
    }

    #[test]
    fn images_add_up() {
        let mut sum = confusion(&[0, 1], &[0, 0], 2).unwrap();
        sum.merge(&confusion(&[1], &[1], 2).unwrap()).unwrap();
        assert_eq!(sum, confusion(&[0, 1, 1], &[0, 0, 1], 2).unwrap());
        assert_eq!(sum.count(1, 0), 1);
        assert!(sum.add(&[0], &[]).is_err());
        assert!(sum.merge(&Confusion::new(3).unwrap()).is_err());
        assert_eq!(Confusion::new(0), Err(ConfusionError::Classes(0)));
    }
}
