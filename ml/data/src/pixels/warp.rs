//! Turning, slanting and scaling by a matrix, with the arithmetic of OpenCV's `warpAffine`.

use super::blend::{Blend, BlendLoop, Two, blended};
use super::view::{Pixel, View, Window};

/// A map of the plane: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`. Whole numbers are the centres of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
    pub e: f64,
    pub f: f64,
}

impl Matrix {
    /// The way back; `None` where a picture is squeezed into a line.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let determinant = self.a * self.e - self.b * self.d;
        if determinant == 0.0 || !determinant.is_finite() {
            return None;
        }
        let one = 1.0 / determinant;
        let (a, b, d, e) = (self.e * one, self.b * -one, self.d * -one, self.a * one);
        Some(Self { a, b, c: -a * self.c - b * self.f, d, e, f: -d * self.c - e * self.f })
    }

    /// Where a point goes.
    #[must_use]
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f]
    }

    /// The window of a picture of size `size` whose pixels are looked at for `window`, when this matrix is the way back.
    #[must_use]
    pub fn needed(&self, window: Window, size: [u32; 2]) -> Window {
        let (left, top) = (f64::from(window.left), f64::from(window.top));
        let (right, bottom) = (left + f64::from(window.width), top + f64::from(window.height));
        let corners = [[left, top], [right, top], [left, bottom], [right, bottom]].map(|corner| self.apply(corner));
        let span = |i: usize, limit: u32| {
            let low = corners.iter().map(|c| c[i]).fold(f64::INFINITY, f64::min).floor() - 1.0;
            let high = corners.iter().map(|c| c[i]).fold(f64::NEG_INFINITY, f64::max).ceil() + 2.0;
            let low = low.clamp(0.0, f64::from(limit - 1)) as u32;
            (low, (high.clamp(0.0, f64::from(limit)) as u32).max(low + 1) - low)
        };
        let ((left, width), (top, height)) = (span(0, size[0].max(1)), span(1, size[1].max(1)));
        Window { left, top, width, height }
    }
}

/// Bits after the point of places, and of the shares that four pixels have.
const PLACE: u32 = 10;
const SHARE: u32 = 5;
/// Places further away than this are outside of every picture.
const FAR: f64 = (1u32 << 30) as f64;

fn fixed(value: f64) -> i32 {
    (value * f64::from(1 << PLACE)).clamp(-FAR, FAR).round_ties_even() as i32
}

/// A window of the picture that `back` leads to `from`: each pixel between four old ones, `fill` outside.
pub fn warp_window(from: View<'_, Pixel>, back: &Matrix, window: Window, fill: u8, out: &mut Vec<Pixel>) {
    out.resize(window.area(), [0; 4]);
    let width = window.width as usize;
    if width == 0 {
        return;
    }
    // How far each column is from the first, which is the same in every row.
    let steps: Vec<[i32; 2]> =
        (window.left..window.left + window.width).map(|x| [back.a, back.d].map(|k| fixed(k * f64::from(x)))).collect();
    let half = 1 << (PLACE - SHARE - 1);
    let begins: Vec<[i32; 2]> = (window.top..window.top + window.height)
        .map(|y| [back.b * f64::from(y) + back.c, back.e * f64::from(y) + back.f].map(|v| fixed(v).wrapping_add(half)))
        .collect();
    blended(Turn { from, begins: &begins, steps: &steps, fill, out });
}

/// All rows of a window.
struct Turn<'a> {
    from: View<'a, Pixel>,
    begins: &'a [[i32; 2]],
    steps: &'a [[i32; 2]],
    fill: u8,
    out: &'a mut [Pixel],
}

impl BlendLoop for Turn<'_> {
    #[inline(always)]
    fn call(self, blend: impl Blend) {
        for (row, &begin) in self.out.chunks_exact_mut(self.steps.len()).zip(self.begins) {
            row_of(blend, &self.from, begin, self.steps, self.fill, row);
        }
    }
}

#[inline(always)]
fn row_of(blend: impl Blend, from: &View<'_, Pixel>, begin: [i32; 2], steps: &[[i32; 2]], fill: u8, row: &mut [Pixel]) {
    let [left, top] = [from.window.left as i32, from.window.top as i32];
    let (stride, bytes) = (from.window.width as usize * 4, from.pixels.as_flattened());
    let (inner_width, inner_height) = (from.window.width.saturating_sub(1), from.window.height.saturating_sub(1));
    for (out, step) in row.iter_mut().zip(steps) {
        let [x, y] = [0, 1].map(|i| begin[i].saturating_add(step[i]) >> (PLACE - SHARE));
        let (right, lower) = ((x & 31) as u32, (y & 31) as u32);
        let (column, line) = ((x >> SHARE) - left, (y >> SHARE) - top);
        let inside = (column as u32) < inner_width && (line as u32) < inner_height;
        // The shares of the left and of the right pixel, side by side.
        let shares = (32 - right) | (right << 16);
        let weigh = |above: Two, below: Two| blend.rounded(blend.two(above, shares * (32 - lower)), blend.two(below, shares * lower));
        // From the left pixel above to the right one below.
        let from_left = |at: usize| bytes.get(at..at + stride + 8);
        let four = if inside { from_left(line as usize * stride + column as usize * 4) } else { None };
        *out = match four.and_then(|four| Some((four.first_chunk()?, four.last_chunk()?))) {
            Some((above, below)) => weigh(*above, *below),
            None => {
                let [above, below] = border(from, [column, line], fill);
                weigh(above, below)
            }
        };
    }
}

/// The four pixels at a place where some are outside of the window: the two above and the two below.
#[cold]
fn border(from: &View<'_, Pixel>, [column, line]: [i32; 2], fill: u8) -> [Two; 2] {
    let pixel = |dx: i32, dy: i32| {
        let (x, y) = (column.saturating_add(dx), line.saturating_add(dy));
        let inside = (0..from.window.width as i32).contains(&x) && (0..from.window.height as i32).contains(&y);
        if inside { from.pixels[y as usize * from.window.width as usize + x as usize] } else { [fill; 4] }
    };
    [0, 1].map(|dy| {
        let ([a, b, c, d], [e, f, g, h]) = (pixel(0, dy), pixel(1, dy));
        [a, b, c, d, e, f, g, h]
    })
}
