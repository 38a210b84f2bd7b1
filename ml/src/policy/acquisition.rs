//! In which order people should label images, so that each minute teaches the model most.
//!
//! An image's worth is the logarithm of its entropy plus noise that shrinks over the rounds (power sampling, as in ClaSP PE, arXiv 2601.13677),
//! less the logarithm of what it will cost. A share of the places is drawn uniformly at random, which keeps the labels honest:
//! they feed validation, and find what the model is sure of and wrong about. In a pool of look-alikes each place of a batch comes from another
//! cluster.

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// What is known of an image that nobody has labeled.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Mean entropy of the prediction; `None` while there is no model, which ranks by chance alone.
    pub entropy: Option<f32>,
    /// Seconds that labeling it will probably take; see [`seconds_to_correct`].
    pub seconds: f32,
    /// [`crate::Features::descriptor`], for diversity; may be empty.
    pub descriptor: Vec<f32>,
}

/// How images are ranked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AcquisitionConfig {
    /// Strength of the noise, 1 in the first round and towards 0 later; see [`AcquisitionConfig::for_round`].
    pub noise: f32,
    /// Share of uniform random places.
    pub random_share: f32,
    /// With 2 or more, every so many places come from different clusters of the descriptors.
    pub clusters: usize,
    pub seed: u64,
}

impl AcquisitionConfig {
    /// The noise of a round counted from 0, when `rounds` are expected.
    #[must_use]
    pub fn for_round(round: usize, rounds: usize, seed: u64) -> Self {
        let noise = 1.0 - (round as f32 / rounds.max(1) as f32).min(1.0);
        Self { noise, random_share: 0.25, clusters: 0, seed }
    }
}

/// Seconds to correct a prediction with so many polygon points, half of them wrong; the model of `5 + 2.2 s` a point.
#[must_use]
pub fn seconds_to_correct(points: usize) -> f32 {
    5.0 + 2.2 * points as f32 * 0.5
}

/// All candidates, the one to label first in front. The same candidates, configuration and seed give the same order.
#[must_use]
pub fn rank(candidates: &[Candidate], config: &AcquisitionConfig) -> Vec<usize> {
    let mut random = StdRng::seed_from_u64(config.seed);
    let worth: Vec<f32> = candidates.iter().map(|candidate| candidate.worth(config.noise, &mut random)).collect();
    let mut by_worth: Vec<usize> = (0..candidates.len()).collect();
    by_worth.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
    if config.clusters >= 2 {
        by_worth = spread(&by_worth, &clusters(candidates, config.clusters, &mut random));
    }
    mixed(&by_worth, config.random_share, &mut random)
}

/// Whether most images have a near twin: the mean over images of the largest cosine to another one is above 0.9. Looks at up to 256 images.
#[must_use]
pub fn is_redundant(candidates: &[Candidate]) -> bool {
    let described: Vec<&[f32]> = candidates.iter().map(|c| c.descriptor.as_slice()).filter(|d| !d.is_empty()).collect();
    let step = described.len().div_ceil(256).max(1);
    let looked: Vec<&[f32]> = described.into_iter().step_by(step).collect();
    if looked.len() < 2 {
        return false;
    }
    let nearest =
        |at: usize| (0..looked.len()).filter(|&other| other != at).map(|other| dot(looked[at], looked[other])).fold(-1.0, f32::max);
    (0..looked.len()).map(nearest).sum::<f32>() / looked.len() as f32 > 0.9
}

impl Candidate {
    fn worth(&self, noise: f32, random: &mut StdRng) -> f32 {
        // Drawn for every image, so that one image's entropy doesn't change another's noise.
        let uniform: f32 = random.random_range(f32::MIN_POSITIVE..1.0);
        let gumbel = -(-uniform.ln()).ln();
        let cost = if self.seconds.is_finite() { self.seconds.max(1.0).ln() } else { 0.0 };
        match self.entropy {
            Some(entropy) if entropy.is_finite() => entropy.max(1e-4).ln() + noise * gumbel - cost,
            _ => gumbel,
        }
    }
}

/// Each place is, with probability `share`, a uniform draw from the rest, and otherwise the best of the rest.
fn mixed(ranked: &[usize], share: f32, random: &mut StdRng) -> Vec<usize> {
    let mut shuffled = ranked.to_vec();
    rand::seq::SliceRandom::shuffle(shuffled.as_mut_slice(), random);
    let mut taken = vec![false; ranked.len()];
    let (mut best, mut chance) = (ranked.iter(), shuffled.iter());
    let mut out = Vec::with_capacity(ranked.len());
    while out.len() < ranked.len() {
        let source = if random.random::<f32>() < share { &mut chance } else { &mut best };
        let Some(&next) = source.find(|&&at| !taken[at]) else { continue };
        taken[next] = true;
        out.push(next);
    }
    out
}

