//! Slows down guessing of passwords.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Sign-in attempts by login: ten at once, then one every three seconds. Logins are kept as hashes, so a flood of long made-up names
/// costs little memory, and those not seen lately are forgotten.
pub struct Throttle {
    limiter: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl Default for Throttle {
    fn default() -> Self {
        let burst = NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(std::time::Duration::from_secs(3))
            .map_or_else(|| Quota::per_second(burst), |quota| quota.allow_burst(burst));
        Self { limiter: RateLimiter::keyed(quota), hasher: RandomState::new() }
    }
}

impl Throttle {
    /// Whether one more attempt for this login may be made now.
    #[must_use]
    pub fn allow(&self, login: &str) -> bool {
        if self.limiter.len() > 10_000 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&self.hasher.hash_one(login)).is_ok()
    }
}
