//! Finding places where the rings of a polygon cross.

use super::{Point, Polygon};

/// More crossings than this are not counted, because nobody draws them and repairing them would take too long.
pub const MAX_CROSSINGS: usize = 20_000;

/// How many pairs of edges are looked at before a polygon counts as too complex. Drawn and traced outlines stay far below.
const MAX_PAIRS: usize = 30_000_000;

/// How often edges may be listed in strips, which bounds the memory; only many long edges come near it.
const MAX_ENTRIES: usize = 4_000_000;

/// A polygon that would take too long to look through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooComplex;

/// An edge with the point that follows it in its ring.
#[derive(Clone, Copy)]
struct Edge {
    a: Point,
    b: Point,
    next: Point,
    /// Extents along the axis that is swept, and across it.
    along: [f64; 2],
    across: [f64; 2],
}

/// Which side of the line through `a` and `b` a point is on: 1, -1, or 0 when it is on the line or too close to it for
/// 64-bit arithmetic to tell.
fn side(a: Point, b: Point, p: Point) -> i8 {
    let (left, right) = ((a.x - p.x) * (b.y - p.y), (a.y - p.y) * (b.x - p.x));
    let (value, bound) = (left - right, (left.abs() + right.abs()) * 3.4e-16);
    if value > bound {
        1
    } else if value < -bound {
        -1
    } else {
        0
    }
}

/// Whether the ring of `one`, at that edge's end, goes from one side of `other` to the opposite side.
fn passes_through(one: &Edge, other: &Edge) -> bool {
    let (d, p) = (Point { x: other.b.x - other.a.x, y: other.b.y - other.a.y }, one.b);
    let position = (p.x - other.a.x) * d.x + (p.y - other.a.y) * d.y;
    let strictly_between = position > 0.0 && position < d.x * d.x + d.y * d.y && p != other.a && p != other.b;
    strictly_between && side(other.a, other.b, p) == 0 && side(other.a, other.b, one.a) * side(other.a, other.b, one.next) < 0
}

fn cross(one: &Edge, other: &Edge) -> bool {
    let (a, b) = (side(other.a, other.b, one.a), side(other.a, other.b, one.b));
    if a * b > 0 {
        return false;
    }
    let (c, d) = (side(one.a, one.b, other.a), side(one.a, one.b, other.b));
    (a * b < 0 && c * d < 0) || passes_through(one, other) || passes_through(other, one)
}

/// How many pairs of edges cross, up to `MAX_CROSSINGS`.
///
/// Lines that only touch do not cross, nor do edges that lie on one another: what such rings cover is well defined, and
/// outlines traced from masks touch at corners.
///
/// # Errors
/// There are more crossings, or too many pairs of edges that could cross.
pub fn count_crossings(polygon: &Polygon) -> Result<usize, TooComplex> {
    let extent = |a: f64, b: f64| [a.min(b), a.max(b)];
    let mut edges = Vec::with_capacity(polygon.points());
    let (mut sum_x, mut sum_y) = (0.0, 0.0);
    for ring in polygon.rings() {
        // A point repeated at once makes an edge without length, which could hide where the ring goes on.
        let mut points = ring.clone();
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let n = points.len();
        for i in 0..n {
            let (a, b, next) = (points[i], points[(i + 1) % n], points[(i + 2) % n]);
            let (along, across) = (extent(a.x, b.x), extent(a.y, b.y));
            sum_x += along[1] - along[0];
            sum_y += across[1] - across[0];
            edges.push(Edge { a, b, next, along, across });
        }
    }
    // The axis along which edges are shorter leaves fewer pairs.
    if sum_y < sum_x {
        for edge in &mut edges {
            std::mem::swap(&mut edge.along, &mut edge.across);
        }
    }
    edges.sort_by(|one, other| one.along[0].total_cmp(&other.along[0]));
    let strips = Strips::new(&edges);
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); strips.count];
    let mut entries = 0;
    for (index, edge) in edges.iter().enumerate() {
        let (first, last) = (strips.of(edge.across[0]), strips.of(edge.across[1]));
        entries += last - first + 1;
        if entries > MAX_ENTRIES {
            return Err(TooComplex);
        }
        for list in &mut lists[first..=last] {
            list.push(index as u32);
        }
    }
    let (mut pairs, mut count) = (0, 0);
    let mut active: Vec<Edge> = Vec::new();
    for (strip, list) in lists.into_iter().enumerate() {
        active.clear();
        for index in list {
            let edge = edges[index as usize];
            pairs += active.len();
            if pairs > MAX_PAIRS || count > MAX_CROSSINGS {
                return Err(TooComplex);
            }
            active.retain(|other| other.along[1] >= edge.along[0]);
            for other in &active {
                // A pair that shares several strips is looked at in the first of them.
                let first_shared = strips.of(other.across[0].max(edge.across[0]));
                let near = other.across[1] >= edge.across[0] && edge.across[1] >= other.across[0];
                count += usize::from(near && first_shared == strip && cross(other, &edge));
            }
            active.push(edge);
        }
    }
    if count > MAX_CROSSINGS { Err(TooComplex) } else { Ok(count) }
}

