//! Brightness, contrast, saturation, hue and light of pixels, as torchvision and Pillow count them.

use crate::pixels::color::{HlsShift, luma};

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

fn level(value: f64) -> u8 {
    // Pillow cuts off the part after the point; a float is cast with saturation.
    value as u8
}

fn by_table(pixels: &mut [Rgb], map: impl Fn(f64) -> u8) {
    let table: [u8; 256] = std::array::from_fn(|value| map(value as f64));
    pixels.as_flattened_mut().iter_mut().for_each(|value| *value = table[usize::from(*value)]);
}

/// Every value multiplied.
pub(super) fn brightness(pixels: &mut [Rgb], factor: f64) {
    if factor != 1.0 {
        by_table(pixels, |value| level(value * factor));
    }
}

/// Every value's distance from the mean gray multiplied.
pub(super) fn contrast(pixels: &mut [Rgb], factor: f64) {
    if factor != 1.0 && !pixels.is_empty() {
        let sum: u64 = pixels.iter().map(|&pixel| u64::from(luma(pixel))).sum();
        let mean = (sum as f64 / pixels.len() as f64 + 0.5).floor();
        by_table(pixels, |value| level(mean + factor * (value - mean)));
    }
}

/// Every value's distance from its pixel's gray multiplied; with 0 all is gray.
pub(super) fn saturation(pixels: &mut [Rgb], factor: f64) {
    if factor == 1.0 {
        return;
    }
    let factor = factor as f32;
    for pixel in pixels {
        let gray = f32::from(luma(*pixel));
        *pixel = pixel.map(|value| (gray + factor * (f32::from(value) - gray)) as u8);
    }
}

/// Hues turned by a part of the circle; greatest value and saturation stay.
pub(super) fn hue(pixels: &mut [Rgb], part: f64) {
    if part != 0.0 {
        for pixel in pixels {
            *pixel = turned(*pixel, part as f32);
        }
    }
}

/// One pixel's hue turned, by way of hue, saturation and value.
fn turned(pixel: Rgb, turn: f32) -> Rgb {
    let [r, g, b] = pixel.map(f32::from);
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    let range = high - low;
    if range == 0.0 {
        return pixel;
    }
    let sixth = if high == r {
        (g - b) / range
    } else if high == g {
        (b - r) / range + 2.0
    } else {
        (r - g) / range + 4.0
    };
    let h = (sixth / 6.0 + turn).rem_euclid(1.0) * 6.0;
    let channel = |n: f32| {
        let k = (n + h) % 6.0;
        (high - range * k.min(4.0 - k).clamp(0.0, 1.0)).round() as u8
    };
    [channel(5.0), channel(3.0), channel(1.0)]
}

/// Hue (180 steps around), saturation and lightness (255 levels) moved.
pub(super) fn hsl(pixels: &mut [Rgb], hue: f32, saturation: f32, lightness: f32) {
    const AT_ONCE: usize = 256;
    let shift = HlsShift { hue, lightness, saturation };
    if shift.is_none() {
        return;
    }
    let [mut red, mut green, mut blue] = [[0f32; AT_ONCE]; 3];
    for pixels in pixels.chunks_mut(AT_ONCE) {
        let n = pixels.len();
        for (i, pixel) in pixels.iter().enumerate() {
            [red[i], green[i], blue[i]] = pixel.map(f32::from);
        }
        shift.apply(&mut red[..n], &mut green[..n], &mut blue[..n]);
        for (i, pixel) in pixels.iter_mut().enumerate() {
            *pixel = [red[i], green[i], blue[i]].map(|value| (value + 0.5) as u8);
        }
    }
}

/// `255 × (value / 255) ^ gamma`.
pub(super) fn gamma(pixels: &mut [Rgb], gamma: f64) {
    by_table(pixels, |value| (255.0 * libm::pow(value / 255.0, gamma)).round() as u8);
}

/// An amount for red, green and blue added.
pub(super) fn light(pixels: &mut [Rgb], amounts: [f64; 3]) {
    let tables = amounts.map(|amount| std::array::from_fn::<u8, 256, _>(|value| (value as f64 + amount).round() as u8));
    for pixel in pixels {
        *pixel = std::array::from_fn(|c| tables[c][usize::from(pixel[c])]);
    }
}
