//! Rows of pixels into the planes of a batch: colours moved, mirrored, normalised and taken apart in one pass.

use super::color::HlsShift;
use super::simd::{Loop, vectorized};
use super::view::Pixel;

/// What happens to values on their way into a batch: first the colour, then `(value + light) · scale + shift` for each channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    pub mirror: bool,
    pub hls: HlsShift,
    /// Added to red, green and blue; results stay between 0 and 255.
    pub light: [f32; 3],
    pub scale: [f32; 3],
    pub shift: [f32; 3],
}

impl Default for Finish {
    fn default() -> Self {
        Self { mirror: false, hls: HlsShift::default(), light: [0.0; 3], scale: [1.0; 3], shift: [0.0; 3] }
    }
}

/// The numbers that a batch is made of.
pub trait Value: Copy + Default + Send + Sync + 'static {
    /// From a level that was moved and scaled.
    fn of(value: f32) -> Self;
}

impl Value for f32 {
    #[inline(always)]
    fn of(value: f32) -> Self {
        value
    }
}

impl Value for u8 {
    #[inline(always)]
    fn of(value: f32) -> Self {
        (value + 0.5) as u8
    }
}

/// Rows of three channels, kept from picture to picture.
#[derive(Debug, Default)]
pub struct PlanesMemory {
    channels: [Vec<f32>; 3],
}

impl Finish {
    /// Writes pixels, row by row of `width`, into one plane (gray, from the first value of each pixel) or three. `out` has as many values as
    /// the planes; what is missing in `pixels` leaves it as it is.
    pub fn write<T: Value>(&self, pixels: &[Pixel], width: usize, memory: &mut PlanesMemory, out: &mut [T]) {
        let plane = pixels.len();
        if plane == 0 || width == 0 {
            return;
        }
        memory.channels.iter_mut().for_each(|channel| channel.resize(width, 0.0));
        vectorized(Planes { finish: self, pixels, width, channels: &mut memory.channels, out });
    }
}

/// All rows of a picture.
struct Planes<'a, T> {
    finish: &'a Finish,
    pixels: &'a [Pixel],
    width: usize,
    channels: &'a mut [Vec<f32>; 3],
    out: &'a mut [T],
}

impl<T: Value> Loop for Planes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { finish, pixels, width, channels: [red, green, blue], out } = self;
        let plane = pixels.len();
        let moved = !finish.hls.is_none() && out.len() >= 3 * plane;
        let lit = finish.light != [0.0; 3];
        for (line, row) in pixels.chunks_exact(width).enumerate() {
            let (red, green, blue) = (&mut red[..width], &mut green[..width], &mut blue[..width]);
            take(row, 0, finish.mirror, red);
            take(row, 1, finish.mirror, green);
            take(row, 2, finish.mirror, blue);
            if moved {
                finish.hls.apply(red, green, blue);
            }
            for (c, (plane, channel)) in out.chunks_exact_mut(plane).zip([&mut *red, &mut *green, &mut *blue]).enumerate() {
                if lit {
                    channel.iter_mut().for_each(|v| *v = (*v + finish.light[c]).clamp(0.0, 255.0));
                }
                let (scale, shift) = (finish.scale[c], finish.shift[c]);
                for (out, &value) in plane[line * width..(line + 1) * width].iter_mut().zip(&*channel) {
                    *out = T::of(value * scale + shift);
                }
            }
        }
    }
}

/// One channel of a row.
#[inline(always)]
fn take(row: &[Pixel], channel: usize, mirror: bool, out: &mut [f32]) {
    let bits = 8 * channel as u32;
    let value = |pixel: &Pixel| ((u32::from_le_bytes(*pixel) >> bits) & 255) as i32 as f32;
    if mirror {
        out.iter_mut().zip(row.iter().rev()).for_each(|(out, pixel)| *out = value(pixel));
    } else {
        out.iter_mut().zip(row).for_each(|(out, pixel)| *out = value(pixel));
    }
}
