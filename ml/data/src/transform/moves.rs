//! What each geometric step does to a picture of a given size, with its random numbers drawn.

use super::affine::Affine;
use super::draws::Draws;
use super::step::{Fill, PadAlign, RandomAffine, RandomResizedCrop, RandomRotation, ResizeSide, Step};

/// Where every pixel goes, and the size of the picture that they go to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// From pixels of the old picture to pixels of the new one.
    pub map: Affine,
    pub width: u32,
    pub height: u32,
    /// The colour of places that the old picture does not reach.
    pub fill: Fill,
}

/// The longest side that a picture may be resized to. A step that would make it longer stops there and keeps the aspect.
const LONGEST: f64 = 16384.0;

impl Move {
    fn new(map: Affine, width: u32, height: u32) -> Self {
        Self { map, width, height, fill: Fill::default() }
    }

    fn filled(self, fill: Fill) -> Self {
        Self { fill, ..self }
    }

    fn resize([width, height]: [u32; 2], [to_width, to_height]: [u32; 2]) -> Self {
        let scale = Affine::scale(f64::from(to_width) / f64::from(width), f64::from(to_height) / f64::from(height));
        Self::new(scale, to_width, to_height)
    }

    /// The window of that size whose top left corner is `(left, top)`; it may reach beyond the picture.
    fn window(left: f64, top: f64, [width, height]: [u32; 2]) -> Self {
        Self::new(Affine::shift(-left, -top), width, height)
    }
}

/// The move of a step for a picture of `size` (width and height); `None` for steps that move nothing, or not this time.
pub(super) fn draw(step: &Step, size: [u32; 2], draws: &mut Draws) -> Option<Move> {
    let [width, height] = size;
    Some(match step {
        Step::Resize(step) => Move::resize(size, step.size.sides()),
        Step::ResizeShort(step) => Move::resize(size, by_side(size, *step, width.min(height), width.max(height))),
        Step::ResizeLong(step) => Move::resize(size, by_side(size, *step, width.max(height), width.min(height))),
        Step::RandomResizeShort(step) => {
            Move::resize(size, to_length(size, width.min(height), random_length(step.size, step.scale.plain(), draws)))
        }
        Step::RandomResizeLong(step) => {
            Move::resize(size, to_length(size, width.max(height), random_length(step.size, step.scale.plain(), draws)))
        }
        Step::RandomScale(step) => {
            let factor = draws.between(step.scale.plain());
            Move::resize(size, scaled(size, factor, factor))
        }
        Step::RandomAspect(step) => {
            let root = libm::sqrt(log_uniform(step.ratio.plain(), draws));
            Move::resize(size, scaled(size, root, 1.0 / root))
        }
        Step::Pad(step) => {
            let [to_width, to_height] = step.size.sides();
            let to = [to_width.max(width), to_height.max(height)];
            let offset = |from: u32, to: u32| match step.align {
                PadAlign::Center => f64::from((to - from) / 2),
                PadAlign::TopLeft => 0.0,
            };
            Move::window(-offset(width, to[0]), -offset(height, to[1]), to).filled(step.fill)
        }
        Step::CenterCrop(step) => {
            let to = step.size.sides();
            let offset = |from: u32, to: u32| ((i64::from(from) - i64::from(to)).div_euclid(2)) as f64;
            Move::window(offset(width, to[0]), offset(height, to[1]), to).filled(step.fill)
        }
        Step::RandomCrop(step) => {
            let to = step.size.sides();
            let mut offset = |from: u32, to: u32| {
                let room = i64::from(from) - i64::from(to);
                if room < 0 { room.div_euclid(2) as f64 } else { draws.whole(0, room) as f64 }
            };
            let (left, top) = (offset(width, to[0]), offset(height, to[1]));
            Move::window(left, top, to).filled(step.fill)
        }
        Step::RandomResizedCrop(step) => resized_crop(step, size, draws),
        Step::RandomHorizontalFlip(step) => {
            let flip = Affine { a: -1.0, c: f64::from(width), ..Affine::IDENTITY };
            draws.chance(step.p).then(|| Move::new(flip, width, height))?
        }
        Step::RandomVerticalFlip(step) => {
            let flip = Affine { e: -1.0, f: f64::from(height), ..Affine::IDENTITY };
            draws.chance(step.p).then(|| Move::new(flip, width, height))?
        }
        Step::RandomRotate90(step) => {
            let turn = draws.chance(step.p);
            quarter_turns(size, draws.whole(0, 3)).filter(|_| turn)?
        }
        Step::RandomRotation(step) => rotation(step, size, draws),
        Step::RandomShear(step) => {
            let shear = Affine::shear(draws.between(step.x.around_zero()), draws.between(step.y.around_zero()));
            Move::new(about_middle(&shear, size), width, height).filled(step.fill)
        }
        Step::RandomAffine(step) => affine(step, size, draws),
        _ => return None,
    })
}

fn about_middle(map: &Affine, [width, height]: [u32; 2]) -> Affine {
    map.about(f64::from(width) / 2.0, f64::from(height) / 2.0)
}

/// A side of at least one pixel, and not absurdly long.
fn side(length: f64) -> u32 {
    // Halves go to the even number, as Python rounds.
    length.round_ties_even().clamp(1.0, LONGEST) as u32
}

fn scaled([width, height]: [u32; 2], x: f64, y: f64) -> [u32; 2] {
    let (to_width, to_height) = (f64::from(width) * x, f64::from(height) * y);
    let shrink = (LONGEST / to_width.max(to_height)).min(1.0);
    [side(to_width * shrink), side(to_height * shrink)]
}