/// Strips of equal width that keep edges apart which lie beside one another, so that few pairs are left to look at.
struct Strips {
    origin: f64,
    per_unit: f64,
    count: usize,
}

impl Strips {
    fn new(edges: &[Edge]) -> Self {
        let low = edges.iter().map(|edge| edge.across[0]).fold(f64::INFINITY, f64::min);
        let high = edges.iter().map(|edge| edge.across[1]).fold(f64::NEG_INFINITY, f64::max);
        let count = (edges.len().isqrt()).clamp(1, 512);
        let per_unit = if high > low { count as f64 / (high - low) } else { 0.0 };
        Self { origin: low, per_unit, count }
    }

    fn of(&self, across: f64) -> usize {
        (((across - self.origin) * self.per_unit) as usize).min(self.count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Mask;

    fn crossings(points: &[[f64; 2]]) -> usize {
        count_crossings(&Polygon::simple(points.iter().map(|&p| p.into()).collect())).unwrap()
    }

    #[test]
    fn crossing_is_not_touching() {
        assert_eq!(crossings(&[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]), 0);
        assert_eq!(crossings(&[[0.0, 0.0], [9.0, 9.0], [9.0, 0.0], [0.0, 9.0]]), 1);
        // Through a corner of its own line.
        assert_eq!(crossings(&[[0.0, 0.0], [10.0, 0.0], [10.0, 5.0], [5.0, 0.0], [5.0, -5.0], [0.0, -5.0]]), 1);
        // The same corner, from above and back again.
        assert_eq!(crossings(&[[0.0, 0.0], [10.0, 0.0], [10.0, 5.0], [5.0, 0.0], [0.0, 5.0]]), 0);
        // A spike that comes back on itself.
        assert_eq!(crossings(&[[0.0, 0.0], [4.0, 0.0], [9.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), 0);
        assert_eq!(crossings(&[[1.0, 1.0], [1.0, 1.0]]), 0);
    }

    #[test]
    fn traced_outlines_never_cross() {
        let mut state = 1u32;
        let noise: Vec<bool> = (0..400 * 400)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 31 == 1
            })
            .collect();
        let polygon = Mask::from_bitmap(400, 400, &noise).unwrap().to_polygon();
        assert!(polygon.points() > 100_000);
        assert_eq!(count_crossings(&polygon), Ok(0));
    }

    #[test]
    fn a_scribble_is_given_up_on() {
        let scribble: Vec<Point> = (0..50_000).map(|i| Point { x: f64::from(i % 7919), y: if i % 2 == 0 { 0.0 } else { 900.0 } }).collect();
        assert_eq!(count_crossings(&Polygon::simple(scribble)), Err(TooComplex));
    }
}
