//! Which images the model may label, and in which order people see the others.

use std::collections::HashMap;

use labelwright_ml::policy::{
    AcquisitionConfig, Candidate, CurvePoint, Scored, rank,
    threshold::{self as rule, target_threshold},
};
use uuid::Uuid;

use super::policy::{Mode, Policy};

/// Fewer measured images say nothing about a threshold: one lucky image would open the gate for all.
pub const MIN_VALIDATION: usize = 5;

/// After so many models the order of the queue has no noise any more.
const ROUNDS: usize = 10;

/// Points of a curve at most.
const CURVE_POINTS: usize = 100;

/// What a model's prediction of one image says.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub image: Uuid,
    /// In [0, 1].
    pub confidence: f64,
    /// In nats.
    pub entropy: f64,
    /// Against people's label, for measured images.
    pub iou: Option<f64>,
    /// Whether the model may label it at all: validation images always go to people.
    pub candidate: bool,
}

/// The threshold and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The confidence from which on the model's labels are accepted; none is: no image.
    pub threshold: Option<f64>,
    /// One sentence for people.
    pub reason: String,
    /// Share of the candidates at or above the threshold.
    pub coverage: Option<f64>,
    /// For falling thresholds: coverage of the candidates, mean IoU of the measured images at or above it, threshold.
    pub curve: Vec<(f64, f64, f64)>,
}

/// Mean IoU of the measured images; none when there are none.
#[must_use]
pub fn mean_iou(scores: &[Score]) -> Option<f64> {
    let measured: Vec<f64> = scores.iter().filter_map(|score| score.iou).collect();
    (!measured.is_empty()).then(|| measured.iter().sum::<f64>() / measured.len() as f64)
}

/// Finds the threshold that the policy asks for.
///
/// Mode `target` takes the lowest confidence at which the mean IoU of the measured images at or above it reaches the target, which is what
/// Amazon SageMaker Ground Truth does. It holds on average, not for sure.
#[must_use]
pub fn threshold(policy: &Policy, scores: &[Score]) -> Decision {
    let measured: Vec<Scored> = scores.iter().filter_map(|score| Some(Scored { confidence: score.confidence, iou: score.iou? })).collect();
    let (threshold, reason) = match policy.mode {
        Mode::Off => (None, "the model only suggests, because the policy is 'off'".to_owned()),
        Mode::Certified => (None, "certificates are not available yet; the model only suggests".to_owned()),
        Mode::Fixed => (Some(policy.threshold), format!("the manager set {:.2}", policy.threshold)),
        Mode::Target => target(policy.target_miou, &measured),
    };
    let candidates = scores.iter().filter(|score| score.candidate).count();
    let above = |threshold: f64| scores.iter().filter(|score| score.candidate && score.confidence >= threshold).count();
    let coverage = (candidates > 0).then(|| threshold.map_or(0.0, |t| above(t) as f64 / candidates as f64));
    Decision { threshold, reason, coverage, curve: thinned(curve(scores, &measured)) }
}

fn target(target: f64, measured: &[Scored]) -> (Option<f64>, String) {
    let count = measured.len();
    if count < MIN_VALIDATION {
        let needed = format!("at least {MIN_VALIDATION} validation images with a label from people are needed to find a threshold");
        return (None, format!("{needed}; there are {count}"));
    }
    if let Some(found) = target_threshold(measured, target) {
        let (confidence, miou) = (found.confidence, found.mean_iou);
        let text =
            format!("at confidence {confidence:.3} and above, the mean IoU of the validation images is {miou:.3} (target {target:.2})");
        return (Some(confidence), text);
    }
    let best = rule::curve(measured).iter().map(|point| point.mean_iou).fold(0.0, f64::max);
    let not_yet = "the model is not good enough yet: the best mean IoU";
    (None, format!("{not_yet} on {count} validation images is {best:.3}, the target is {target:.2}"))
}

/// For every confidence that a measured image has, falling: what would be accepted.
fn curve(scores: &[Score], measured: &[Scored]) -> Vec<(f64, f64, f64)> {
    let mut candidates: Vec<f64> = scores.iter().filter(|score| score.candidate).map(|score| score.confidence).collect();
    candidates.sort_by(|a, b| b.total_cmp(a));
    let coverage = |point: &CurvePoint| {
        // Without candidates the measured images show the shape.
        if candidates.is_empty() {
            return point.coverage;
        }
        candidates.partition_point(|&other| other >= point.threshold) as f64 / candidates.len() as f64
    };
    rule::curve(measured).iter().map(|point| (coverage(point), point.mean_iou, point.threshold)).collect()
}