/// Deals the ranked images out cluster by cluster: first the best of each cluster in the order of their worth, then the second of each, and so on.
fn spread(ranked: &[usize], cluster: &[usize]) -> Vec<usize> {
    let mut seen = vec![0usize; cluster.iter().max().map_or(0, |&most| most + 1)];
    let mut keyed: Vec<(usize, usize)> = Vec::with_capacity(ranked.len());
    for &at in ranked {
        let turn = &mut seen[cluster[at]];
        keyed.push((*turn, at));
        *turn += 1;
    }
    keyed.sort_by_key(|&(turn, _)| turn);
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// k-means on the unit sphere with k-means++ starts, 12 rounds; images without a descriptor form a cluster of their own.
fn clusters(candidates: &[Candidate], count: usize, random: &mut StdRng) -> Vec<usize> {
    let length = candidates.iter().map(|candidate| candidate.descriptor.len()).max().unwrap_or(0);
    let usable: Vec<usize> = (0..candidates.len()).filter(|&at| length > 0 && candidates[at].descriptor.len() == length).collect();
    let mut out = vec![count; candidates.len()];
    if usable.is_empty() {
        return out;
    }
    let describe = |at: usize| candidates[at].descriptor.as_slice();
    let mut centres: Vec<Vec<f32>> = vec![describe(usable[random.random_range(0..usable.len())]).to_vec()];
    while centres.len() < count.min(usable.len()) {
        let gaps: Vec<f32> =
            usable.iter().map(|&at| (1.0 - centres.iter().map(|centre| dot(centre, describe(at))).fold(-1.0, f32::max)).max(0.0)).collect();
        let mut left = random.random::<f32>() * gaps.iter().sum::<f32>();
        let chosen = gaps.iter().position(|gap| {
            left -= gap;
            left < 0.0
        });
        centres.push(describe(usable[chosen.unwrap_or(usable.len() - 1)]).to_vec());
    }
    for _ in 0..12 {
        for &at in &usable {
            let nearest = (0..centres.len()).max_by(|&a, &b| dot(&centres[a], describe(at)).total_cmp(&dot(&centres[b], describe(at))));
            out[at] = nearest.unwrap_or(0);
        }
        for (number, centre) in centres.iter_mut().enumerate() {
            let mut mean = vec![0.0f32; length];
            for &at in usable.iter().filter(|&&at| out[at] == number) {
                mean.iter_mut().zip(describe(at)).for_each(|(sum, value)| *sum += value);
            }
            let size = dot(&mean, &mean).sqrt();
            if size > 0.0 {
                *centre = mean.into_iter().map(|value| value / size).collect();
            }
        }
    }
    out
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(entropy: f32, seconds: f32, descriptor: &[f32]) -> Candidate {
        Candidate { entropy: Some(entropy), seconds, descriptor: descriptor.to_vec() }
    }

    const PLAIN: AcquisitionConfig = AcquisitionConfig { noise: 0.0, random_share: 0.0, clusters: 0, seed: 3 };

    #[test]
    fn doubtful_and_cheap_images_come_first() {
        let candidates = [candidate(0.1, 10.0, &[]), candidate(0.6, 10.0, &[]), candidate(0.6, 30.0, &[]), candidate(0.6, 5.0, &[])];
        assert_eq!(rank(&candidates, &PLAIN), [3, 1, 2, 0]);
    }

    #[test]
    fn a_batch_is_spread_over_clusters() {
        let (a, b) = ([1.0, 0.0], [0.0, 1.0]);
        let candidates = [candidate(0.9, 1.0, &a), candidate(0.8, 1.0, &a), candidate(0.7, 1.0, &a), candidate(0.1, 1.0, &b)];
        assert_eq!(rank(&candidates, &AcquisitionConfig { clusters: 2, ..PLAIN }), [0, 3, 1, 2]);
        assert!(is_redundant(&candidates[..3]));
        assert!(!is_redundant(&candidates[2..]));
    }

    #[test]
    fn without_noise_or_chance_the_seed_does_not_matter_and_with_them_it_does() {
        let candidates: Vec<Candidate> = (0..40).map(|i| candidate(0.2 + i as f32 * 0.01, 10.0, &[])).collect();
        assert_eq!(rank(&candidates, &PLAIN), rank(&candidates, &AcquisitionConfig { seed: 4, ..PLAIN }));
        let noisy = |seed| rank(&candidates, &AcquisitionConfig { noise: 1.0, random_share: 0.25, seed, ..PLAIN });
        assert_eq!(noisy(1), noisy(1));
        assert_ne!(noisy(1), noisy(2));
    }

    proptest! {
        #[test]
        fn every_image_appears_once(
            entropies in prop::collection::vec(prop::option::of(0.0f32..2.0), 0..50),
            noise in 0.0f32..1.0, share in 0.0f32..=1.0, clusters in 0usize..6, seed in any::<u64>(),
        ) {
            let candidates: Vec<Candidate> = entropies
                .iter()
                .enumerate()
                .map(|(i, &entropy)| Candidate { entropy, seconds: i as f32, descriptor: if i % 5 == 0 { vec![] } else { vec![1.0, i as f32 % 3.0] } })
                .collect();
            let mut order = rank(&candidates, &AcquisitionConfig { noise, random_share: share, clusters, seed });
            order.sort_unstable();
            prop_assert_eq!(order, (0..candidates.len()).collect::<Vec<_>>());
        }
    }
}
