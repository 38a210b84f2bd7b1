//! Pictures seen through a frame.
//!
//! Whole-pixel moves, flips and quarter turns copy pixels. Upright scaling averages over the pixels that fall together, as Pillow does. Turns and
//! slants are interpolated between four pixels, after the picture was shrunk where many pixels fall together.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::affine::Affine;
use super::error::TransformError;
use super::frame::Frame;
use super::nearest::nearest;
use crate::pixels::Picture;

/// No step makes a picture of more pixels.
const MOST_PIXELS: u64 = 1 << 28;

/// The frame's picture; `back` is the way from its pixels to those of `picture`.
pub(super) fn resample(picture: &Picture, frame: &Frame, back: &Affine) -> Result<Picture, TransformError> {
    let [width, height] = frame.to;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS {
        return Err(TransformError::TooLarge { width, height, limit: MOST_PIXELS });
    }
    if pixels == 0 || picture.pixels().is_empty() {
        return Err(TransformError::Sizes);
    }
    let fill = frame.fill.unwrap_or_default().rgb();
    let out = if copies(&frame.map) {
        nearest(triples(picture), frame.from, back, frame.to, fill)
    } else if let Some(window) = Window::of(frame) {
        window.resample(picture, frame, fill)?
    } else {
        turned(picture, frame, back, fill)?
    };
    Picture::new(width, height, out.into_flattened()).ok_or(TransformError::Sizes)
}

fn triples(picture: &Picture) -> &[[u8; 3]] {
    picture.pixels().as_chunks().0
}

/// Whether pixels go onto pixels.
fn copies(map: &Affine) -> bool {
    let unit = |v: f64| v == 0.0 || v.abs() == 1.0;
    let whole = |v: f64| v.fract() == 0.0;
    [map.a, map.b, map.d, map.e].into_iter().all(unit) && whole(map.c) && whole(map.f)
}

/// An upright scaling of a part of a picture onto whole pixels of another.
struct Window {
    /// The part, in pixels of the old picture: left, top, width, height.
    from: [f64; 4],
    /// Where it goes, in pixels of the new picture: left, top, right, bottom.
    to: [u32; 4],
    /// Whether left and right, top and bottom change places.
    flip: [bool; 2],
}

impl Window {
    /// `None` for other maps, and for those that put the picture's border in the middle of a pixel.
    fn of(frame: &Frame) -> Option<Self> {
        let map = &frame.map;
        if map.b != 0.0 || map.d != 0.0 {
            return None;
        }
        let [left, top, right, bottom] = map.bounds([0.0, 0.0, f64::from(frame.from[0]), f64::from(frame.from[1])]);
        let (x0, x1) = (inside(left, frame.to[0])?, inside(right, frame.to[0])?);
        let (y0, y1) = (inside(top, frame.to[1])?, inside(bottom, frame.to[1])?);
        if x0 >= x1 || y0 >= y1 {
            return None;
        }
        let span = |scale: f64, shift: f64, ends: [u32; 2], limit: u32| {
            let [a, b] = ends.map(|end| ((f64::from(end) - shift) / scale).clamp(0.0, f64::from(limit)));
            (a.min(b), (a - b).abs())
        };
        let (from_left, from_width) = span(map.a, map.c, [x0, x1], frame.from[0]);
        let (from_top, from_height) = span(map.e, map.f, [y0, y1], frame.from[1]);
        Some(Self { from: [from_left, from_top, from_width, from_height], to: [x0, y0, x1, y1], flip: [map.a < 0.0, map.e < 0.0] })
    }

    fn resample(&self, picture: &Picture, frame: &Frame, fill: [u8; 3]) -> Result<Vec<[u8; 3]>, TransformError> {
        let [x0, y0, x1, y1] = self.to;
        let size = [x1 - x0, y1 - y0];
        let mut part = scale(picture, self.from, size)?;
        if self.flip[0] {
            part.chunks_exact_mut(size[0] as usize).for_each(<[_]>::reverse);
        }
        if self.flip[1] {
            let line = size[0] as usize;
            let (upper, lower) = part.split_at_mut(size[1] as usize / 2 * line);
            for (above, below) in upper.chunks_exact_mut(line).zip(lower.rchunks_exact_mut(line)) {
                above.swap_with_slice(below);
            }
        }
        if size == frame.to {
            return Ok(part);
        }
        let mut out = vec![fill; frame.to[0] as usize * frame.to[1] as usize];
        let rows = out.chunks_exact_mut(frame.to[0] as usize).skip(y0 as usize);
        for (row, line) in rows.zip(part.chunks_exact(size[0] as usize)) {
            row[x0 as usize..x1 as usize].copy_from_slice(line);
        }
        Ok(out)
    }
}

