//! Gaussian blur of 8-bit pictures.

/// Bits after the point of the values between the two passes: 255 << 7 twice still fits into 16 bits.
const POINT: u32 = 7;

/// Blurs rows of `width` pixels of `channels` values in place, with the edge pixels repeated outwards. A `sigma` below 0.05 changes nothing.
///
/// Weights reach out to three standard deviations. Sums are kept in 16 bits with 7 after the point, so results are within 1 of exact ones.
pub(super) fn gaussian_blur(pixels: &mut [u8], width: usize, channels: usize, sigma: f64) {
    let line = width * channels;
    if sigma < 0.05 || line == 0 || pixels.len() < line {
        return;
    }
    let weights = weights(sigma);
    let (radius, rows) = (weights.len() - 1, pixels.len() / line);
    // The rows that a row needs, in a ring, because those above it are already overwritten.
    let depth = 2 * radius + 1;
    let mut ring: Vec<u8> = vec![0; depth * line];
    let slot = |row: usize| (row % depth) * line;
    for row in 0..rows.min(radius + 1) {
        ring[slot(row)..][..line].copy_from_slice(&pixels[row * line..][..line]);
    }
    let (mut sums, mut wide) = (vec![0u16; line], vec![0u16; line + 2 * radius * channels]);
    for row in 0..rows {
        if row > 0 && row + radius < rows {
            let next = row + radius;
            ring[slot(next)..][..line].copy_from_slice(&pixels[next * line..][..line]);
        }
        let at = |row: usize| &ring[slot(row)..][..line];
        for (sum, &value) in sums.iter_mut().zip(at(row)) {
            *sum = high(u32::from(value) << (POINT + 1), weights[0]);
        }
        for (distance, &weight) in weights.iter().enumerate().skip(1) {
            let (above, below) = (at(row.saturating_sub(distance)), at((row + distance).min(rows - 1)));
            for ((sum, &a), &b) in sums.iter_mut().zip(above).zip(below) {
                *sum += high((u32::from(a) + u32::from(b)) << POINT, weight);
            }
        }
        let margin = radius * channels;
        wide[margin..margin + line].copy_from_slice(&sums);
        for i in 0..margin {
            wide[i] = sums[i % channels];
            wide[margin + line + i] = sums[line - channels + i % channels];
        }
        for (sum, &value) in sums.iter_mut().zip(&wide[margin..]) {
            *sum = high(u32::from(value) << 1, weights[0]);
        }
        for (distance, &weight) in weights.iter().enumerate().skip(1) {
            let (left, right) = (&wide[margin - distance * channels..], &wide[margin + distance * channels..]);
            for ((sum, &a), &b) in sums.iter_mut().zip(left).zip(right) {
                *sum += high(u32::from(a) + u32::from(b), weight);
            }
        }
        for (pixel, &sum) in pixels[row * line..][..line].iter_mut().zip(&sums) {
            *pixel = ((u32::from(sum) + (1 << (POINT - 1)) + radius as u32) >> POINT).min(255) as u8;
        }
    }
}

/// The upper half of a product of 16-bit numbers: one instruction for eight of them.
fn high(value: u32, weight: u16) -> u16 {
    (((value & 0xffff) * u32::from(weight)) >> 16) as u16
}

/// The weight of the middle (for a value that is counted double) and of each distance from it, in parts of 65536.
fn weights(sigma: f64) -> Vec<u16> {
    let radius = (3.0 * sigma).ceil().max(1.0) as i32;
    let bell: Vec<f64> = (0..=radius).map(|x| libm::exp(-0.5 * f64::from(x * x) / (sigma * sigma))).collect();
    let total = bell[0] + 2.0 * bell[1..].iter().sum::<f64>();
    let mut weights: Vec<u16> = bell.iter().map(|w| (w / total * 65536.0).round().min(65535.0) as u16).collect();
    // What rounding took or gave goes to the middle, which is counted double with half its weight.
    let sides: u32 = weights[1..].iter().map(|&w| u32::from(w)).sum();
    weights[0] = (65536u32.saturating_sub(2 * sides) / 2).min(32768) as u16;
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same blur in floating point with the whole bell.
    fn exact(pixels: &[u8], width: usize, channels: usize, sigma: f64) -> Vec<f64> {
        let rows = pixels.len() / width / channels;
        let radius = (3.0 * sigma).ceil() as i64;
        let bell: Vec<f64> = (-radius..=radius).map(|x| (-0.5 * (x * x) as f64 / sigma / sigma).exp()).collect();
        let total: f64 = bell.iter().sum();
        let mut out = vec![0.0; pixels.len()];
        for y in 0..rows {
            for x in 0..width {
                for c in 0..channels {
                    let mut sum = 0.0;
                    for (i, wy) in bell.iter().enumerate() {
                        for (j, wx) in bell.iter().enumerate() {
                            let row = (y as i64 + i as i64 - radius).clamp(0, rows as i64 - 1) as usize;
                            let column = (x as i64 + j as i64 - radius).clamp(0, width as i64 - 1) as usize;
                            sum += wx * wy * f64::from(pixels[(row * width + column) * channels + c]);
                        }
                    }
                    out[(y * width + x) * channels + c] = sum / total / total;
                }
            }
        }
        out
    }

    #[test]
    fn it_is_the_bell_within_one_level() {
        let mut draws = crate::transform::Draws::new(3, 0, 0);
        for (width, height, channels) in [(17, 9, 3), (5, 20, 1), (1, 1, 3), (2, 3, 3)] {
            for sigma in [0.05, 0.3, 0.5, 1.0, 2.7] {
                let pixels: Vec<u8> =
                    (0..width * height * channels).map(|_| if draws.chance(0.5) { 255 } else { draws.bits() as u8 }).collect();
                let mut blurred = pixels.clone();
                gaussian_blur(&mut blurred, width, channels, sigma);
                for (got, wanted) in blurred.iter().zip(exact(&pixels, width, channels, sigma)) {
                    assert!((f64::from(*got) - wanted).abs() <= 1.0, "{width}×{height} {sigma}: {got} {wanted}");
                }
            }
        }
    }

    #[test]
    fn one_colour_stays() {
        for value in [0, 1, 127, 255] {
            let mut pixels = vec![value; 12 * 7 * 3];
            gaussian_blur(&mut pixels, 12, 3, 1.4);
            assert!(pixels.iter().all(|&v| v == value), "{value}: {pixels:?}");
        }
    }
}
