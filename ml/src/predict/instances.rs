//! Single objects in the area of a class: connected areas, and touching ones told apart.
//!
//! Touching objects are split by a watershed of the distance to the border: flooding starts at the places farthest from the border, and two
//! floods that meet become one object if the lower of their peaks rises little above the pass between them. So a waist splits, a wavy border
//! does not.

use labelwright_dataset::Mask;

/// A pass splits if the lower peak is higher than the pass by this share of the peak and by this many pixels.
const RELATIVE_DEPTH: f32 = 0.2;
const ABSOLUTE_DEPTH: f32 = 0.75;

const NONE: u32 = u32::MAX;

/// The object of every pixel.
pub struct Instances {
    width: usize,
    height: usize,
    /// Object numbers from 0; `NONE` outside.
    labels: Vec<u32>,
}

impl Instances {
    /// Objects in a bitmap (row by row); `split` tells touching ones apart.
    #[must_use]
    pub fn new(inside: &[bool], width: usize, height: usize, split: bool) -> Self {
        let distance = if split { squared_distances(inside, width, height).into_iter().map(f32::sqrt).collect() } else { Vec::new() };
        let height_of = |pixel: usize| distance.get(pixel).copied().unwrap_or(1.0);
        let mut order: Vec<u32> = (0..inside.len() as u32).filter(|&pixel| inside[pixel as usize]).collect();
        if split {
            order.sort_by(|&a, &b| height_of(b as usize).total_cmp(&height_of(a as usize)).then(a.cmp(&b)));
        }
        let mut floods = Floods::default();
        let mut labels = vec![NONE; inside.len()];
        for pixel in order {
            let pixel = pixel as usize;
            let (x, y) = (pixel % width, pixel / width);
            let neighbours = [
                (x > 0).then(|| pixel - 1),
                (x + 1 < width).then(|| pixel + 1),
                (y > 0).then(|| pixel - width),
                (y + 1 < height).then(|| pixel + width),
            ];
            let level = height_of(pixel);
            let mut own = NONE;
            for neighbour in neighbours.into_iter().flatten().filter(|&neighbour| labels[neighbour] != NONE) {
                let other = floods.root(labels[neighbour]);
                own = if own == NONE { other } else { floods.meet(own, other, level, split) };
            }
            labels[pixel] = if own == NONE { floods.start(level) } else { own };
        }
        let mut numbers = vec![NONE; floods.parent.len()];
        let mut count = 0;
        for label in labels.iter_mut().filter(|label| **label != NONE) {
            let root = floods.root(*label) as usize;
            if numbers[root] == NONE {
                numbers[root] = count;
                count += 1;
            }
            *label = numbers[root];
        }
        Self { width, height, labels }
    }

    /// The object of every pixel from 1, and 0 outside; row by row.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        self.labels.iter().map(|&label| if label == NONE { 0 } else { label + 1 }).collect()
    }

    /// One mask for each object of at least that many pixels.
    pub(super) fn masks(&self, min_area: u64) -> Vec<Mask> {
        // Left, top, right, bottom and area of each object; masks are cut to their box first, or many objects in a large image would be slow.
        let mut boxes: Vec<(usize, usize, usize, usize, u64)> = Vec::new();
        for (pixel, &label) in self.labels.iter().enumerate().filter(|(_, label)| **label != NONE) {
            let (x, y) = (pixel % self.width, pixel / self.width);
            if boxes.len() <= label as usize {
                boxes.resize(label as usize + 1, (usize::MAX, usize::MAX, 0, 0, 0));
            }
            let b = &mut boxes[label as usize];
            *b = (b.0.min(x), b.1.min(y), b.2.max(x + 1), b.3.max(y + 1), b.4 + 1);
        }
        let large = boxes.iter().enumerate().filter(|(_, b)| b.4 >= min_area.max(1));
        let masks = large.filter_map(|(label, &(left, top, right, bottom, _))| {
            let rows = (top..bottom).flat_map(|y| &self.labels[y * self.width + left..y * self.width + right]);
            let bitmap: Vec<bool> = rows.map(|&other| other == label as u32).collect();
            let cut = Mask::from_bitmap((right - left) as u32, (bottom - top) as u32, &bitmap).ok()?;
            cut.moved(self.width as u32, self.height as u32, left as i64, top as i64).ok()
        });
        masks.collect()
    }
}

/// A forest of floods; each root knows its peak.
#[derive(Default)]
struct Floods {
    parent: Vec<u32>,
    peak: Vec<f32>,
}

impl Floods {
    fn start(&mut self, peak: f32) -> u32 {
        self.parent.push(self.parent.len() as u32);
        self.peak.push(peak);
        self.parent.len() as u32 - 1
    }

    fn root(&mut self, mut flood: u32) -> u32 {
        while self.parent[flood as usize] != flood {
            self.parent[flood as usize] = self.parent[self.parent[flood as usize] as usize];
            flood = self.parent[flood as usize];
        }
        flood
    }

