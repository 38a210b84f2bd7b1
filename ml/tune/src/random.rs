//! Points drawn at random, evenly or by a low-discrepancy sequence.

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The `trial`-th point of a random search with that seed, in the unit cube. Trials may be asked for in any order, so an interrupted
/// search goes on as if it had not been.
#[must_use]
pub fn uniform(seed: u64, trial: u64, dimensions: usize) -> Vec<f64> {
    let mut rng = StdRng::seed_from_u64(seed ^ trial.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (0..dimensions).map(|_| rng.random::<f64>()).collect()
}

/// The `trial`-th point of Sobol's sequence with Owen's scrambling by the seed: random, and yet without holes and heaps.
///
/// Source: Sobol' 1967; scrambling after Burley, 'Practical Hash-based Owen Scrambling', 2020. The sequence has 2¹⁶ points; later trials
/// begin a new one with another seed.
#[must_use]
pub fn sobol(seed: u64, trial: u64, dimensions: usize) -> Vec<f64> {
    let round = (trial >> 16) as u32;
    let seed = (seed as u32) ^ (seed >> 32) as u32 ^ round.wrapping_mul(0x9e37_79b9);
    let place = (trial & 0xffff) as u32;
    (0..dimensions).map(|dimension| f64::from(sobol_burley::sample(place, dimension as u32, seed))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sobol_fills_the_square_more_evenly_than_chance() {
        // Of 256 points of a (0, 2)-sequence each of the 16 × 16 cells has exactly one.
        let mut cells = [0u32; 256];
        for trial in 0..256 {
            let point = sobol(7, trial, 2);
            cells[(point[0] * 16.0) as usize * 16 + (point[1] * 16.0) as usize] += 1;
        }
        assert!(cells.iter().all(|&n| n == 1));
    }

    #[test]
    fn a_seed_gives_the_same_points_again() {
        assert_eq!(uniform(3, 9, 4), uniform(3, 9, 4));
        assert_ne!(uniform(3, 9, 4), uniform(3, 10, 4));
        assert_ne!(uniform(3, 9, 4), uniform(4, 9, 4));
        assert_ne!(sobol(1, 5, 3), sobol(2, 5, 3));
        assert!(uniform(1, 1, 40).iter().chain(&sobol(1, 70_000, 40)).all(|u| (0.0..1.0).contains(u)));
    }
}
