//! Masks to polygons, exactly: outlines run along pixel corners, so that rasterising them gives the same mask again.

use super::{Mask, Part, Point, Polygon, Ring, components::segments};

/// The pixels of a mask's bounding box with a border of one, one byte a pixel.
struct Grid {
    stride: usize,
    left: u32,
    top: u32,
    cells: Vec<u8>,
}

const INSIDE: u8 = 1;
/// The line along this pixel's top side belongs to a ring that is already traced.
const TRACED: u8 = 2;

/// Directions in the order of right turns on the screen; covered pixels are always on the right hand.
const EAST: u8 = 0;
const SOUTH: u8 = 1;
const WEST: u8 = 2;

impl Grid {
    fn at(&self, x: u32, y: u32) -> usize {
        (y - self.top + 1) as usize * self.stride + (x - self.left + 1) as usize
    }

    /// Follows the ring that begins at the top left corner of that pixel and goes right along its top side.
    /// Returns the corners and whether the ring is an outline (true) or a hole (false).
    fn trace(&mut self, x: u32, y: u32) -> (Ring, bool) {
        let start = self.at(x, y);
        let stride = self.stride;
        // `pixel` is the covered pixel on the right hand of the step at hand, `(px, py)` the corner that the step begins at.
        let (mut pixel, mut direction) = (start, EAST);
        let (mut px, mut py) = (f64::from(x), f64::from(y));
        let mut ring = vec![Point { x: px, y: py }];
        // Twice the signed area, summed over the horizontal steps.
        let mut doubled_area = 0.0;
        loop {
            match direction {
                EAST => {
                    self.cells[pixel] |= TRACED;
                    px += 1.0;
                    doubled_area -= py;
                }
                SOUTH => py += 1.0,
                WEST => {
                    px -= 1.0;
                    doubled_area += py;
                }
                _ => py -= 1.0,
            }
            // Offsets of the pixels ahead on the right and on the left hand.
            let (ahead, left) = match direction {
                EAST => (pixel + 1, pixel + 1 - stride),
                SOUTH => (pixel + stride, pixel + stride + 1),
                WEST => (pixel - 1, pixel - 1 + stride),
                _ => (pixel - stride, pixel - stride - 1),
            };
            let turned = if self.cells[ahead] & INSIDE == 0 {
                // Nothing ahead on the right hand: around this pixel's corner. A pixel across the corner is not connected.
                (direction + 1) % 4
            } else if self.cells[left] & INSIDE == 0 {
                pixel = ahead;
                direction
            } else {
                pixel = left;
                (direction + 3) % 4
            };
            if turned != direction {
                direction = turned;
                if pixel == start && direction == EAST {
                    return (ring, doubled_area > 0.0);
                }
                ring.push(Point { x: px, y: py });
            }
        }
    }
}

impl Mask {
    /// The polygon along the corners of the pixels that covers exactly this mask: one part for each connected area in the
    /// order of their first pixels, with the holes in it. Outlines begin at the left end of their topmost side and go
    /// clockwise as seen on the screen, holes counterclockwise; no corner lies between two others on one line.
    #[must_use]
    pub fn to_polygon(&self) -> Polygon {
        let Some(bounds) = self.bounds() else { return Polygon::default() };
        let (segments, count) = segments(self);
        let stride = (bounds.right - bounds.left + 2) as usize;
        let rows = (bounds.bottom - bounds.top + 2) as usize;
        let mut grid = Grid { stride, left: bounds.left, top: bounds.top, cells: vec![0; stride * rows] };
        for s in &segments {
            let (from, to) = (grid.at(s.from, s.row), grid.at(s.to, s.row));
            grid.cells[from..to].fill(INSIDE);
        }
        let mut parts = vec![Part::default(); count as usize];
        for s in &segments {
            let begin = grid.at(s.from, s.row);
            for x in s.from..s.to {
                let pixel = begin + (x - s.from) as usize;
                // Every ring has a top side somewhere, so all rings are found from the top sides that no ring has taken yet.
                if grid.cells[pixel - stride] & INSIDE == 0 && grid.cells[pixel] & TRACED == 0 {
                    let (ring, outline) = grid.trace(x, s.row);
                    let part = &mut parts[s.component as usize];
                    if outline {
                        part.outer = ring;
                    } else {
                        part.holes.push(ring);
                    }
                }
            }
        }
        Polygon { parts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Mask {
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        Mask::from_bitmap(rows[0].len() as u32, rows.len() as u32, &inside).unwrap()
    }

    fn numbers(ring: &Ring) -> Vec<[f64; 2]> {
        ring.iter().map(|&p| p.into()).collect()
    }

    #[test]
    fn outlines_have_only_corners() {
        let polygon = mask(&["....", ".##.", ".##.", "...."]).to_polygon();
        assert_eq!(numbers(&polygon.parts[0].outer), [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]]);
    }

    #[test]
    fn holes_belong_to_the_area_around_them() {
        let m = mask(&["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"]);
        let polygon = m.to_polygon();
        assert_eq!(polygon.parts.len(), 2);
        assert_eq!(polygon.parts.iter().map(|p| p.holes.len()).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(numbers(&polygon.parts[1].outer)[0], [2.0, 2.0]);
        assert_eq!(polygon.to_mask(7, 7).unwrap(), m);
    }

    #[test]
    fn pixels_that_meet_at_a_corner_are_two_parts() {
        let m = mask(&["#.", ".#"]);
        let polygon = m.to_polygon();
        assert_eq!(polygon.parts.len(), 2);
        assert_eq!(polygon.to_mask(2, 2).unwrap(), m);
        let holes = mask(&["####", "#.##", "##.#", "####"]);
        assert_eq!(holes.to_polygon().to_mask(4, 4).unwrap(), holes);
        assert_eq!(mask(&["..", ".."]).to_polygon(), Polygon::default());
    }
}
