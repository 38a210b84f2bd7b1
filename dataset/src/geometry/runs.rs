//! Building runs, and combining masks run by run without ever decoding them.

use super::mask::{Mask, MaskError, check_size};

/// Puts a mask together from stretches of covered pixels in ascending order.
pub(crate) struct RunBuilder {
    width: u32,
    height: u32,
    pixels: u32,
    runs: Vec<u32>,
    /// One past the last covered pixel.
    end: u32,
}

impl RunBuilder {
    pub(crate) fn new(width: u32, height: u32) -> Result<Self, MaskError> {
        Ok(Self { width, height, pixels: check_size(width, height)?, runs: Vec::new(), end: 0 })
    }

    /// Adds `length` covered pixels from pixel number `start` on, which must not lie before the end of the stretch before.
    pub(crate) fn push(&mut self, start: u32, length: u32) {
        debug_assert!(start >= self.end && start + length <= self.pixels, "stretches come in order and within the mask");
        if length == 0 {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if start == self.end => *last += length,
            _ => self.runs.extend([start - self.end, length]),
        }
        self.end = start + length;
    }

    pub(crate) fn finish(mut self) -> Mask {
        if self.end < self.pixels || self.runs.is_empty() {
            self.runs.push(self.pixels - self.end);
        }
        Mask::from_canonical(self.width, self.height, self.runs)
    }
}

/// Walks the runs of two masks at once: calls `stretch(start, length, in_a, in_b)` for every stretch on which neither changes.
fn walk(a: &Mask, b: &Mask, mut stretch: impl FnMut(u32, u32, bool, bool)) -> Result<(), MaskError> {
    if (a.width(), a.height()) != (b.width(), b.height()) {
        return Err(MaskError::SizesDiffer(a.width(), a.height(), b.width(), b.height()));
    }
    let (mut runs_a, mut runs_b) = (a.runs().iter(), b.runs().iter());
    let (mut in_a, mut in_b) = (true, true);
    let (mut left_a, mut left_b) = (0u32, 0u32);
    let mut at = 0;
    loop {
        while left_a == 0 {
            let Some(&run) = runs_a.next() else { return Ok(()) };
            (left_a, in_a) = (run, !in_a);
        }
        while left_b == 0 {
            let Some(&run) = runs_b.next() else { return Ok(()) };
            (left_b, in_b) = (run, !in_b);
        }
        let length = left_a.min(left_b);
        stretch(at, length, in_a, in_b);
        at += length;
        left_a -= length;
        left_b -= length;
    }
}

fn combine(a: &Mask, b: &Mask, keep: impl Fn(bool, bool) -> bool) -> Result<Mask, MaskError> {
    let mut runs = RunBuilder::new(a.width(), a.height())?;
    walk(a, b, |start, length, in_a, in_b| {
        if keep(in_a, in_b) {
            runs.push(start, length);
        }
    })?;
    Ok(runs.finish())
}

/// A rectangle of whole pixels, `right` and `bottom` not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelBox {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

impl Mask {
    /// Pixels inside this mask or the other.
    ///
    /// # Errors
    /// The masks differ in size.
    pub fn union(&self, other: &Self) -> Result<Self, MaskError> {
        combine(self, other, |a, b| a || b)
    }

    /// Pixels inside both masks.
    ///
    /// # Errors
    /// The masks differ in size.
    pub fn intersect(&self, other: &Self) -> Result<Self, MaskError> {
        combine(self, other, |a, b| a && b)
    }

    /// Pixels inside this mask and not the other.
    ///
    /// # Errors
    /// The masks differ in size.
    pub fn subtract(&self, other: &Self) -> Result<Self, MaskError> {
        combine(self, other, |a, b| a && !b)
    }

    /// How many pixels are inside both masks.
    ///
    /// # Errors
    /// The masks differ in size.
    pub fn intersection_area(&self, other: &Self) -> Result<u64, MaskError> {
        let mut area = 0;
        walk(self, other, |_, length, a, b| area += u64::from(length) * u64::from(a && b))?;
        Ok(area)
    }

