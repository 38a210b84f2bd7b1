//! Polygons to pixels, by one rule that the editor follows too.
//!
//! A pixel is covered when its centre is inside by the even-odd rule. An edge whose ends are ordered `a.y <= b.y` crosses the row
//! of centres `cy = y + 0.5` exactly if `a.y <= cy < b.y`, at `a.x + (cy - a.y) * (b.x - a.x) / (b.y - a.y)`, computed in
//! that order of operations in 64-bit floating point. Between the crossings `2k` and `2k + 1` of a row in ascending order
//! the pixels from `ceil(x0 - 0.5)` up to and without `ceil(x1 - 0.5)` are covered. As an edge gives the same crossings
//! whichever way it is walked, areas that share an edge neither overlap nor leave a gap.

use super::{Mask, Point, Polygon, runs::RunBuilder};

/// An edge that crosses at least one row of pixel centres.
struct Edge {
    first_row: u32,
    /// One past the last row it crosses.
    end_row: u32,
    a: Point,
    b: Point,
    /// Where it crosses the row at hand.
    x: f64,
}

impl Edge {
    fn cross(&mut self, row: u32) {
        let cy = f64::from(row) + 0.5;
        self.x = self.a.x + (cy - self.a.y) * (self.b.x - self.a.x) / (self.b.y - self.a.y);
    }
}

/// The first whole pixel whose centre is at or after `position`, kept within `0..=limit`. A position that is not a number gives 0.
fn pixel_at(position: f64, limit: u32) -> u32 {
    // A float is cast to an integer by truncation that saturates, so no value can wrap around.
    ((position - 0.5).ceil() as i64).clamp(0, i64::from(limit)) as u32
}

/// How many row crossings rasterising a polygon costs; the work grows with this number, not with the number of points alone.
#[must_use]
pub fn row_crossings(polygon: &Polygon, height: u32) -> u64 {
    edges(polygon, height).map(|edge| u64::from(edge.end_row - edge.first_row)).sum()
}

fn edges(polygon: &Polygon, height: u32) -> impl Iterator<Item = Edge> {
    let of_ring = |ring: &'_ [Point]| {
        let last = ring.last().copied();
        last.into_iter().chain(ring.iter().copied()).zip(ring.iter().copied()).collect::<Vec<_>>()
    };
    polygon.rings().flat_map(move |ring| of_ring(ring)).filter_map(move |(from, to)| {
        let (a, b) = if from.y <= to.y { (from, to) } else { (to, from) };
        let (first_row, end_row) = (pixel_at(a.y, height), pixel_at(b.y, height));
        (first_row < end_row).then_some(Edge { first_row, end_row, a, b, x: 0.0 })
    })
}

/// Calls `span(row, from, to)` for every stretch of covered pixels, `from` included and `to` not, row by row and from left to
/// right. Stretches of one row may touch but never overlap. Any polygon is taken, also one that is not valid.
pub fn rasterize(polygon: &Polygon, width: u32, height: u32, mut span: impl FnMut(u32, u32, u32)) {
    let mut waiting: Vec<Edge> = edges(polygon, height).collect();
    // The next one to begin is taken from the end.
    waiting.sort_unstable_by_key(|edge| std::cmp::Reverse(edge.first_row));
    let mut active: Vec<Edge> = Vec::new();
    let mut row = 0;
    loop {
        active.retain(|edge| edge.end_row > row);
        if active.is_empty() {
            match waiting.last() {
                Some(next) => row = next.first_row,
                None => return,
            }
        }
        while waiting.last().is_some_and(|edge| edge.first_row <= row) {
            active.extend(waiting.pop());
        }
        for edge in &mut active {
            edge.cross(row);
        }
        // The order of the row above is nearly the order of this one, which the stable sort takes advantage of.
        active.sort_by(|one, other| one.x.total_cmp(&other.x));
        for pair in active.chunks_exact(2) {
            let (from, to) = (pixel_at(pair[0].x, width), pixel_at(pair[1].x, width));
            if from < to {
                span(row, from, to);
            }
        }
        row += 1;
    }
}

impl Polygon {
    /// The pixels the polygon covers in an image of that size; `None` if the size is zero or larger than a mask can be.
    #[must_use]
    pub fn to_mask(&self, width: u32, height: u32) -> Option<Mask> {
        let mut runs = RunBuilder::new(width, height).ok()?;
        rasterize(self, width, height, |row, from, to| runs.push(row * width + from, to - from));
        Some(runs.finish())
    }

    /// How many pixels the polygon covers in an image of that size.
    #[must_use]
    pub fn pixels(&self, width: u32, height: u32) -> u64 {
        let mut pixels = 0;
        rasterize(self, width, height, |_, from, to| pixels += u64::from(to - from));
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(rings: &[&[[f64; 2]]]) -> Polygon {
        let part = |ring: &&[[f64; 2]]| super::super::Part { outer: ring.iter().map(|&p| p.into()).collect(), holes: Vec::new() };
        Polygon { parts: rings.iter().map(part).collect() }
    }

    #[test]
    fn a_square_covers_the_pixels_whose_centres_it_holds() {
        let square = polygon(&[&[[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]]]);
        assert_eq!(square.to_mask(4, 4).unwrap().runs(), [5, 2, 2, 2, 5]);
        let shifted = polygon(&[&[[1.5, 1.5], [3.5, 1.5], [3.5, 3.5], [1.5, 3.5]]]);
        assert_eq!(shifted.to_mask(4, 4).unwrap().runs(), [5, 2, 2, 2, 5]);
        let beyond = polygon(&[&[[-9.0, -9.0], [99.0, -9.0], [99.0, 99.0], [-9.0, 99.0]]]);
        assert_eq!(beyond.to_mask(4, 4).unwrap().runs(), [0, 16]);
    }

    #[test]
    fn rings_cancel_each_other() {
        let ring = polygon(&[&[[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0]], &[[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0]]]);
        assert_eq!(ring.to_mask(3, 3).unwrap().runs(), [0, 4, 1, 4]);
        assert_eq!(ring.pixels(3, 3), 8);
        assert_eq!(row_crossings(&ring, 3), 8);
    }

    #[test]
    fn odd_numbers_and_empty_rings_do_no_harm() {
        let odd = polygon(&[
            &[[f64::NAN, 0.0], [f64::INFINITY, 3.0], [f64::NEG_INFINITY, f64::MAX]],
            &[],
            &[[1.0, 1.0]],
            &[[f64::MIN, f64::MIN], [f64::MAX, f64::MAX]],
        ]);
        assert!(odd.to_mask(4, 4).is_some());
        assert!(Polygon::default().to_mask(0, 4).is_none());
        assert_eq!(Polygon::default().to_mask(2, 2).unwrap().area(), 0);
    }
}
