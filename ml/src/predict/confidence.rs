//! How good a class map probably is, from the probabilities alone.
//!
//! The score is the soft intersection over union of each class (its monotone twin, the soft Dice confidence, is due to Borges, Pacheco and
//! Silva, *Machine Learning* 115:176, 2026): what overlap is expected between the predicted area and the truth, if the probabilities are right.
//! The mean maximum probability, the obvious choice, ranks images worse than chance when objects are small, and is not used.

use labelwright_dataset::BACKGROUND;

use super::{Probabilities, argmax};

/// A class whose probability mass is below this share of the grid, and which is predicted nowhere, says nothing about the image.
const NOTICEABLE: f32 = 1e-3;

/// How sure the model is of one class in one image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassConfidence {
    pub class: u8,
    /// Expected overlap from 0 to 1: `Σ_{predicted} p / (|predicted| + Σ_{elsewhere} p)`.
    pub soft_iou: f32,
    /// Share of the grid that is predicted to be this class.
    pub share: f32,
}

/// Soft IoU of the classes that are predicted or noticeable, and whether nothing but background is predicted.
pub(super) fn per_class(probabilities: &Probabilities) -> (Vec<ClassConfidence>, bool) {
    let count = probabilities.classes.len();
    let (mut area, mut inside, mut outside) = (vec![0.0f64; count], vec![0.0f64; count], vec![0.0f64; count]);
    for cell in probabilities.values.chunks_exact(count) {
        let predicted = argmax(cell);
        area[predicted] += 1.0;
        for (class, &p) in cell.iter().enumerate() {
            if class == predicted {
                inside[class] += f64::from(p);
            } else {
                outside[class] += f64::from(p);
            }
        }
    }
    let cells = (probabilities.width * probabilities.height) as f64;
    let empty = (0..count).all(|class| area[class] == 0.0 || probabilities.classes[class] == BACKGROUND);
    let noticed = (0..count).filter(|&class| area[class] > 0.0 || outside[class] > f64::from(NOTICEABLE) * cells);
    let scores = noticed
        .map(|class| ClassConfidence {
            class: probabilities.classes[class],
            soft_iou: (inside[class] / (area[class] + outside[class])) as f32,
            share: (area[class] / cells) as f32,
        })
        .collect();
    (scores, empty)
}

/// The image's score: the mean over the foreground classes; for an image predicted to be empty, how sure it is that it is empty.
///
/// A class that is noticeable but predicted nowhere has soft IoU 0 and pulls the mean down, as its true IoU would.
pub(super) fn overall(per_class: &[ClassConfidence], empty: bool, probabilities: &Probabilities) -> f32 {
    if empty {
        let Some(background) = probabilities.classes.iter().position(|&class| class == BACKGROUND) else { return 0.0 };
        let surest = probabilities.values.chunks_exact(probabilities.classes.len()).map(|cell| 1.0 - cell[background]).fold(0.0, f32::max);
        return (1.0 - surest).clamp(0.0, 1.0);
    }
    let scores: Vec<f32> = per_class.iter().filter(|score| score.class != BACKGROUND).map(|score| score.soft_iou).collect();
    (scores.iter().sum::<f32>() / scores.len().max(1) as f32).clamp(0.0, 1.0)
}

/// Mean entropy in nats over cells that are predicted foreground or whose foreground probability is above 0.1; 0 if there are none.
pub(super) fn entropy(probabilities: &Probabilities) -> f32 {
    let background = probabilities.classes.iter().position(|&class| class == BACKGROUND);
    let (mut sum, mut cells) = (0.0f64, 0usize);
    for cell in probabilities.values.chunks_exact(probabilities.classes.len()) {
        if background.is_some_and(|at| cell[at] > 0.9) {
            continue;
        }
        sum -= cell.iter().filter(|&&p| p > 0.0).map(|&p| f64::from(p) * f64::from(p).ln()).sum::<f64>();
        cells += 1;
    }
    if cells == 0 { 0.0 } else { (sum / cells as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(values: &[f32]) -> Probabilities {
        let values: Vec<f32> = values.iter().flat_map(|&p| [1.0 - p, p]).collect();
        Probabilities { classes: vec![0, 1], width: values.len() / 2, height: 1, values }
    }

    fn score(probabilities: &Probabilities) -> f32 {
        let (scores, empty) = per_class(probabilities);
        overall(&scores, empty, probabilities)
    }

    #[test]
    fn certain_probabilities_give_certainty() {
        assert_eq!(score(&two(&[1.0, 1.0, 0.0, 0.0])), 1.0);
        assert_eq!(score(&two(&[0.0, 0.0])), 1.0);
    }

    #[test]
    fn soft_iou_by_hand() {
        assert!((score(&two(&[0.9, 0.7, 0.2, 0.1])) - 1.6 / 2.3).abs() < 1e-6);
    }

    #[test]
    fn an_empty_image_is_as_sure_as_its_least_sure_place() {
        let probabilities = two(&[0.3, 0.1, 0.0]);
        assert!(per_class(&probabilities).1);
        assert!((score(&probabilities) - 0.7).abs() < 1e-6);
    }

    #[test]
    fn entropy_looks_only_where_something_may_be() {
        assert_eq!(entropy(&two(&[0.0, 0.05])), 0.0);
        assert!((entropy(&two(&[0.5, 0.0])) - 2.0f32.ln()).abs() < 1e-6);
    }
}