    /// Whether no pixel is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs().len() <= 1
    }

    /// The stretches inside, cut at the ends of rows: `(row, from, to)` with `to` not included.
    pub fn row_spans(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let width = self.width();
        self.spans().flat_map(move |(start, length)| {
            let last = start + length.max(1) - 1;
            (start / width..=last / width).map(move |row| {
                let begin = row * width;
                (row, start.max(begin) - begin, (start + length).min(begin + width) - begin)
            })
        })
    }

    /// The smallest rectangle around all pixels inside; `None` for an empty mask.
    #[must_use]
    pub fn bounds(&self) -> Option<PixelBox> {
        let mut bounds: Option<PixelBox> = None;
        let width = self.width();
        for (start, length) in self.spans() {
            let last = start + length - 1;
            let (top, bottom) = (start / width, last / width + 1);
            // A run that goes on in the next row touches both sides of the image.
            let (left, right) = if bottom - top > 1 { (0, width) } else { (start % width, last % width + 1) };
            bounds = Some(match bounds {
                None => PixelBox { left, top, right, bottom },
                Some(b) => PixelBox { left: b.left.min(left), top: b.top, right: b.right.max(right), bottom },
            });
        }
        bounds
    }

    /// What of the mask lies in that rectangle, as a mask of the rectangle's size.
    ///
    /// # Errors
    /// The rectangle is empty. Where it goes beyond the mask nothing is inside.
    pub fn crop(&self, window: PixelBox) -> Result<Self, MaskError> {
        let (width, height) = (window.right.saturating_sub(window.left), window.bottom.saturating_sub(window.top));
        self.moved(width, height, -i64::from(window.left), -i64::from(window.top))
    }

    /// The mask moved by whole pixels into an image of another size; what falls outside is cut off.
    ///
    /// # Errors
    /// The new size is zero or absurd.
    pub fn moved(&self, width: u32, height: u32, right: i64, down: i64) -> Result<Self, MaskError> {
        let mut runs = RunBuilder::new(width, height)?;
        let inside = |value: i64, by: i64, limit: u32| value.saturating_add(by).clamp(0, i64::from(limit)) as u32;
        for (row, from, to) in self.row_spans() {
            let to_row = i64::from(row).saturating_add(down);
            if to_row < 0 || to_row >= i64::from(height) {
                continue;
            }
            let (from, to) = (inside(i64::from(from), right, width), inside(i64::from(to), right, width));
            if from < to {
                runs.push(to_row as u32 * width + from, to - from);
            }
        }
        Ok(runs.finish())
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
    fn masks_combine_run_by_run() {
        let (a, b) = (mask(&["##..", "##..", "...."]), mask(&[".##.", ".##.", "...#"]));
        assert_eq!(a.union(&b).unwrap(), mask(&["###.", "###.", "...#"]));
        assert_eq!(a.intersect(&b).unwrap(), mask(&[".#..", ".#..", "...."]));
        assert_eq!(a.subtract(&b).unwrap(), mask(&["#...", "#...", "...."]));
        assert_eq!(a.intersection_area(&b).unwrap(), 2);
        assert!(a.subtract(&a).unwrap().is_empty());
        assert!(matches!(a.union(&mask(&["#"])), Err(MaskError::SizesDiffer(4, 3, 1, 1))));
    }

    #[test]
    fn bounds_crop_and_move() {
        let a = mask(&["....", ".##.", "..#."]);
        assert_eq!(a.bounds(), Some(PixelBox { left: 1, top: 1, right: 3, bottom: 3 }));
        assert_eq!(a.crop(a.bounds().unwrap()).unwrap(), mask(&["##", ".#"]));
        assert_eq!(a.moved(4, 3, -1, -1).unwrap(), mask(&["##..", ".#..", "...."]));
        assert_eq!(a.moved(2, 2, i64::MAX, i64::MIN).unwrap().area(), 0);
        assert_eq!(mask(&["..#", "#.."]).bounds(), Some(PixelBox { left: 0, top: 0, right: 3, bottom: 2 }));
        assert_eq!(mask(&["..", ".."]).bounds(), None);
    }
}
