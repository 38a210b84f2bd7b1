//! Parts of a picture as shares of its width and height, and the random ones.

use crate::transform::Draws;

use super::label::Label;
use super::parameters::DetectionParameters;

/// A part of a picture. It may reach beyond the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Share {
    pub const WHOLE: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    pub fn area(&self) -> f32 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }

    pub fn center(&self) -> [f32; 2] {
        [(self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0]
    }

    pub fn holds(&self, [x, y]: [f32; 2]) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    fn common(&self, other: Self) -> f32 {
        let (left, right) = (self.left.max(other.left), self.right.min(other.right));
        let (top, bottom) = (self.top.max(other.top), self.bottom.min(other.bottom));
        Self { left, top, right, bottom }.area()
    }

    /// Which share of it the other part covers.
    pub fn covered_by(&self, other: Self) -> f32 {
        self.common(other) / self.area()
    }

    fn overlap(&self, other: Self) -> f32 {
        let common = self.common(other);
        common / (self.area() + other.area() - common)
    }

    /// It as a part of a window, cut off at the window's border; `None` when nothing is left. What lies inside is not changed by the whole.
    pub fn within(&self, window: Self) -> Option<Self> {
        let (width, height) = (window.right - window.left, window.bottom - window.top);
        let (x, y) = (|v: f32| ((v - window.left) / width).clamp(0.0, 1.0), |v: f32| ((v - window.top) / height).clamp(0.0, 1.0));
        let seen = Self { left: x(self.left), top: y(self.top), right: x(self.right), bottom: y(self.bottom) };
        (seen.area() > 0.0).then_some(seen)
    }
}

/// What is seen of a picture: all of it, with a border around it, or a part. A part shows at least one box, if there are any.
pub(super) fn draw(p: &DetectionParameters, label: &Label, draws: &mut Draws) -> Share {
    let padded = if draws.chance(f64::from(p.rand_pad_prob)) { border(p, draws) } else { Share::WHOLE };
    if !draws.chance(f64::from(p.rand_crop_prob)) {
        return padded;
    }
    for _ in 0..p.max_crop_trials {
        let part = part(p, padded, draws);
        if part.area() > 0.0 && suits(p, label, part) {
            return part;
        }
    }
    padded
}

fn border(p: &DetectionParameters, draws: &mut Draws) -> Share {
    let scale = draws.between([1.0, f64::from(p.max_pad_scale)]) as f32;
    let [left, top] = [0, 1].map(|_| -(draws.unit() as f32) * (scale - 1.0));
    Share { left, top, right: left + scale, bottom: top + scale }
}

fn part(p: &DetectionParameters, of: Share, draws: &mut Draws) -> Share {
    let scale = draws.between([f64::from(p.min_crop_scales), f64::from(p.max_crop_scales)]);
    let ratio = draws.between([f64::from(p.min_crop_aspect_ratios), f64::from(p.max_crop_aspect_ratios)]);
    // No side longer than the picture's.
    let ratio = ratio.clamp(scale * scale, 1.0 / (scale * scale).max(1e-9));
    let (width, height) = ((scale * ratio.sqrt()).min(1.0), (scale / ratio.sqrt()).min(1.0));
    let (left, top) = (draws.between([0.0, 1.0 - width]), draws.between([0.0, 1.0 - height]));
    let (x, y) = (|v: f64| of.left + v as f32 * (of.right - of.left), |v: f64| of.top + v as f32 * (of.bottom - of.top));
    Share { left: x(left), top: y(top), right: x(left + width), bottom: y(top + height) }
}

fn suits(p: &DetectionParameters, label: &Label, part: Share) -> bool {
    if label.is_empty() {
        return true;
    }
    let meets = label.shares().any(|share| {
        (p.min_crop_overlaps..=p.max_crop_overlaps).contains(&share.overlap(part))
            && (p.min_crop_object_coverages..=p.max_crop_object_coverages).contains(&share.covered_by(part))
    });
    meets && !label.seen(part, false, p.crop_emit_mode, p.emit_overlap_thresh).is_empty()
}
