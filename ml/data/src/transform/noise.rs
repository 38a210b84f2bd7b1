//! Gaussian noise on 8-bit values.

use std::sync::LazyLock;

use super::draws::Draws;

/// Values of the normal distribution with equal probability between them, in order.
static QUANTILES: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let step = 1.0 / f64::from(ENTRIES);
    let mut x = -4.0;
    (0..ENTRIES)
        .map(|i| {
            let wanted = (f64::from(i) + 0.5) * step;
            // Newton's method from the value before, which lies close by.
            for _ in 0..60 {
                let error = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2) - wanted;
                let slope = libm::exp(-0.5 * x * x) / libm::sqrt(std::f64::consts::TAU);
                let change = (error / slope).clamp(-0.5, 0.5);
                x -= change;
                if change.abs() < 1e-12 {
                    break;
                }
            }
            x as f32
        })
        .collect()
});

const BITS: u32 = 12;
const ENTRIES: u32 = 1 << BITS;

/// Adds noise of that standard deviation to every value by itself. Values stay within 0 to 255.
pub(super) fn gaussian_noise(values: &mut [u8], sigma: f64, draws: &mut Draws) {
    let amounts: Vec<f32> = QUANTILES.iter().map(|q| q * sigma as f32).collect();
    for few in values.chunks_mut((64 / BITS) as usize) {
        let mut bits = draws.bits();
        for value in few {
            let noisy = f32::from(*value) + amounts[(bits & u64::from(ENTRIES - 1)) as usize];
            // A float is cast with saturation.
            *value = noisy.round() as u8;
            bits >>= BITS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_its_mean_and_deviation() {
        let mut values = vec![128u8; 60_000];
        gaussian_noise(&mut values, 10.0, &mut Draws::new(1, 0, 0));
        let differences: Vec<f64> = values.iter().map(|&v| f64::from(v) - 128.0).collect();
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        let deviation = (differences.iter().map(|d| d * d).sum::<f64>() / differences.len() as f64).sqrt();
        assert!(mean.abs() < 0.2 && (deviation - 10.0).abs() < 0.2, "{mean} {deviation}");
        let within = differences.iter().filter(|d| d.abs() <= 10.0).count() as f64 / differences.len() as f64;
        assert!((within - 0.706).abs() < 0.01, "a share of {within} lies within 10.5 levels");
        let mut other = vec![128u8; 60_000];
        gaussian_noise(&mut other, 10.0, &mut Draws::new(2, 0, 0));
        assert_ne!(values, other);
    }

    #[test]
    fn no_deviation_is_no_noise() {
        let mut values: Vec<u8> = (0..=255).collect();
        gaussian_noise(&mut values, 0.0, &mut Draws::new(1, 0, 0));
        assert_eq!(values, (0..=255).collect::<Vec<u8>>());
    }
}
