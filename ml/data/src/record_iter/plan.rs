//! What happens to one picture: every random number is drawn, and nothing is computed yet.

use crate::pixels::color::HlsShift;
use crate::pixels::resize::{Filter, short_side};
use crate::pixels::{Finish, Matrix, Window};
use crate::transform::Draws;

use super::error::RecordProblem;
use super::parameters::{Dtype, ImageRecordParameters};

/// A picture's way into its row of the batch, in MXNet's order.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The size after the first resize.
    pub resized: [u32; 2],
    pub resize_filter: Filter,
    pub warp: Option<Warp>,
    /// Pixels of `fill` around the picture.
    pub pad: u32,
    pub fill: u8,
    pub last: Last,
    pub last_filter: Filter,
    pub tones: Vec<Tone>,
    pub finish: Finish,
}

/// One turn, slant and scaling.
#[derive(Clone, Debug)]
pub(super) struct Warp {
    /// From the new picture to the old one.
    pub back: Matrix,
    pub size: [u32; 2],
}

/// How the picture gets the size of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// A window is cut out.
    Crop(Window),
    /// It is too small, so it is enlarged before a window is cut out.
    Enlarge([u32; 2], Window),
    /// A window is cut out and resized.
    Zoom(Window),
}

/// A factor for all pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tone {
    Brightness(f32),
    Contrast(f32),
    Saturation(f32),
}

/// No step makes a picture of more pixels.
const MOST_PIXELS: u64 = 1 << 28;

/// Which numbers are drawn for what, so that a parameter that is switched on changes nothing else.
mod tag {
    pub const AFFINE: u64 = 1;
    pub const CROP: u64 = 2;
    pub const TONES: u64 = 3;
    pub const HLS: u64 = 4;
    pub const LIGHT: u64 = 5;
    pub const MIRROR: u64 = 6;
    pub const LEVELS: u64 = 7;
    pub const FILTER: u64 = 8;
}

impl Plan {
    /// Draws what happens to a picture of that size.
    pub fn draw(parameters: &ImageRecordParameters, size: [u32; 2], draws: &Draws) -> Result<Self, RecordProblem> {
        let p = parameters;
        let mut filters = draws.fork(tag::FILTER);
        let resized = if p.resize > 0 { short_side(size, p.resize as u32) } else { size };
        let resize_filter = filter(p.inter_method, size, resized, &mut filters);
        let warp = warp(p, resized, &mut draws.fork(tag::AFFINE))?;
        let after = warp.as_ref().map_or(resized, |warp| warp.size);
        let padded = after.map(|side| side + 2 * p.pad);
        let last = last(p, padded, &mut draws.fork(tag::CROP));
        let to = [p.data_shape[2], p.data_shape[1]];
        let (last_from, last_to) = match last {
            Last::Crop(_) => (to, to),
            Last::Enlarge(larger, _) => (padded, larger),
            Last::Zoom(window) => (window.size(), to),
        };
        for size in [resized, after, padded, last_to] {
            let pixels = u64::from(size[0]) * u64::from(size[1]);
            if pixels > MOST_PIXELS || size.into_iter().any(|side| side > 1 << 24) {
                return Err(RecordProblem::TooLarge { pixels, limit: MOST_PIXELS });
            }
        }
        let last_filter = filter(p.inter_method, last_from, last_to, &mut filters);
        Ok(Self {
            resized,
            resize_filter,
            warp,
            pad: p.pad,
            fill: p.fill_value,
            last,
            last_filter,
            tones: tones(p, &mut draws.fork(tag::TONES)),
            finish: finish(p, draws),
        })
    }

    /// The way from the pixels of the row back to those of a picture of that size.
    pub fn back(&self, size: [u32; 2], to: [u32; 2]) -> Matrix {
        let mirror = if self.finish.mirror { Matrix { a: -1.0, c: f64::from(to[0]) - 1.0, ..IDENTITY } } else { IDENTITY };
        let shift = |window: Window| Matrix { c: f64::from(window.left), f: f64::from(window.top), ..IDENTITY };
        let after = self.warp.as_ref().map_or(self.resized, |warp| warp.size);
        let padded = after.map(|side| side + 2 * self.pad);
        let last = match self.last {
            Last::Crop(window) => shift(window),
            Last::Enlarge(larger, window) => then(&shift(window), &scaling(larger, padded)),
            Last::Zoom(window) => then(&scaling(to, window.size()), &shift(window)),
        };
        let pad = Matrix { c: -f64::from(self.pad), f: -f64::from(self.pad), ..IDENTITY };
        let warp = self.warp.as_ref().map_or(IDENTITY, |warp| warp.back);
        [last, pad, warp, scaling(self.resized, size)].iter().fold(mirror, |all, next| then(&all, next))
    }
}

