//! Random orders and subsets that stay the same.

use labelwright_dataset::Subset;
use sha2::{Digest, Sha256};

use crate::transform::Draws;

/// Which shares of a set are for validation and for tests, each from 0 to 1; the rest is for training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    pub validation: f64,
    pub test: f64,
}

impl Default for Shares {
    /// A fifth for validation, as a project of the server has it.
    fn default() -> Self {
        Self { validation: 0.2, test: 0.0 }
    }
}

/// What an item is for, by the server's rule: the first eight bytes of a SHA-256, over seed and name here, are a number in `[0, 1)`; below the
/// validation share it is for validation, below that and the test share together for tests.
#[must_use]
pub fn subset_of(name: &str, shares: Shares, seed: u64) -> Subset {
    let hash: [u8; 32] = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name.as_bytes()).finalize().into();
    let mut eight = [0; 8];
    eight.copy_from_slice(&hash[..8]);
    let unit = (u64::from_le_bytes(eight) >> 11) as f64 / (1u64 << 53) as f64;
    if unit < shares.validation {
        Subset::Validation
    } else if unit < shares.validation + shares.test {
        Subset::Test
    } else {
        Subset::Train
    }
}

/// The numbers from 0 to `len` in a random order (Fisher and Yates).
pub(super) fn shuffled(len: usize, seed: u64) -> Vec<usize> {
    let mut draws = Draws::new(seed, 0, 0);
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        order.swap(last, draws.whole(0, last as i64) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_have_their_shares_and_stay() {
        let shares = Shares { validation: 0.2, test: 0.1 };
        let mut counts = [0u32; 3];
        for i in 0..5000 {
            let name = format!("{i}.png");
            assert_eq!(subset_of(&name, shares, 7), subset_of(&name, shares, 7));
            counts[match subset_of(&name, shares, 7) {
                Subset::Train => 0,
                Subset::Validation => 1,
                Subset::Test => 2,
            }] += 1;
        }
        assert!(counts[1].abs_diff(1000) < 100 && counts[2].abs_diff(500) < 80, "{counts:?}");
        assert_ne!(
            (0..64).map(|i| subset_of(&i.to_string(), shares, 1)).collect::<Vec<_>>(),
            (0..64).map(|i| subset_of(&i.to_string(), shares, 2)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_shuffle_holds_everything_once() {
        let order = shuffled(100, 3);
        assert_eq!(order, shuffled(100, 3));
        assert_ne!(order, shuffled(100, 4));
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert!(shuffled(0, 1).is_empty());
    }
}
