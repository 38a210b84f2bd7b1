//! Fewer points for nearly the same outline.

use super::{Part, Point, Polygon, Ring};

/// The square of the distance from a point to the stretch between `a` and `b`.
fn squared_distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((p.x - a.x) * dx + (p.y - a.y) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (p.x - a.x - t * dx).powi(2) + (p.y - a.y - t * dy).powi(2)
}

/// The point between two others that is farthest from the line between them, and the square of its distance.
fn farthest(ring: &[Point], from: usize, to: usize) -> Option<(usize, f64)> {
    let (a, b) = (ring[from], ring[to % ring.len()]);
    ((from + 1)..to).map(|i| (i, squared_distance(ring[i], a, b))).max_by(|one, other| one.1.total_cmp(&other.1))
}

/// A ring with fewer points (Douglas and Peucker): no dropped point is farther than `tolerance` pixels from the new line. `None`
/// when fewer than three points would be left.
#[must_use]
pub fn simplify_ring(ring: &[Point], tolerance: f64) -> Option<Ring> {
    if ring.len() <= 3 || tolerance.is_nan() || tolerance <= 0.0 {
        return (ring.len() >= 3).then(|| ring.to_vec());
    }
    // A closed line has no ends; the first point and the one farthest from it serve as such.
    let (opposite, _) = farthest(ring, 0, ring.len())?;
    let mut keep = vec![false; ring.len()];
    (keep[0], keep[opposite]) = (true, true);
    let mut stretches = vec![(0, opposite), (opposite, ring.len())];
    while let Some((from, to)) = stretches.pop() {
        if let Some((middle, distance)) = farthest(ring, from, to)
            && distance > tolerance * tolerance
        {
            keep[middle] = true;
            stretches.extend([(from, middle), (middle, to)]);
        }
    }
    let out: Ring = ring.iter().zip(keep).filter_map(|(&point, keep)| keep.then_some(point)).collect();
    (out.len() >= 3).then_some(out)
}

impl Polygon {
    /// The polygon with fewer points, none of the dropped ones farther than `tolerance` pixels from the new outline. An outline
    /// too small for the tolerance stays as it is; such a hole is filled. Rings may cross afterwards where they were closer
    /// together than the tolerance.
    #[must_use]
    pub fn simplified(&self, tolerance: f64) -> Self {
        let part = |part: &Part| Part {
            outer: simplify_ring(&part.outer, tolerance).unwrap_or_else(|| part.outer.clone()),
            holes: part.holes.iter().filter_map(|hole| simplify_ring(hole, tolerance)).collect(),
        };
        Self { parts: self.parts.iter().map(part).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[[f64; 2]]) -> Ring {
        points.iter().map(|&p| p.into()).collect()
    }

    #[test]
    fn small_steps_go_and_corners_stay() {
        let square = ring(&[[0.0, 0.0], [5.0, 0.2], [10.0, 0.0], [10.0, 10.0], [5.0, 9.9], [0.0, 10.0]]);
        assert_eq!(simplify_ring(&square, 0.5), Some(ring(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])));
        assert_eq!(simplify_ring(&square, 0.0), Some(square.clone()));
        assert_eq!(simplify_ring(&square, f64::NAN), Some(square.clone()));
        assert_eq!(simplify_ring(&square, 100.0), None);
        assert_eq!(Polygon::simple(square.clone()).simplified(100.0), Polygon::simple(square));
        assert_eq!(simplify_ring(&[], 1.0), None);
    }
}