/// A border's place among whole pixels: its own if it is whole, the picture's if it lies outside.
fn inside(border: f64, limit: u32) -> Option<u32> {
    let near = border.round();
    let whole = (border - near).abs() < 1e-6;
    let outside = border <= 0.0 || border >= f64::from(limit);
    (whole || outside).then_some(near.clamp(0.0, f64::from(limit)) as u32)
}

/// A part of a picture (left, top, width, height) scaled to a size, with a triangle as wide as a new pixel, at least as an old one.
fn scale(picture: &Picture, [left, top, width, height]: [f64; 4], to: [u32; 2]) -> Result<Vec<[u8; 3]>, TransformError> {
    let failed = |error: &dyn std::fmt::Display| TransformError::Resize(error.to_string());
    let from = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.pixels()).map_err(|e| failed(&e))?;
    let mut out = vec![[0u8; 3]; to[0] as usize * to[1] as usize];
    let mut target = TypedImage::<U8x3>::from_buffer(to[0], to[1], out.as_flattened_mut()).map_err(|e| failed(&e))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).crop(left, top, width, height);
    Resizer::new().resize_typed(&from, &mut target, &options).map_err(|e| failed(&e))?;
    Ok(out)
}

/// Any map, between four pixels.
fn turned(picture: &Picture, frame: &Frame, back: &Affine, fill: [u8; 3]) -> Result<Vec<[u8; 3]>, TransformError> {
    let growth = frame.map.least_growth();
    // Where more than one and a half pixels fall together, some would not be seen at all.
    if growth < 2.0 / 3.0 {
        let shrunk = frame.from.map(|side| (f64::from(side) * growth).round().max(1.0) as u32);
        let whole = [0.0, 0.0, f64::from(frame.from[0]), f64::from(frame.from[1])];
        let small = scale(picture, whole, shrunk)?;
        let [x, y] = [0, 1].map(|i| f64::from(shrunk[i]) / f64::from(frame.from[i]));
        return Ok(bilinear(&small, shrunk, &back.then(&Affine::scale(x, y)), frame.to, fill));
    }
    Ok(bilinear(triples(picture), frame.from, back, frame.to, fill))
}

/// Each new pixel from the four old ones around the place that `back` leads to. Where that place is outside the picture there is `fill`; the
/// outermost half pixel repeats the border.
fn bilinear(pixels: &[[u8; 3]], from: [u32; 2], back: &Affine, to: [u32; 2], fill: [u8; 3]) -> Vec<[u8; 3]> {
    let (columns, rows) = (f64::from(from[0]), f64::from(from[1]));
    let (last_x, last_y) = (from[0] as i32 - 1, from[1] as i32 - 1);
    let stride = from[0] as usize;
    let mut out = Vec::with_capacity(to[0] as usize * to[1] as usize);
    for y in 0..to[1] {
        let cy = f64::from(y) + 0.5;
        let (x0, y0) = (back.b * cy + back.c, back.e * cy + back.f);
        out.extend((0..to[0]).map(|x| {
            let cx = f64::from(x) + 0.5;
            let (sx, sy) = (back.a * cx + x0, back.d * cx + y0);
            if !(sx >= 0.0 && sy >= 0.0 && sx < columns && sy < rows) {
                return fill;
            }
            // In 256ths of a pixel from the centre of the first pixel, which may be half a pixel before it.
            let (fx, fy) = ((sx * 256.0) as i32 - 128, (sy * 256.0) as i32 - 128);
            let (ix, iy) = (fx >> 8, fy >> 8);
            let (wx, wy) = ((fx & 255) as u32, (fy & 255) as u32);
            let (left, right) = (ix.max(0) as usize, (ix + 1).min(last_x) as usize);
            let (above, below) = (iy.max(0) as usize * stride, (iy + 1).min(last_y) as usize * stride);
            let (a, b, c, d) = (pixels[above + left], pixels[above + right], pixels[below + left], pixels[below + right]);
            std::array::from_fn(|k| {
                let upper = u32::from(a[k]) * (256 - wx) + u32::from(b[k]) * wx;
                let lower = u32::from(c[k]) * (256 - wx) + u32::from(d[k]) * wx;
                ((upper * (256 - wy) + lower * wy + (1 << 15)) >> 16) as u8
            })
        }));
    }
    out
}
