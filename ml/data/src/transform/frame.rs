//! Geometric steps in a row, fused into one map.

use super::affine::Affine;
use super::moves::Move;
use super::step::Fill;

/// Lengths below this are rounding errors.
const TINY: f64 = 1e-6;

/// How pixels of the picture at hand go into the picture that steps so far make of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Size of the picture at hand.
    pub from: [u32; 2],
    /// From its pixels to those of the new picture.
    pub map: Affine,
    /// Size of the new picture.
    pub to: [u32; 2],
    /// The colour where the picture does not reach; `None` as long as it reaches everywhere.
    pub fill: Option<Fill>,
}

impl Frame {
    /// Nothing moved so far.
    pub fn new(from: [u32; 2]) -> Self {
        Self { from, map: Affine::IDENTITY, to: from, fill: None }
    }

    pub fn is_identity(&self) -> bool {
        self.map == Affine::IDENTITY && self.from == self.to
    }

    /// This and then the move, as one map; `None` where one map can't say both: the steps so far cut something off that the move would bring
    /// back, or the two leave places empty in different colours.
    pub fn then(&self, next: &Move) -> Option<Self> {
        let reveals = !covers(&next.map, self.to, [next.width, next.height]);
        let hides = beyond(self.map.bounds(rectangle(self.from)), self.to);
        let other_fill = self.fill.is_some_and(|fill| reveals && fill != next.fill);
        if reveals && (hides || other_fill) {
            return None;
        }
        let fill = if reveals { Some(next.fill) } else { self.fill };
        Some(Self { from: self.from, map: self.map.then(&next.map), to: [next.width, next.height], fill })
    }
}

fn rectangle([width, height]: [u32; 2]) -> [f64; 4] {
    [0.0, 0.0, f64::from(width), f64::from(height)]
}

/// Whether a rectangle reaches out of a picture of that size.
fn beyond([left, top, right, bottom]: [f64; 4], [width, height]: [u32; 2]) -> bool {
    left < -TINY || top < -TINY || right > f64::from(width) + TINY || bottom > f64::from(height) + TINY
}

/// Whether the image of a picture of size `from` covers all of a picture of size `to`.
fn covers(map: &Affine, from: [u32; 2], to: [u32; 2]) -> bool {
    map.inverse().is_some_and(|back| !beyond(back.bounds(rectangle(to)), from))
}