const IDENTITY: Matrix = Matrix { a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 1.0, f: 0.0 };

/// First one map and then the other.
fn then(one: &Matrix, other: &Matrix) -> Matrix {
    let [c, f] = other.apply([one.c, one.f]);
    Matrix {
        a: other.a * one.a + other.b * one.d,
        b: other.a * one.b + other.b * one.e,
        c,
        d: other.d * one.a + other.e * one.d,
        e: other.d * one.b + other.e * one.e,
        f,
    }
}

/// From the centres of one size's pixels to those of another.
fn scaling(from: [u32; 2], to: [u32; 2]) -> Matrix {
    let [x, y] = [0, 1].map(|i| f64::from(to[i]) / f64::from(from[i].max(1)));
    Matrix { a: x, b: 0.0, c: 0.5 * x - 0.5, d: 0.0, e: y, f: 0.5 * y - 0.5 }
}

pub(super) fn filter(method: u32, from: [u32; 2], to: [u32; 2], draws: &mut Draws) -> Filter {
    let method = if method == 10 { draws.whole(0, 4) as u32 } else { method };
    match method {
        0 => Filter::Nearest,
        2 => Filter::Cubic,
        3 => Filter::Area,
        4 => Filter::Lanczos4,
        9 => Filter::auto(from, to),
        _ => Filter::Bilinear,
    }
}

fn warp(p: &ImageRecordParameters, size: [u32; 2], draws: &mut Draws) -> Result<Option<Warp>, RecordProblem> {
    let aspects = (p.max_aspect_ratio != 0.0 || p.min_aspect_ratio.is_some()) && !p.random_resized_crop;
    let sized = p.max_img_size != 1e10 || p.min_img_size != 0.0;
    let scaled = p.max_random_scale != 1.0 || p.min_random_scale != 1.0;
    if p.max_rotate_angle == 0 && p.rotate <= 0 && p.max_shear_ratio == 0.0 && !scaled && !aspects && !sized {
        return Ok(None);
    }
    let angle = draws.whole(-i64::from(p.max_rotate_angle), i64::from(p.max_rotate_angle));
    let angle = if p.rotate > 0 { i64::from(p.rotate) } else { angle };
    let scale = draws.between([f64::from(p.min_random_scale), f64::from(p.max_random_scale)]);
    let shear = f64::from(p.max_shear_ratio);
    let shear = draws.between([-shear, shear]);
    let ratio = if !aspects {
        1.0
    } else if let Some(least) = p.min_aspect_ratio {
        draws.between([f64::from(least), f64::from(p.max_aspect_ratio)])
    } else {
        let most = f64::from(p.max_aspect_ratio);
        1.0 + draws.between([-most, most])
    };
    let radians = (angle as f64).to_radians();
    let (a, b) = (libm::cos(radians), libm::sin(radians));
    let hs = 2.0 * scale / (1.0 + ratio);
    let ws = ratio * hs;
    let [columns, rows] = size.map(f64::from);
    let new = [columns, rows].map(|side| (scale * side).min(f64::from(p.max_img_size)).max(f64::from(p.min_img_size)));
    let (m00, m10, m01, m11) = (hs * a - shear * b * ws, -b * ws, hs * b + shear * a * ws, a * ws);
    let matrix = Matrix {
        a: m00,
        b: m01,
        c: (new[0] - (m00 * columns + m01 * rows)) / 2.0,
        d: m10,
        e: m11,
        f: (new[1] - (m10 * columns + m11 * rows)) / 2.0,
    };
    let size = new.map(|side| (side as u32).max(1));
    let too_large = RecordProblem::TooLarge { pixels: u64::from(size[0]) * u64::from(size[1]), limit: MOST_PIXELS };
    // Without a way back the picture would be a line; that is drawn only where a ratio of nought is allowed.
    let back = matrix.inverse().ok_or(too_large)?;
    Ok(Some(Warp { back, size }))
}

fn last(p: &ImageRecordParameters, size: [u32; 2], draws: &mut Draws) -> Last {
    let to = [p.data_shape[2], p.data_shape[1]];
    if p.random_resized_crop {
        return Last::Zoom(part(p, size, draws));
    }
    if p.max_crop_size > 0 {
        let side = draws.whole(i64::from(p.min_crop_size.max(1)), i64::from(p.max_crop_size)) as u32;
        return Last::Zoom(window(p, size, size.map(|limit| side.min(limit)), draws));
    }
    let mut larger = size;
    if larger[1] < to[1] {
        larger = [(f64::from(to[1]) / f64::from(larger[1]) * f64::from(larger[0])) as u32, to[1]];
    }
    if larger[0] < to[0] {
        larger = [to[0], ((f64::from(to[0]) / f64::from(larger[0].max(1)) * f64::from(larger[1])) as u32).max(to[1])];
    }
    let window = window(p, larger, to, draws);
    if larger == size { Last::Crop(window) } else { Last::Enlarge(larger, window) }
}

