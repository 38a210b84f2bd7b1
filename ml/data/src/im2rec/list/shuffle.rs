//! Python's `random.seed(n); random.shuffle(list)`.

use rand_mt::Mt;

/// Shuffles as Python 3 does after `random.seed(seed)`. Lists must have fewer than 2³² items, as lists in memory have.
pub fn shuffle_like_python<T>(items: &mut [T], seed: u32) {
    let mut random = Mt::new_with_key([seed]);
    for last in (1..items.len()).rev() {
        items.swap(last, below(&mut random, last as u64 + 1) as usize);
    }
}

/// A number below the limit: as many bits as the limit has, drawn until they are below it.
fn below(random: &mut Mt, limit: u64) -> u64 {
    let bits = u64::BITS - limit.leading_zeros();
    loop {
        let drawn = match bits {
            0..=32 => u64::from(random.next_u32() >> (32 - bits.min(32))),
            _ => u64::from(random.next_u32()) | u64::from(random.next_u32() >> (64 - bits)) << 32,
        };
        if drawn < limit {
            return drawn;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_python() {
        // From Python 3.11: random.seed(100); x = list(range(n)); random.shuffle(x)
        let shuffled = |n: u32| {
            let mut items: Vec<u32> = (0..n).collect();
            shuffle_like_python(&mut items, 100);
            items
        };
        assert_eq!(shuffled(10), [4, 0, 5, 9, 3, 1, 6, 8, 7, 2]);
        let long = shuffled(1000);
        assert_eq!(long[..8], [342, 471, 929, 100, 543, 231, 154, 450]);
        assert_eq!(long.iter().zip(1u64..).map(|(&item, place)| u64::from(item) * place).sum::<u64>(), 248_956_808);
        assert!(shuffled(0).is_empty());
    }
}