fn thinned(points: Vec<(f64, f64, f64)>) -> Vec<(f64, f64, f64)> {
    if points.len() <= CURVE_POINTS {
        return points;
    }
    (0..CURVE_POINTS).map(|i| points[i * (points.len() - 1) / (CURVE_POINTS - 1)]).collect()
}

/// The priority of each image that goes to people, in (0, 1]: the more the model doubts, the earlier, with noise that shrinks from one
/// model to the next (`round` counts them from 0), and `random_share` of the places drawn at random; see [`rank`].
#[must_use]
pub fn priorities(scores: &[&Score], random_share: f64, round: usize, seed: u64) -> HashMap<Uuid, f64> {
    // What a correction costs is not known from a score alone, so all count the same.
    let candidate = |score: &&Score| Candidate { entropy: Some(score.entropy as f32), seconds: 1.0, descriptor: Vec::new() };
    let candidates: Vec<Candidate> = scores.iter().map(candidate).collect();
    let config = AcquisitionConfig { random_share: random_share as f32, ..AcquisitionConfig::for_round(round, ROUNDS, seed) };
    let count = scores.len().max(1) as f64;
    rank(&candidates, &config).into_iter().enumerate().map(|(place, at)| (scores[at].image, 1.0 - place as f64 / count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(image: u128, confidence: f64, iou: Option<f64>) -> Score {
        Score { image: Uuid::from_u128(image), confidence, entropy: 1.0 - confidence, iou, candidate: iou.is_none() }
    }

    fn example() -> Vec<Score> {
        let ious = [0.95, 0.9, 0.9, 0.85, 0.7, 0.3];
        let measured = ious.iter().enumerate().map(|(i, &iou)| score(i as u128, 0.95 - 0.1 * i as f64, Some(iou)));
        measured.chain((0..10).map(|i| score(100 + i as u128, i as f64 / 10.0, None))).collect()
    }

    #[test]
    fn the_lowest_confidence_that_reaches_the_target_is_taken() {
        let policy = Policy { target_miou: 0.85, ..Policy::default() };
        let decision = threshold(&policy, &example());
        // (0.95 + 0.9 + 0.9 + 0.85 + 0.7) / 5 = 0.86, with the last one 0.767.
        assert!((decision.threshold.unwrap() - 0.55).abs() < 1e-9, "{decision:?}");
        assert_eq!(decision.coverage, Some(0.4));
        assert_eq!(decision.curve.len(), 6);
        let strict = Policy { target_miou: 0.99, ..Policy::default() };
        let decision = threshold(&strict, &example());
        assert_eq!((decision.threshold, decision.coverage), (None, Some(0.0)));
        assert!(decision.reason.contains("0.950"), "{}", decision.reason);
    }

    #[test]
    fn few_measured_images_open_no_gate_and_other_modes_need_none() {
        let few = &example()[4..];
        assert_eq!(threshold(&Policy::default(), few).threshold, None);
        assert_eq!(threshold(&Policy { mode: Mode::Off, ..Policy::default() }, &example()).threshold, None);
        let fixed = Policy { mode: Mode::Fixed, threshold: 0.5, ..Policy::default() };
        assert_eq!(threshold(&fixed, few).threshold, Some(0.5));
        assert_eq!(mean_iou(&[]), None);
    }

    #[test]
    fn equal_confidences_are_accepted_together() {
        let scores: Vec<Score> = [0.9, 0.9, 0.9, 0.9, 0.1].iter().enumerate().map(|(i, &iou)| score(i as u128, 0.8, Some(iou))).collect();
        assert_eq!(threshold(&Policy { target_miou: 0.8, ..Policy::default() }, &scores).threshold, None);
    }

    #[test]
    fn a_share_of_the_front_of_the_queue_is_random() {
        let scores: Vec<Score> = (0..4000).map(|i| score(i, i as f64 / 4000.0, None)).collect();
        let refs: Vec<&Score> = scores.iter().collect();
        let priorities = priorities(&refs, 0.25, ROUNDS, 3);
        let mut order: Vec<&Score> = refs.clone();
        order.sort_by(|a, b| priorities[&b.image].total_cmp(&priorities[&a.image]));
        // Without chance, the first quarter of the queue would be the quarter of the images with the lowest confidence.
        let strangers = order[..1000].iter().filter(|score| score.confidence >= 0.3).count();
        assert!((120..260).contains(&strangers), "{strangers}");
    }
}
