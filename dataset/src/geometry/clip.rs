//! Cutting polygons off at the border of the image, and untangling those that cross themselves.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::ShapeType;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::overlay::FloatOverlay;
use i_overlay::i_float::adapter::FloatPointAdapter;
use i_overlay::i_float::float::rect::FloatRect;

use super::{Part, Point, Polygon, Ring};

/// One side of the image: which coordinate is compared, with what, and on which side of it the image is.
struct Side {
    vertical: bool,
    limit: f64,
    keep_above: bool,
}

impl Side {
    fn value(&self, p: Point) -> f64 {
        if self.vertical { p.x } else { p.y }
    }

    fn keeps(&self, p: Point) -> bool {
        if self.keep_above { self.value(p) >= self.limit } else { self.value(p) <= self.limit }
    }

    /// Where the edge meets this side; one of its ends is kept and the other is not.
    fn meet(&self, a: Point, b: Point) -> Point {
        let t = (self.limit - self.value(a)) / (self.value(b) - self.value(a));
        // Rounding must not carry the point beyond the edge's ends, or it could lie outside again.
        let between = |from: f64, to: f64| (from + t * (to - from)).clamp(from.min(to), from.max(to));
        if self.vertical { Point { x: self.limit, y: between(a.y, b.y) } } else { Point { x: between(a.x, b.x), y: self.limit } }
    }

    fn clip(&self, ring: &[Point]) -> Ring {
        let mut out = Vec::with_capacity(ring.len() + 4);
        let Some(&last) = ring.last() else { return out };
        let mut from = last;
        for &to in ring {
            if self.keeps(from) != self.keeps(to) {
                out.push(self.meet(from, to));
            }
            if self.keeps(to) {
                out.push(to);
            }
            from = to;
        }
        out
    }
}

fn has_area(ring: &[Point]) -> bool {
    let Some(&origin) = ring.first() else { return false };
    let doubled: f64 = ring.windows(2).map(|w| (w[0].x - origin.x) * (w[1].y - origin.y) - (w[1].x - origin.x) * (w[0].y - origin.y)).sum();
    ring.len() >= 3 && doubled != 0.0
}

impl Polygon {
    /// What of the polygon lies within an image of that size; `None` when all of it does already, so that it can stay exactly
    /// as it is. Points inside keep their coordinates. A polygon wholly outside comes back without parts.
    ///
    /// Every ring is cut at the four sides in turn (Sutherland and Hodgman). A ring that leaves the image several times stays
    /// one ring with lines along the border, which cover nothing.
    #[must_use]
    pub fn clipped(&self, width: u32, height: u32) -> Option<Self> {
        let (width, height) = (f64::from(width), f64::from(height));
        let inside = |p: &Point| p.x >= 0.0 && p.x <= width && p.y >= 0.0 && p.y <= height;
        if self.rings().flatten().all(inside) {
            return None;
        }
        let sides = [
            Side { vertical: true, limit: 0.0, keep_above: true },
            Side { vertical: true, limit: width, keep_above: false },
            Side { vertical: false, limit: 0.0, keep_above: true },
            Side { vertical: false, limit: height, keep_above: false },
        ];
        let clip = |ring: &Ring| {
            if ring.iter().all(inside) { ring.clone() } else { sides.iter().fold(ring.clone(), |ring, side| side.clip(&ring)) }
        };
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let outer = clip(&part.outer);
            let holes: Vec<Ring> = part.holes.iter().map(clip).filter(|ring| has_area(ring)).collect();
            if has_area(&outer) {
                parts.push(Part { outer, holes });
            } else {
                // By the even-odd rule a hole outside its outline covers something, so it is kept as an area of its own.
                parts.extend(holes.into_iter().map(|outer| Part { outer, holes: Vec::new() }));
            }
        }
        Some(Self { parts })
    }

    /// The same area by the even-odd rule with rings that do not cross. Corners move by at most a few millionths of the
    /// image's size, because they are put on an integer grid. All points must lie within the image. Comes back without
    /// parts when nothing has an area.
    #[must_use]
    pub fn untangled(&self, width: u32, height: u32) -> Self {
        // A power of two, so that going to the grid and back is exact and the same input gives the same output everywhere.
        let side = f64::from(width.max(height).max(1)).log2().ceil().exp2();
        let Ok(rect) = FloatRect::new(0.0, side, 0.0, side) else { return Self::default() };
        let contours: Vec<Vec<[f64; 2]>> = self.rings().map(|ring| ring.iter().map(|&p| p.into()).collect()).collect();
        let adapter = FloatPointAdapter::<[f64; 2], i32>::new_conservative(rect);
        let shapes = FloatOverlay::<[f64; 2], i32>::with_adapter(adapter, self.points())
            .unsafe_add_source(&contours, ShapeType::Subject)
            .overlay(OverlayRule::Subject, FillRule::EvenOdd);
        let ring = |points: Vec<[f64; 2]>| points.into_iter().map(Point::from).collect::<Ring>();
        let part = |shape: Vec<Vec<[f64; 2]>>| {
            let mut rings = shape.into_iter().map(ring);
            rings.next().map(|outer| Part { outer, holes: rings.collect() })
        };
        Self { parts: shapes.into_iter().filter_map(part).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::crossing::count_crossings;

    fn simple(points: &[[f64; 2]]) -> Polygon {
        Polygon::simple(points.iter().map(|&p| p.into()).collect())
    }

    #[test]
    fn what_lies_inside_is_not_touched() {
        assert_eq!(simple(&[[0.0, 0.0], [8.0, 0.0], [8.0, 6.0]]).clipped(8, 6), None);
        let cut = simple(&[[-2.0, 1.0], [4.1, 1.0], [4.1, 3.3], [-2.0, 3.3]]).clipped(8, 6).unwrap();
        assert_eq!(cut, simple(&[[0.0, 1.0], [4.1, 1.0], [4.1, 3.3], [0.0, 3.3]]));
        assert_eq!(simple(&[[-5.0, 0.0], [-1.0, 0.0], [-1.0, 6.0]]).clipped(8, 6).unwrap().parts, []);
    }

    #[test]
    fn crossing_rings_are_untangled_by_the_even_odd_rule() {
        let bow_tie = simple(&[[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0]]);
        let repaired = bow_tie.untangled(10, 10);
        assert_eq!(repaired.parts.len(), 2);
        assert_eq!(count_crossings(&repaired), Ok(0));
        assert_eq!(repaired.to_mask(10, 10), bow_tie.to_mask(10, 10));
        assert_eq!(simple(&[[1.0, 1.0], [5.0, 5.0], [3.0, 3.0]]).untangled(10, 10).parts, []);
    }
}
