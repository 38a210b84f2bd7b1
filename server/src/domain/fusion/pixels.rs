//! Votes on pixels, and the band around a disagreement.

use std::collections::BTreeMap;

use labelwright_dataset::geometry::{Mask, PixelBox};

/// How far the band reaches around pixels on which workers disagree.
const BAND: usize = 2;

/// With up to this many workers, patterns of votes are counted in an array.
const FEW: usize = 12;

/// A rectangle of pixels: left, top, and the first column and row beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub x0: usize,
    pub y0: usize,
    pub x1: usize,
    pub y1: usize,
}

impl From<PixelBox> for Window {
    fn from(pixels: PixelBox) -> Self {
        Self { x0: pixels.left as usize, y0: pixels.top as usize, x1: pixels.right as usize, y1: pixels.bottom as usize }
    }
}

impl Window {
    pub fn width(&self) -> usize {
        self.x1 - self.x0
    }

    pub fn height(&self) -> usize {
        self.y1 - self.y0
    }

    pub fn pixels(&self) -> usize {
        self.width() * self.height()
    }

    pub fn touches(&self, other: &Self) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    pub fn union(&self, other: &Self) -> Self {
        Self { x0: self.x0.min(other.x0), y0: self.y0.min(other.y0), x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }

    /// The window with the band's width around it, inside the image.
    pub fn widened(&self, width: usize, height: usize) -> Self {
        Self {
            x0: self.x0.saturating_sub(BAND),
            y0: self.y0.saturating_sub(BAND),
            x1: (self.x1 + BAND).min(width),
            y1: (self.y1 + BAND).min(height),
        }
    }
}

/// Paints the pixels of a mask into a class map of the same size.
pub(crate) fn paint(map: &mut [u8], mask: &Mask, class: u8) {
    for (start, length) in mask.spans() {
        map[start as usize..(start + length) as usize].fill(class);
    }
}

/// Intersection over union of two counts of pixels with `common` pixels in both; 1 when both are empty.
pub(crate) fn iou(a: u64, b: u64, common: u64) -> f64 {
    let union = a + b - common;
    if union == 0 { 1.0 } else { common as f64 / union as f64 }
}

/// Who marked each pixel of a window: one bit a worker.
pub(crate) struct Votes {
    pub window: Window,
    pub bits: Vec<u64>,
    workers: usize,
}

impl Votes {
    /// Votes of objects that lie inside a window; object `k` is worker `k`.
    pub fn of_objects(masks: &[&Mask], window: Window) -> Self {
        let mut bits = vec![0u64; window.pixels()];
        for (k, mask) in masks.iter().enumerate() {
            for (row, from, to) in mask.row_spans() {
                let at = (row as usize - window.y0) * window.width() + from as usize - window.x0;
                for votes in &mut bits[at..at + (to - from) as usize] {
                    *votes |= 1 << k;
                }
            }
        }
        Self { window, bits, workers: masks.len() }
    }

    /// Votes for a class in the workers' class maps of a whole image.
    pub fn of_class(maps: &[&[u8]], class: u8, width: usize, height: usize) -> Self {
        let mut bits = vec![0u64; width * height];
        for (k, map) in maps.iter().enumerate() {
            for (votes, &marked) in bits.iter_mut().zip(*map) {
                *votes |= u64::from(marked == class) << k;
            }
        }
        Self { window: Window { x0: 0, y0: 0, x1: width, y1: height }, bits, workers: maps.len() }
    }

    /// The pixels on which the workers disagree, and those near them, row by row.
    pub fn band(&self) -> Vec<bool> {
        let (width, height) = (self.window.width(), self.window.height());
        let everyone = super::consensus::all(self.workers);
        let mut band = vec![false; self.bits.len()];
        for y in 0..height {
            let row = &self.bits[y * width..(y + 1) * width];
            let mut x = 0;
            while x < width {
                let differ = |votes: u64| votes != 0 && votes != everyone;
                if !differ(row[x]) {
                    x += 1;
                    continue;
                }
                let from = x;
                while x < width && differ(row[x]) {
                    x += 1;
                }
                let columns = from.saturating_sub(BAND)..(x + BAND).min(width);
                for near in y.saturating_sub(BAND)..(y + BAND + 1).min(height) {
                    band[near * width + columns.start..near * width + columns.end].fill(true);
                }
            }
        }
        band
    }

    /// How often each pattern of votes occurs in the band, and the mean there of a value a pixel (0 when `value` is none).
    pub fn count(&self, band: &[bool], value: Option<&[f32]>) -> BTreeMap<u64, (f64, f64)> {
        let near = band
            .iter()
            .enumerate()
            .filter(|(_, inside)| **inside)
            .map(|(i, _)| (self.bits[i], value.map_or(0.0, |value| f64::from(value[i]))));
        let mut counted: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
        if self.workers <= FEW {
            let mut sums = vec![(0.0, 0.0); 1 << self.workers];
            for (votes, value) in near {
                let (count, sum): &mut (f64, f64) = &mut sums[votes as usize];
                *count += 1.0;
                *sum += value;
            }
            counted.extend(sums.into_iter().enumerate().filter(|(_, (count, _))| *count > 0.0).map(|(votes, sums)| (votes as u64, sums)));
        } else {
            for (votes, value) in near {
                let (count, sum) = counted.entry(votes).or_default();
                *count += 1.0;
                *sum += value;
            }
        }
        counted.into_iter().map(|(votes, (count, sum))| (votes, (count, sum / count))).collect()
    }

    /// How often each pattern of votes occurs in the band.
    pub fn patterns(&self) -> BTreeMap<u64, f64> {
        self.count(&self.band(), None).into_iter().map(|(votes, (count, _))| (votes, count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(x0: u32, y0: u32, x1: u32, y1: u32) -> Mask {
        let inside: Vec<bool> = (0..256).map(|i| (x0..x1).contains(&(i % 16)) && (y0..y1).contains(&(i / 16))).collect();
        Mask::from_bitmap(16, 16, &inside).unwrap()
    }

    #[test]
    fn the_band_is_two_pixels_wide() {
        let (a, b) = (rectangle(4, 4, 8, 8), rectangle(4, 4, 9, 8));
        let votes = Votes::of_objects(&[&a, &b], Window { x0: 0, y0: 0, x1: 16, y1: 16 });
        let band = votes.band();
        assert_eq!(band.iter().filter(|inside| **inside).count(), 5 * 8);
        assert!(band[2 * 16 + 6] && band[9 * 16 + 10] && !band[2 * 16 + 5] && !band[10 * 16 + 8]);
        let patterns = votes.patterns();
        assert_eq!(patterns.get(&0b10), Some(&4.0));
        assert_eq!(patterns.get(&0b11), Some(&8.0));
        assert_eq!(patterns.get(&0), Some(&28.0));
    }
}