/// A window of a size, at random or at the centre.
fn window(p: &ImageRecordParameters, from: [u32; 2], [width, height]: [u32; 2], draws: &mut Draws) -> Window {
    let [x, y] = [from[0].saturating_sub(width), from[1].saturating_sub(height)];
    let place = |room: u32, draws: &mut Draws| if p.rand_crop { draws.whole(0, i64::from(room)) as u32 } else { room / 2 };
    let (top, left) = (place(y, draws), place(x, draws));
    Window { left, top, width, height }
}

/// A window of a random share of the area and a random aspect; the largest at the centre when ten draws don't fit.
fn part(p: &ImageRecordParameters, size: [u32; 2], draws: &mut Draws) -> Window {
    let area = f64::from(size[0]) * f64::from(size[1]);
    let most = if p.max_aspect_ratio > 0.0 { f64::from(p.max_aspect_ratio) } else { 1.0 };
    let least = p.min_aspect_ratio.map_or(1.0 / most, f64::from).max(1e-6);
    for _ in 0..10 {
        let share = draws.between([f64::from(p.min_random_area), f64::from(p.max_random_area)]) * area;
        let ratio = draws.between([least, most.max(least)]);
        let sides = [(share * ratio).sqrt().round(), (share / ratio).sqrt().round()].map(|side| side as u32);
        if (1..=size[0]).contains(&sides[0]) && (1..=size[1]).contains(&sides[1]) {
            let left = draws.whole(0, i64::from(size[0] - sides[0])) as u32;
            let top = draws.whole(0, i64::from(size[1] - sides[1])) as u32;
            return Window { left, top, width: sides[0], height: sides[1] };
        }
    }
    let side = size[0].min(size[1]);
    Window { left: (size[0] - side) / 2, top: (size[1] - side) / 2, width: side, height: side }
}

fn tones(p: &ImageRecordParameters, draws: &mut Draws) -> Vec<Tone> {
    let mut factor = |most: f32| 1.0 + draws.between([-f64::from(most), f64::from(most)]) as f32;
    let mut tones = Vec::new();
    if p.brightness > 0.0 {
        tones.push(Tone::Brightness(factor(p.brightness)));
    }
    if p.contrast > 0.0 {
        tones.push(Tone::Contrast(factor(p.contrast)));
    }
    if p.saturation > 0.0 {
        tones.push(Tone::Saturation(factor(p.saturation)));
    }
    for last in (1..tones.len()).rev() {
        tones.swap(last, draws.whole(0, last as i64) as usize);
    }
    tones
}

/// The principal colours of ImageNet, each multiplied by its weight: rows are red, green and blue.
const PRINCIPAL: [[f32; 3]; 3] = [
    [55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009],
    [55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140],
    [55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203],
];

fn finish(p: &ImageRecordParameters, draws: &Draws) -> Finish {
    let mut own = draws.fork(tag::HLS);
    let mut moved = |most: u32| {
        // Close to the middle more often than not.
        let share = (own.unit() + 4.0 * own.unit()) / 5.0;
        ((2.0 * share - 1.0) * f64::from(most)).trunc() as f32
    };
    let hls = HlsShift { hue: moved(p.random_h), lightness: moved(p.random_l), saturation: moved(p.random_s) };
    let mut light = [0.0; 3];
    if p.pca_noise > 0.0 {
        let mut own = draws.fork(tag::LIGHT);
        let alphas: [f32; 3] = std::array::from_fn(|_| own.normal() as f32 * p.pca_noise);
        light = PRINCIPAL.map(|row| row.iter().zip(alphas).map(|(weight, alpha)| weight * alpha).sum());
    }
    let mirror = p.mirror || (p.rand_mirror && draws.fork(tag::MIRROR).chance(0.5));
    let mut finish = Finish { mirror, hls, light, ..Finish::default() };
    if p.dtype == Dtype::Float32 {
        let mut own = draws.fork(tag::LEVELS);
        let mut level = |most: f32| own.between([-f64::from(most), f64::from(most)]) as f32;
        let contrast = (1.0 + level(p.max_random_contrast)) * p.scale;
        let illumination = level(p.max_random_illumination) * p.scale;
        let (mean, std) = ([p.mean_r, p.mean_g, p.mean_b], [p.std_r, p.std_g, p.std_b]);
        finish.scale = std.map(|std| contrast / std);
        finish.shift = std::array::from_fn(|c| illumination - mean[c] * finish.scale[c]);
    }
    finish
}
