//! How much a trial may be expected to gain.

use super::process::Belief;

const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_7;

/// The logarithm of the expected improvement over `best`, where less is better, and its slopes by the mean and by the deviation.
///
/// Far from the best the improvement itself is smaller than the smallest number, its logarithm is not; so a search can still climb there.
/// Source: Ament et al., 'Unexpected Improvements to Expected Improvement', 2023.
#[must_use]
pub fn log_expected_improvement(belief: Belief, best: f64) -> (f64, f64, f64) {
    let z = (best - belief.mean) / belief.deviation;
    let (log_h, slope) = log_h(z);
    // EI = s·h(z), h' = Φ; so d ln EI / dm = −Φ/(h·s) and d ln EI / ds = φ/(h·s).
    let by_mean = -slope / belief.deviation;
    let by_deviation = (1.0 - slope * z) / belief.deviation;
    (belief.deviation.ln() + log_h, by_mean, by_deviation)
}

/// `ln h(z)` with `h(z) = φ(z) + z·Φ(z)`, and its derivative `Φ(z)/h(z)`.
fn log_h(z: f64) -> (f64, f64) {
    let log_density = -0.5 * z * z - ROOT_TWO_PI.ln();
    if z > -1.0 {
        let share = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
        let h = log_density.exp() + z * share;
        (h.ln(), share / h)
    } else if z > -25.0 {
        // Mills' ratio Φ/φ, without the underflow of either.
        let t = -z / std::f64::consts::SQRT_2;
        let ratio = (0.5 * std::f64::consts::PI).sqrt() * (t * t).exp() * libm::erfc(t);
        let rest = z.mul_add(ratio, 1.0).max(1e-300);
        (log_density + rest.ln(), ratio / rest)
    } else {
        // 1 + z·ratio → z⁻² − 3 z⁻⁴ and ratio → −z⁻¹ + z⁻³.
        let square = z * z;
        let rest = (1.0 - 3.0 / square) / square;
        (log_density + rest.ln(), (-1.0 / z) * (1.0 - 1.0 / square) / rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_improvement() {
        // h(z) by Simpson's rule over φ(t)(z − t), t from −40 to z.
        for z in [-6.0, -3.0, -1.01, -0.99, 0.0, 1.0, 4.0] {
            let n = 400_000;
            let step = (z + 40.0) / f64::from(n);
            let f = |i: i32| {
                let t = -40.0 + step * f64::from(i);
                (-0.5 * t * t).exp() / ROOT_TWO_PI * (z - t)
            };
            let sum: f64 = (0..=n)
                .map(|i| {
                    f(i) * if i == 0 || i == n {
                        1.0
                    } else if i % 2 == 1 {
                        4.0
                    } else {
                        2.0
                    }
                })
                .sum();
            let expected = (sum * step / 3.0).ln();
            assert!((log_h(z).0 - expected).abs() < 1e-6, "{z}: {} {expected}", log_h(z).0);
        }
    }

    #[test]
    fn it_is_smooth_and_finite_everywhere() {
        let mut z = -400.0;
        while z < 30.0 {
            let (value, slope) = log_h(z);
            let difference = (log_h(z + 1e-4).0 - log_h(z - 1e-4).0) / 2e-4;
            assert!(value.is_finite() && slope > 0.0 && (slope - difference).abs() < 1e-3 * slope.max(1.0), "{z}: {slope} {difference}");
            z += 0.37;
        }
    }
}
