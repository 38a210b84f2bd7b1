//! Filling the holes of a mask.

use super::{Mask, PixelBox};

/// Stretches outside a mask within its bounds, and which of them hang together, over corners too.
struct Gaps {
    /// Row, first column and end of each stretch.
    stretches: Vec<(u32, u32, u32)>,
    /// A forest over the stretches, numbered from 1; number 0 stands for everything beyond the bounds.
    parent: Vec<u32>,
}

impl Gaps {
    fn new(mask: &Mask, bounds: PixelBox) -> Self {
        let mut gaps = Self { stretches: Vec::new(), parent: vec![0] };
        let (mut row, mut column) = (bounds.top, bounds.left);
        let (mut above, mut here) = (0, 0);
        let mut end_row = |gaps: &mut Self, row: &mut u32, column: &mut u32| {
            gaps.add(bounds, *row, *column, bounds.right);
            gaps.connect(above, here);
            (above, here) = (here, gaps.stretches.len());
            (*row, *column) = (*row + 1, bounds.left);
        };
        for (y, from, to) in mask.row_spans() {
            while row < y {
                end_row(&mut gaps, &mut row, &mut column);
            }
            gaps.add(bounds, row, column, from);
            column = to;
        }
        while row < bounds.bottom {
            end_row(&mut gaps, &mut row, &mut column);
        }
        gaps
    }

    fn add(&mut self, bounds: PixelBox, row: u32, from: u32, to: u32) {
        if from >= to {
            return;
        }
        let at_the_edge = from == bounds.left || to == bounds.right || row == bounds.top || row + 1 == bounds.bottom;
        self.parent.push(if at_the_edge { 0 } else { self.parent.len() as u32 });
        self.stretches.push((row, from, to));
    }

    /// Joins the stretches of the row from `here` on with those of the row above, which begin at `above`.
    fn connect(&mut self, above: usize, here: usize) {
        let (mut one, mut other) = (above, here);
        while one < here && other < self.stretches.len() {
            let ((_, from_a, to_a), (_, from_b, to_b)) = (self.stretches[one], self.stretches[other]);
            if from_a <= to_b && from_b <= to_a {
                let (a, b) = (self.root(one as u32 + 1), self.root(other as u32 + 1));
                self.parent[a.max(b) as usize] = a.min(b);
            }
            if to_a < to_b {
                one += 1;
            } else {
                other += 1;
            }
        }
    }

    fn root(&mut self, mut number: u32) -> u32 {
        while self.parent[number as usize] != number {
            let next = self.parent[self.parent[number as usize] as usize];
            self.parent[number as usize] = next;
            number = next;
        }
        number
    }
}

impl Mask {
    /// The mask with its holes inside too. What is open over a corner of a pixel is no hole, as with outlines.
    #[must_use]
    pub fn filled(&self) -> Self {
        let Some(bounds) = self.bounds() else { return self.clone() };
        let mut gaps = Gaps::new(self, bounds);
        let holes: Vec<u32> = (0..gaps.stretches.len() as u32).filter(|&i| gaps.root(i + 1) != 0).collect();
        let mut covered: Vec<(u32, u32)> = self.spans().collect();
        covered.extend(holes.into_iter().map(|i| {
            let (row, from, to) = gaps.stretches[i as usize];
            (row * self.width() + from, to - from)
        }));
        covered.sort_unstable();
        let mut runs = Vec::with_capacity(2 * covered.len() + 1);
        let mut end = 0;
        for (start, length) in covered {
            match runs.last_mut() {
                Some(last) if start == end => *last += length,
                _ => runs.extend([start - end, length]),
            }
            end = start + length;
        }
        let pixels = self.width() * self.height();
        if end < pixels {
            runs.push(pixels - end);
        }
        Self::from_canonical(self.width(), self.height(), runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Mask {
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        Mask::from_bitmap(rows[0].len() as u32, rows.len() as u32, &inside).unwrap()
    }

    #[test]
    fn holes_are_filled_and_bays_are_not() {
        let ring = mask(&[".......", ".#####.", ".#...#.", ".#.#.#.", ".#...#.", ".#####.", "......."]);
        assert_eq!(ring.filled(), mask(&[".......", ".#####.", ".#####.", ".#####.", ".#####.", ".#####.", "......."]));
        let bay = mask(&["####", "#..#", "#.##", "#.##"]);
        assert_eq!(bay.filled(), bay);
        let corner = mask(&["###.", "#.#.", "##.#", "...."]);
        assert_eq!(corner.filled(), corner);
        assert_eq!(mask(&["..", ".."]).filled(), mask(&["..", ".."]));
    }
}
