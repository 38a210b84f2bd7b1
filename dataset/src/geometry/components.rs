//! Connected areas of a mask. Pixels are connected along their sides, not over corners.

use super::{Mask, mask::MaskError, runs::RunBuilder};

/// A stretch of covered pixels in one row, and the component it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub row: u32,
    pub from: u32,
    pub to: u32,
    /// Components are numbered in the order of their first pixels.
    pub component: u32,
}

/// The stretches of a mask row by row with their components, and how many components there are.
pub(super) fn segments(mask: &Mask) -> (Vec<Segment>, u32) {
    let mut segments: Vec<Segment> = Vec::with_capacity(mask.runs().len() / 2);
    // A forest over the segments: each points at an earlier one of its component or at itself.
    let mut parent: Vec<u32> = Vec::with_capacity(segments.capacity());
    // Segments of the row above that may still touch one of this row.
    let (mut above, mut this_row) = (0, 0);
    for (row, from, to) in mask.row_spans() {
        let index = segments.len();
        if segments.last().is_none_or(|last| last.row != row) {
            above = this_row;
            this_row = index;
        }
        parent.push(index as u32);
        while above < this_row && (segments[above].row + 1 < row || segments[above].to <= from) {
            above += 1;
        }
        let mut touching = above;
        while touching < this_row && segments[touching].from < to {
            join(&mut parent, touching as u32, index as u32);
            touching += 1;
        }
        segments.push(Segment { row, from, to, component: 0 });
    }
    let mut count = 0;
    for index in 0..segments.len() {
        let root = find(&mut parent, index as u32) as usize;
        // The root is the component's earliest segment, so it has its number already.
        segments[index].component = if root == index {
            count += 1;
            count - 1
        } else {
            segments[root].component
        };
    }
    (segments, count)
}

fn find(parent: &mut [u32], mut index: u32) -> u32 {
    while parent[index as usize] != index {
        parent[index as usize] = parent[parent[index as usize] as usize];
        index = parent[index as usize];
    }
    index
}

fn join(parent: &mut [u32], one: u32, other: u32) {
    let (one, other) = (find(parent, one), find(parent, other));
    parent[one.max(other) as usize] = one.min(other);
}

impl Mask {
    /// The connected areas of the mask, each as a mask of the same size, in the order of their first pixels.
    ///
    /// # Errors
    /// There are more than `limit` areas; each costs a mask, so a noisy mask could cost a great deal.
    pub fn components(&self, limit: usize) -> Result<Vec<Self>, MaskError> {
        let (segments, count) = segments(self);
        if count as usize > limit {
            return Err(MaskError::TooManyParts { parts: count as usize, limit });
        }
        let mut builders = (0..count).map(|_| RunBuilder::new(self.width(), self.height())).collect::<Result<Vec<_>, _>>()?;
        for s in segments {
            builders[s.component as usize].push(s.row * self.width() + s.from, s.to - s.from);
        }
        Ok(builders.into_iter().map(RunBuilder::finish).collect())
    }

    /// How many pixels each connected area has, in the order of their first pixels.
    #[must_use]
    pub fn component_areas(&self) -> Vec<u64> {
        let (segments, count) = segments(self);
        let mut areas = vec![0; count as usize];
        for s in segments {
            areas[s.component as usize] += u64::from(s.to - s.from);
        }
        areas
    }

    /// The mask without its connected areas of fewer than `smallest` pixels.
    #[must_use]
    pub fn without_specks(&self, smallest: u64) -> Self {
        let areas = self.component_areas();
        let (segments, _) = segments(self);
        let Ok(mut runs) = RunBuilder::new(self.width(), self.height()) else { return self.clone() };
        for s in segments.iter().filter(|s| areas[s.component as usize] >= smallest) {
            runs.push(s.row * self.width() + s.from, s.to - s.from);
        }
        runs.finish()
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
    fn corners_do_not_connect_and_branches_join_late() {
        let comb = mask(&["#.#.#.", "#.#.#.", "###...", ".....#"]);
        let parts = comb.components(10).unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], mask(&["#.#...", "#.#...", "###...", "......"]));
        assert_eq!(comb.component_areas(), [7, 2, 1]);
        assert_eq!(comb.without_specks(2), mask(&["#.#.#.", "#.#.#.", "###...", "......"]));
        assert!(matches!(comb.components(2), Err(MaskError::TooManyParts { parts: 3, limit: 2 })));
    }
}