    /// Two floods meet at a level: they become one, or a border stays between them. Returns the flood of the pixel where they meet.
    fn meet(&mut self, a: u32, b: u32, level: f32, split: bool) -> u32 {
        if a == b {
            return a;
        }
        let (high, low) = if self.peak[a as usize] >= self.peak[b as usize] { (a, b) } else { (b, a) };
        let peak = self.peak[low as usize];
        let depth = peak - level;
        if split && depth > ABSOLUTE_DEPTH && depth > RELATIVE_DEPTH * peak {
            return a;
        }
        self.parent[low as usize] = high;
        high
    }
}

/// Squared Euclidean distance of each inside pixel to the nearest outside pixel; the image's own border doesn't count as outside.
/// Felzenszwalb and Huttenlocher 2012, 'Distance transforms of sampled functions'.
fn squared_distances(inside: &[bool], width: usize, height: usize) -> Vec<f32> {
    let far = ((width + height) * (width + height)) as f32;
    let mut values: Vec<f32> = inside.iter().map(|&inside| if inside { far } else { 0.0 }).collect();
    let mut line = vec![0.0f32; height];
    for x in 0..width {
        line.iter_mut().enumerate().for_each(|(y, value)| *value = values[y * width + x]);
        for (y, value) in lower_envelope(&line).into_iter().enumerate() {
            values[y * width + x] = value;
        }
    }
    for row in values.chunks_exact_mut(width) {
        let envelope = lower_envelope(row);
        row.copy_from_slice(&envelope);
    }
    values
}

/// `min over q of (p − q)² + line[q]` for every p.
fn lower_envelope(line: &[f32]) -> Vec<f32> {
    let mut parabolas: Vec<(usize, f32)> = Vec::with_capacity(line.len());
    for (q, &value) in line.iter().enumerate() {
        let mut from = f32::NEG_INFINITY;
        while let Some(&(other, start)) = parabolas.last() {
            let (a, b) = (q as f32, other as f32);
            from = ((value + a * a) - (line[other] + b * b)) / (2.0 * (a - b));
            if from > start {
                break;
            }
            parabolas.pop();
            from = f32::NEG_INFINITY;
        }
        parabolas.push((q, from));
    }
    let mut at = 0;
    (0..line.len())
        .map(|p| {
            while at + 1 < parabolas.len() && parabolas[at + 1].1 < p as f32 {
                at += 1;
            }
            let q = parabolas[at].0;
            (p as f32 - q as f32).powi(2) + line[q]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn discs(width: usize, height: usize, discs: &[(f32, f32, f32)]) -> Vec<bool> {
        (0..width * height)
            .map(|pixel| {
                let (x, y) = ((pixel % width) as f32, (pixel / width) as f32);
                discs.iter().any(|(cx, cy, r)| (x - cx).powi(2) + (y - cy).powi(2) <= r * r)
            })
            .collect()
    }

    fn count(inside: &[bool], width: usize, split: bool) -> u32 {
        Instances::new(inside, width, inside.len() / width, split).numbers().into_iter().max().unwrap_or(0)
    }

    #[test]
    fn touching_discs_are_split_and_one_disc_is_not() {
        let two = discs(60, 40, &[(20.0, 20.0, 10.0), (37.0, 20.0, 10.0)]);
        assert_eq!(count(&two, 60, false), 1);
        assert_eq!(count(&two, 60, true), 2);
        assert_eq!(count(&discs(60, 40, &[(20.0, 20.0, 12.0)]), 60, true), 1);
        assert_eq!(count(&discs(60, 40, &[(20.0, 20.0, 12.0), (24.0, 20.0, 12.0)]), 60, true), 1);
    }

    #[test]
    fn an_image_that_is_all_inside_is_one_object() {
        assert_eq!(count(&[true; 24], 6, true), 1);
        assert_eq!(count(&[false; 24], 6, true), 0);
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_definition(inside in prop::collection::vec(any::<bool>(), 30)) {
            prop_assume!(inside.contains(&false));
            let fast = squared_distances(&inside, 6, 5);
            for p in 0..30i32 {
                let slow = (0..30i32).filter(|&q| !inside[q as usize]).map(|q| (p % 6 - q % 6).pow(2) + (p / 6 - q / 6).pow(2)).min().unwrap();
                prop_assert_eq!(fast[p as usize], slow as f32);
            }
        }

        #[test]
        fn objects_without_splitting_are_the_components(inside in prop::collection::vec(any::<bool>(), 40)) {
            let mask = Mask::from_bitmap(8, 5, &inside).unwrap();
            let mut areas = mask.component_areas();
            let mut own: Vec<u64> = Instances::new(&inside, 8, 5, false).masks(0).iter().map(Mask::area).collect();
            areas.sort_unstable();
            own.sort_unstable();
            prop_assert_eq!(areas, own);
        }

        #[test]
        fn splitting_only_parts_what_is_there(inside in prop::collection::vec(any::<bool>(), 200)) {
            let split = Instances::new(&inside, 20, 10, true);
            for (number, inside) in split.numbers().into_iter().zip(&inside) {
                prop_assert_eq!(number > 0, *inside);
            }
            let area: u64 = split.masks(0).iter().map(Mask::area).sum();
            prop_assert_eq!(area as usize, inside.iter().filter(|inside| **inside).count());
        }
    }
}
