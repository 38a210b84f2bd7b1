//! Fusing the yes-or-no votes of several workers on pixels.

use std::collections::BTreeMap;

use super::Method;
use super::skills::{Counts, PIXELS_PER_IMAGE};

/// Rounds of expectation and maximisation.
const ITERATIONS: usize = 8;

/// A posterior must exceed one half by more than rounding to count as 'there', so that a tie never depends on the order of sums.
const TIE: f64 = 1e-9;

/// How likely a pixel is inside, by who marked it. Pixels with the same votes have the same posterior, so the votes (one bit a
/// worker) are all that has to be told apart.
#[derive(Clone, Debug)]
pub(crate) struct Consensus {
    posteriors: BTreeMap<u64, f64>,
    workers: usize,
}

impl Consensus {
    /// The probability that a pixel with these votes is inside.
    pub fn posterior(&self, votes: u64) -> f64 {
        self.posteriors.get(&votes).copied().unwrap_or(if votes == 0 {
            0.0
        } else if votes == all(self.workers) {
            1.0
        } else {
            // Every pattern with a disagreement is in the table: it was built from the same pixels.
            0.5
        })
    }

    /// Whether a pixel with these votes is inside.
    pub fn inside(&self, votes: u64) -> bool {
        self.posterior(votes) > 0.5 + TIE
    }

    /// How far from a coin toss the posterior is, 0 to 1.
    pub fn margin(&self, votes: u64) -> f64 {
        (2.0 * self.posterior(votes) - 1.0).abs()
    }
}

/// The pattern in which all workers vote yes.
pub(crate) fn all(workers: usize) -> u64 {
    u64::MAX >> (64 - workers.clamp(1, 64))
}

/// Estimates the posteriors from how often each pattern of votes occurs in the band around the disagreement.
///
/// `Weighted` is Dawid and Skene's confusion-matrix model with two classes (A. P. Dawid, A. M. Skene, 1979), as in STAPLE, with two changes
/// against its known failures: only the band counts, with prior one half, so the size of the background has no effect; and each
/// worker's sensitivity and specificity start from (and keep) what other images of the project showed. `Majority` is the share of votes.
pub(crate) fn consensus(band: &BTreeMap<u64, f64>, known: &[Counts], method: Method) -> Consensus {
    let workers = known.len();
    let posteriors = match method {
        Method::Majority => band.keys().map(|&votes| (votes, f64::from(votes.count_ones()) / workers.max(1) as f64)).collect(),
        Method::Weighted => {
            let mut skills = known.to_vec();
            let mut posteriors = expectation(band, &skills);
            for _ in 1..ITERATIONS {
                let seen = evidence(band, workers, |votes| posteriors.get(&votes).copied().unwrap_or(0.5));
                skills = known.iter().zip(&seen).map(|(before, new)| before.plus(new, 1.0)).collect();
                posteriors = expectation(band, &skills);
            }
            posteriors
        }
    };
    Consensus { posteriors, workers }
}

fn expectation(band: &BTreeMap<u64, f64>, skills: &[Counts]) -> BTreeMap<u64, f64> {
    let odds: Vec<(f64, f64)> = skills.iter().map(log_odds).collect();
    let everyone = all(skills.len());
    let posterior = |votes: u64| {
        let sum: f64 = odds.iter().enumerate().map(|(k, &(yes, no))| if votes >> k & 1 == 1 { yes } else { no }).sum();
        1.0 / (1.0 + (-sum).exp())
    };
    // Where all agree there is nothing to decide: this rules out the inverted labels that such models can end in.
    band.keys()
        .map(|&votes| {
            (
                votes,
                if votes == 0 {
                    0.0
                } else if votes == everyone {
                    1.0
                } else {
                    posterior(votes)
                },
            )
        })
        .collect()
}

/// What a yes and a no of this worker say, as log-odds. A worker no better than chance says nothing, rather than the opposite.
fn log_odds(counts: &Counts) -> (f64, f64) {
    let (sensitivity, specificity) = (counts.sensitivity(), counts.specificity());
    if sensitivity + specificity <= 1.0 {
        return (0.0, 0.0);
    }
    ((sensitivity / (1.0 - specificity)).ln(), ((1.0 - sensitivity) / specificity).ln())
}

/// What the band shows about each worker when the truth is `posterior`: counts that add up to at most [`PIXELS_PER_IMAGE`] a worker.
pub(crate) fn evidence(band: &BTreeMap<u64, f64>, workers: usize, posterior: impl Fn(u64) -> f64) -> Vec<Counts> {
    let pixels: f64 = band.values().sum();
    let scale = PIXELS_PER_IMAGE / pixels.max(PIXELS_PER_IMAGE);
    let mut out = vec![Counts::default(); workers];
    for (&votes, &count) in band {
        let (there, absent) = (scale * count * posterior(votes), scale * count * (1.0 - posterior(votes)));
        for (k, counts) in out.iter_mut().enumerate() {
            if votes >> k & 1 == 1 {
                counts.hits += there;
                counts.false_alarms += absent;
            } else {
                counts.misses += there;
                counts.rejections += absent;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(entries: &[(u64, f64)]) -> BTreeMap<u64, f64> {
        entries.iter().copied().collect()
    }

    #[test]
    fn two_of_three_equal_workers_decide() {
        let band =
            band(&[(0b000, 50.0), (0b011, 10.0), (0b101, 10.0), (0b110, 10.0), (0b001, 10.0), (0b010, 10.0), (0b100, 10.0), (0b111, 50.0)]);
        for method in [Method::Weighted, Method::Majority] {
            let found = consensus(&band, &[Counts::default(); 3], method);
            assert!(found.inside(0b011) && found.inside(0b110) && !found.inside(0b100) && !found.inside(0b010));
            assert_eq!(found.posterior(0), 0.0);
            assert_eq!(found.posterior(0b111), 1.0);
        }
    }

    #[test]
    fn a_trusted_worker_outvotes_two_careless_ones() {
        let good = Counts { hits: 200.0, misses: 4.0, rejections: 200.0, false_alarms: 4.0 };
        let bad = Counts { hits: 110.0, misses: 90.0, rejections: 110.0, false_alarms: 90.0 };
        let band = band(&[(0b110, 10.0), (0b001, 10.0)]);
        let found = consensus(&band, &[good, bad, bad], Method::Weighted);
        assert!(found.inside(0b001) && !found.inside(0b110));
        assert!(!consensus(&band, &[good, bad, bad], Method::Majority).inside(0b001));
    }

    #[test]
    fn a_tie_of_two_strangers_is_not_inside() {
        let found = consensus(&band(&[(0b01, 10.0), (0b10, 10.0)]), &[Counts::default(); 2], Method::Weighted);
        assert!(!found.inside(0b01) && !found.inside(0b10));
        assert!(found.margin(0b01) < 1e-6);
    }

    #[test]
    fn an_image_counts_as_twenty_pixels() {
        let seen = evidence(&band(&[(0b01, 4000.0), (0b11, 2000.0)]), 2, |votes| if votes == 3 { 1.0 } else { 0.0 });
        for counts in seen {
            assert!((counts.hits + counts.misses + counts.rejections + counts.false_alarms - 20.0).abs() < 1e-9);
        }
    }
}
