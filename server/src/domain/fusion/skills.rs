//! What is known about each worker: how often they find what is there, and how often they leave alone what is not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Pseudo-counts of the Beta prior of sensitivity and specificity, right and wrong: (1.6, 0.4), a mean of 0.8.
const PRIOR_RIGHT: f64 = 1.6;
const PRIOR_WRONG: f64 = 0.4;

/// One image counts as at most this many pixels for one class, so that large images don't drown small ones.
pub(crate) const PIXELS_PER_IMAGE: f64 = 20.0;

/// Pseudo-counts of one worker and class, gathered where the workers of an image disagreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Marked, and there.
    #[serde(rename = "tp")]
    pub hits: f64,
    /// Not marked, but there.
    #[serde(rename = "fn")]
    pub misses: f64,
    /// Not marked, and not there.
    #[serde(rename = "tn")]
    pub rejections: f64,
    /// Marked, but not there.
    #[serde(rename = "fp")]
    pub false_alarms: f64,
}

impl Counts {
    /// Share of what is there that the worker marks, in (0, 1).
    #[must_use]
    pub fn sensitivity(&self) -> f64 {
        (self.hits + PRIOR_RIGHT) / (self.hits + self.misses + PRIOR_RIGHT + PRIOR_WRONG)
    }

    /// Share of what is not there that the worker leaves alone, in (0, 1).
    #[must_use]
    pub fn specificity(&self) -> f64 {
        (self.rejections + PRIOR_RIGHT) / (self.rejections + self.false_alarms + PRIOR_RIGHT + PRIOR_WRONG)
    }

    /// Weight of the worker's vote on whether something exists at all: mean of sensitivity and specificity to the fourth power.
    #[must_use]
    pub fn weight(&self) -> f64 {
        ((self.sensitivity() + self.specificity()) / 2.0).powi(4)
    }

    pub(crate) fn plus(&self, other: &Self, factor: f64) -> Self {
        // Taking evidence away again must not leave a count below zero through rounding.
        let add = |a: f64, b: f64| (a + factor * b).max(0.0);
        Self {
            hits: add(self.hits, other.hits),
            misses: add(self.misses, other.misses),
            rejections: add(self.rejections, other.rejections),
            false_alarms: add(self.false_alarms, other.false_alarms),
        }
    }
}

/// Pseudo-counts by worker and class. Written as JSON `{"<worker>": {"<class>": {"tp", "fn", "tn", "fp"}}}`.
///
/// A project keeps one of these; [`learn`](Self::learn) adds what one image showed. The same type holds the evidence of one image
/// ([`Fused::evidence`](super::Fused::evidence)), so that it can be stored and taken away again when the image is fused anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerSkills {
    workers: BTreeMap<Uuid, BTreeMap<u8, Counts>>,
}

impl WorkerSkills {
    /// The counts of one worker and class; zero when nothing is known.
    #[must_use]
    pub fn counts(&self, worker: Uuid, class: u8) -> Counts {
        self.workers.get(&worker).and_then(|classes| classes.get(&class)).copied().unwrap_or_default()
    }

    /// Adds the evidence of one image.
    pub fn learn(&mut self, evidence: &Self) {
        self.add(evidence, 1.0);
    }

    /// Takes the evidence of one image away again, before the image is fused anew.
    pub fn forget(&mut self, evidence: &Self) {
        self.add(evidence, -1.0);
    }

    /// Everything known, in the order of workers and classes.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, u8, &Counts)> {
        self.workers.iter().flat_map(|(worker, classes)| classes.iter().map(move |(class, counts)| (*worker, *class, counts)))
    }

    pub(crate) fn set(&mut self, worker: Uuid, class: u8, counts: Counts) {
        self.workers.entry(worker).or_default().insert(class, counts);
    }

    fn add(&mut self, evidence: &Self, factor: f64) {
        for (worker, class, counts) in evidence.iter() {
            let sum = self.counts(worker, class).plus(counts, factor);
            self.set(worker, class, sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_can_be_taken_away_again_and_survives_json() {
        let worker = Uuid::from_u128(7);
        let mut evidence = WorkerSkills::default();
        evidence.set(worker, 3, Counts { hits: 12.5, misses: 2.5, rejections: 4.0, false_alarms: 1.0 });
        let mut skills = WorkerSkills::default();
        skills.learn(&evidence);
        let back: WorkerSkills = serde_json::from_str(&serde_json::to_string(&skills).unwrap()).unwrap();
        assert_eq!(back, skills);
        assert!((skills.counts(worker, 3).sensitivity() - 14.1 / 17.0).abs() < 1e-12);
        skills.forget(&evidence);
        assert_eq!(skills.counts(worker, 3), Counts::default());
    }

    #[test]
    fn an_unknown_worker_is_right_four_times_in_five() {
        let counts = WorkerSkills::default().counts(Uuid::nil(), 1);
        assert!((counts.sensitivity() - 0.8).abs() < 1e-12 && (counts.specificity() - 0.8).abs() < 1e-12);
        assert!((counts.weight() - 0.4096).abs() < 1e-12);
    }
}