/// The size at which the side that now has `from` pixels has `to`. The other is rounded down, as torchvision and GluonCV do.
fn to_length([width, height]: [u32; 2], from: u32, to: u32) -> [u32; 2] {
    let other = |length: u32| {
        let exact = u64::from(length) * u64::from(to) / u64::from(from.max(1));
        if length == from { to } else { exact.clamp(1, LONGEST as u64) as u32 }
    };
    [other(width), other(height)]
}

fn by_side(size: [u32; 2], step: ResizeSide, of: u32, other: u32) -> [u32; 2] {
    let to = to_length(size, of, step.size);
    match step.max {
        Some(max) if to.iter().any(|&side| side > max) && other > 0 => to_length(size, size[0].max(size[1]), max),
        _ => to,
    }
}

fn random_length(size: u32, [low, high]: [f64; 2], draws: &mut Draws) -> u32 {
    // Both ends are cut to whole numbers, as `randint(int(base * 0.5), int(base * 2.0))` does.
    let end = |scale: f64| (f64::from(size) * scale).clamp(1.0, LONGEST) as i64;
    draws.whole(end(low), end(high)) as u32
}

fn log_uniform([low, high]: [f64; 2], draws: &mut Draws) -> f64 {
    libm::exp(draws.between([libm::log(low), libm::log(high)]))
}

/// A rectangle of random area and aspect within a picture: left, top, width, height. After ten that don't fit, `None`.
pub(super) fn random_rectangle(size: [u32; 2], area: [f64; 2], ratio: [f64; 2], draws: &mut Draws) -> Option<[u32; 4]> {
    let [width, height] = size.map(f64::from);
    for _ in 0..10 {
        let target = width * height * draws.between(area);
        let ratio = log_uniform(ratio, draws);
        let (w, h) = (libm::sqrt(target * ratio).round_ties_even(), libm::sqrt(target / ratio).round_ties_even());
        if (1.0..=width).contains(&w) && (1.0..=height).contains(&h) {
            let left = draws.whole(0, (width - w) as i64) as u32;
            let top = draws.whole(0, (height - h) as i64) as u32;
            return Some([left, top, w as u32, h as u32]);
        }
    }
    None
}

fn resized_crop(step: &RandomResizedCrop, size: [u32; 2], draws: &mut Draws) -> Move {
    let ratio = step.ratio.plain();
    let [left, top, w, h] = random_rectangle(size, step.scale.plain(), ratio, draws).unwrap_or_else(|| {
        // The largest rectangle in the middle whose aspect is allowed.
        let [width, height] = size.map(f64::from);
        let aspect = (width / height).clamp(ratio[0], ratio[1]);
        let (w, h) = if aspect > width / height { (width, width / aspect) } else { (height * aspect, height) };
        let [w, h] = [side(w).min(size[0]), side(h).min(size[1])];
        [(size[0] - w) / 2, (size[1] - h) / 2, w, h]
    });
    let to = step.size.sides();
    let resize = Move::resize([w, h], to);
    Move::new(Affine::shift(-f64::from(left), -f64::from(top)).then(&resize.map), to[0], to[1])
}

/// Clockwise by a number of quarter turns, exactly.
fn quarter_turns([width, height]: [u32; 2], turns: i64) -> Option<Move> {
    let (w, h) = (f64::from(width), f64::from(height));
    Some(match turns {
        1 => Move::new(Affine { a: 0.0, b: -1.0, c: h, d: 1.0, e: 0.0, f: 0.0 }, height, width),
        2 => Move::new(Affine { a: -1.0, c: w, e: -1.0, f: h, ..Affine::IDENTITY }, width, height),
        3 => Move::new(Affine { a: 0.0, b: 1.0, c: 0.0, d: -1.0, e: 0.0, f: w }, height, width),
        _ => return None,
    })
}

fn rotation(step: &RandomRotation, size: [u32; 2], draws: &mut Draws) -> Move {
    let [width, height] = size;
    let map = about_middle(&Affine::turn(draws.between(step.degrees.around_zero())), size);
    if !step.expand {
        return Move::new(map, width, height).filled(step.fill);
    }
    let [left, top, right, bottom] = map.bounds([0.0, 0.0, f64::from(width), f64::from(height)]);
    // Rounding errors must not add a row.
    let [w, h] = [right - left, bottom - top].map(|length| side((length - 1e-6).ceil()));
    let middle = Affine::shift((f64::from(w) - f64::from(width)) / 2.0, (f64::from(h) - f64::from(height)) / 2.0);
    Move::new(map.then(&middle), w, h).filled(step.fill)
}

fn affine(step: &RandomAffine, size: [u32; 2], draws: &mut Draws) -> Move {
    let [width, height] = size;
    let turn = Affine::turn(draws.between(step.degrees.around_zero()));
    let [x, y] = [(step.translate[0], width), (step.translate[1], height)].map(|(share, side)| {
        let most = share * f64::from(side);
        draws.between([-most, most]).round()
    });
    let scale = draws.between(step.scale.plain());
    let root = libm::sqrt(log_uniform(step.aspect.plain(), draws));
    let shear = Affine::shear(draws.between(step.shear.around_zero()), 0.0);
    let map = shear.then(&Affine::scale(scale * root, scale / root)).then(&turn);
    Move::new(about_middle(&map, size).then(&Affine::shift(x, y)), width, height).filled(step.fill)
}
