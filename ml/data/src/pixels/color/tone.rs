//! Brightness, contrast and saturation multiplied by a factor, rounded to whole levels after each, as MXNet does.

use crate::pixels::view::Pixel;

/// The gray of a pixel in parts of 2^14, with OpenCV's weights.
#[inline(always)]
fn gray(pixel: &Pixel) -> u32 {
    (u32::from(pixel[0]) * 4899 + u32::from(pixel[1]) * 9617 + u32::from(pixel[2]) * 1868 + (1 << 13)) >> 14
}

fn mapped(pixels: &mut [Pixel], map: impl Fn(f32) -> f32) {
    let table: [u8; 256] = std::array::from_fn(|v| map(v as f32).round_ties_even().clamp(0.0, 255.0) as u8);
    pixels.as_flattened_mut().iter_mut().for_each(|v| *v = table[usize::from(*v)]);
}

/// Every value multiplied.
pub fn brightness(pixels: &mut [Pixel], factor: f32) {
    mapped(pixels, |v| v * factor);
}

/// Every value's distance from the mean gray multiplied.
pub fn contrast(pixels: &mut [Pixel], factor: f32) {
    let sum: u64 = pixels.iter().map(|pixel| u64::from(gray(pixel))).sum();
    let mean = sum as f32 / pixels.len().max(1) as f32;
    mapped(pixels, |v| v * factor + (1.0 - factor) * mean);
}

/// Every value's distance from its pixel's gray multiplied.
pub fn saturation(pixels: &mut [Pixel], factor: f32) {
    for pixel in pixels {
        let gray = gray(pixel) as f32 * (1.0 - factor);
        for value in pixel.iter_mut().take(3) {
            *value = (f32::from(*value) * factor + gray).round_ties_even().clamp(0.0, 255.0) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_work_around_black_mean_and_gray() {
        let mut pixels = [[100, 50, 200, 9], [0, 0, 0, 9]];
        brightness(&mut pixels, 1.5);
        assert_eq!(pixels[0][..3], [150, 75, 255]);
        let mut pixels = [[0, 0, 0, 0], [200, 200, 200, 0]];
        contrast(&mut pixels, 0.5);
        assert_eq!((pixels[0][0], pixels[1][0]), (50, 150));
        let mut pixels = [[255, 0, 0, 0]];
        saturation(&mut pixels, 0.0);
        assert_eq!(pixels[0][..3], [76, 76, 76]);
    }
}
