//! Random numbers that depend on a seed, an epoch and an image's number, and on nothing else.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// A source of random numbers for one image in one epoch.
///
/// The same `(seed, epoch, index)` gives the same numbers on every machine, whichever thread asks and in whatever order images are read.
/// Each step of a chain draws from a [fork](Self::fork) of its own, so a step that is added at the end changes nothing before it.
#[derive(Clone, Debug)]
pub struct Draws {
    key: u64,
    numbers: Xoshiro256PlusPlus,
}

/// Spreads every bit of `value` over all 64 (the finaliser of SplitMix64).
fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draws {
    /// The numbers for image `index` in that epoch.
    #[must_use]
    pub fn new(seed: u64, epoch: u64, index: u64) -> Self {
        Self::of(mixed(mixed(mixed(seed) ^ epoch) ^ index))
    }

    fn of(key: u64) -> Self {
        Self { key, numbers: Xoshiro256PlusPlus::seed_from_u64(key) }
    }

    /// Another source that depends on this one's origin and on `tag`, not on how many numbers were drawn from this one.
    #[must_use]
    pub fn fork(&self, tag: u64) -> Self {
        Self::of(mixed(self.key ^ mixed(tag ^ 0x5bf0_3635)))
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.numbers.next_u64()
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with that probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in `[low, high)`; `low` where both are equal.
    pub fn between(&mut self, [low, high]: [f64; 2]) -> f64 {
        low + self.unit() * (high - low)
    }

    /// A whole number in `[low, high]`, each equally likely; `low` where `high` is less.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        let count = u128::from(high.saturating_sub(low).max(0) as u64) + 1;
        low.saturating_add(((u128::from(self.bits()) * count) >> 64) as i64)
    }

    /// Normally distributed with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        // 1 - unit lies in (0, 1], of which the logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Beta distributed with both parameters `alpha` > 0.
    pub fn beta(&mut self, alpha: f64) -> f64 {
        let (one, other) = (self.log_gamma_variate(alpha), self.log_gamma_variate(alpha));
        1.0 / (1.0 + libm::exp(other - one))
    }

    /// The logarithm of a gamma variate (Marsaglia and Tsang), so that small shapes do not underflow.
    fn log_gamma_variate(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::log(1.0 - self.unit()) / shape;
            return self.log_gamma_variate(shape + 1.0) + boost;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = 1.0 + x / libm::sqrt(9.0 * d);
            if v > 0.0 {
                let v = v * v * v;
                if libm::log(1.0 - self.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                    return libm::log(d * v);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_the_same_for_ever() {
        let mut draws = Draws::new(1, 2, 3);
        let (first, second) = (draws.bits(), draws.bits());
        let mut fork = draws.fork(4);
        assert_eq!((first, second, fork.bits()), (FIRST, SECOND, FORKED));
        assert_eq!(Draws::new(1, 2, 3).fork(4).bits(), FORKED);
    }

    const FIRST: u64 = 5298041080994355231;
    const SECOND: u64 = 17864264540299904093;
    const FORKED: u64 = 6806905746787492146;

    #[test]
    fn neighbours_have_nothing_in_common() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..10 {
            for epoch in 0..10 {
                for index in 0..10 {
                    assert!(seen.insert(Draws::new(seed, epoch, index).bits()));
                    assert!(seen.insert(Draws::new(seed, epoch, index).fork(0).bits()));
                }
            }
        }
    }

    fn moments(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..20_000).map(|_| draw()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn distributions_have_their_moments() {
        let mut draws = Draws::new(7, 0, 0);
        let near = |(mean, variance): (f64, f64), wanted: (f64, f64)| {
            assert!((mean - wanted.0).abs() < 0.02 && (variance - wanted.1).abs() < 0.03, "{mean} {variance} {wanted:?}");
        };
        near(moments(|| draws.unit()), (0.5, 1.0 / 12.0));
        near(moments(|| draws.normal()), (0.0, 1.0));
        for alpha in [0.2, 1.0, 1.5, 8.0] {
            near(moments(|| draws.beta(alpha)), (0.5, 0.25 / (2.0 * alpha + 1.0)));
        }
        near(moments(|| f64::from(u8::from(draws.chance(0.3)))), (0.3, 0.21));
        let mut counts = [0; 3];
        (0..3000).for_each(|_| counts[(draws.whole(-1, 1) + 1) as usize] += 1);
        assert!(counts.iter().all(|&n| (900..1100).contains(&n)), "{counts:?}");
        assert_eq!((draws.whole(5, 5), draws.whole(5, 2), draws.between([2.0, 2.0])), (5, 5, 2.0));
        assert_eq!(draws.whole(i64::MIN, i64::MIN), i64::MIN);
    }
}
