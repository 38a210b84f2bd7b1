//! The mask of one object from a few clicks: what the backbone sees, what the project's model says, and the picture's own edges.
//!
//! Every place near the clicks is compared with the places that were clicked, by colour and by the direction of the backbone's features, and has the
//! model's probability where there is one. These are the priors of a random walker (Grady, "Multilabel random walkers image segmentation
//! using prior models", CVPR 2005): likely places spread to their neighbours, but hardly over an edge. Nothing is trained, so it works before the first
//! model, and it follows the model as that learns.

use image::RgbImage;
use labelwright_dataset::Mask;

use super::Prediction;
use crate::features::{Features, Level};

/// A place of the image that somebody pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// In pixels of the image.
    pub x: f64,
    pub y: f64,
    /// Whether the place belongs to the object.
    pub inside: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    pub clicks: &'a [Click],
    /// Left, top, right and bottom of a box around the object, in pixels of the image.
    pub around: Option<[f64; 4]>,
    /// Its class, for the model; none is anything but background.
    pub class: Option<u8>,
}

/// A mask, and how clearly it stands out, in `[0, 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub mask: Mask,
    pub confidence: f32,
}

/// Longest side of the grid that is worked on.
const SIDE: usize = 128;
/// Rounds in which likely places spread; each goes over the grid in both directions.
const ROUNDS: usize = 60;
/// How much a place's own likelihood counts beside its eight neighbours'.
const PRIOR: f32 = 0.15;
/// Parts of the likelihood: colour, features, the model.
const COLOUR: f32 = 0.45;
const FEATURES: f32 = 0.55;
const MODEL_FOR: f32 = 0.4;
const MODEL_AGAINST: f32 = 0.8;
/// Levels that tell objects apart without losing where they are: strides 4, 8 and 16.
const LEVELS: std::ops::Range<usize> = 1..4;
/// Places that are compared with; more add nothing but time.
const MOST: usize = 20;

/// Proposes the mask of the object that the clicks or the box point at; none when they point at nothing in the image, or nothing stands out.
/// CPU work: some tens of milliseconds, whatever the size of the image.
#[must_use]
pub fn suggest(picture: &RgbImage, features: &Features, prediction: Option<&Prediction>, wanted: &Wanted<'_>) -> Option<Suggestion> {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let within = |click: &&Click| (0.0..width).contains(&click.x) && (0.0..height).contains(&click.y);
    let clicks: Vec<Click> = wanted.clicks.iter().filter(within).copied().collect();
    let around = wanted.around.and_then(|[x0, y0, x1, y1]| {
        let clipped = [x0.min(x1).max(0.0), y0.min(y1).max(0.0), x0.max(x1).min(width), y0.max(y1).min(height)];
        (clipped[2] - clipped[0] >= 2.0 && clipped[3] - clipped[1] >= 2.0).then_some(clipped)
    });
    if around.is_none() && !clicks.iter().any(|click| click.inside) {
        return None;
    }
    let longest = width.max(height);
    let mut reach = (longest / 8.0).clamp(48.0, 320.0);
    loop {
        let [x0, y0, x1, y1] = neighbourhood(&clicks, around, reach);
        let rect = [x0.max(0.0).floor(), y0.max(0.0).floor(), x1.min(width).ceil(), y1.min(height).ceil()];
        let whole = rect == [0.0, 0.0, width, height];
        let grid = Grid::new(picture, features, rect);
        let inside = grid.solve(&clicks, around, features, prediction, wanted.class);
        // What runs into the edge of the neighbourhood is probably larger than it.
        if around.is_some() || whole || reach > longest || !grid.runs_out(&inside, rect, width, height) {
            return grid.suggestion(&inside, picture.width(), picture.height());
        }
        reach *= 2.0;
    }
}

fn neighbourhood(clicks: &[Click], around: Option<[f64; 4]>, reach: f64) -> [f64; 4] {
    if let Some([x0, y0, x1, y1]) = around {
        let more = (0.35 * (x1 - x0).max(y1 - y0)).max(12.0);
        return [x0 - more, y0 - more, x1 + more, y1 + more];
    }
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let [x0, y0, x1, y1] = clicks
        .iter()
        .filter(|click| click.inside)
        .fold(start, |[x0, y0, x1, y1], click| [x0.min(click.x), y0.min(click.y), x1.max(click.x), y1.max(click.y)]);
    [x0 - reach, y0 - reach, x1 + reach, y1 + reach]
}

/// What is known of a place beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    Inside,
    Outside,
    Open,
}

/// A part of the image on a grid of at most [`SIDE`] cells across.
struct Grid {
    width: usize,
    height: usize,
    /// Left and top in pixels of the image, and pixels of the image a cell.
    left: f64,
    top: f64,
    step: f64,
    /// Mean colour of each cell, in `[0, 1]`.
    colours: Vec<[f32; 3]>,
    /// The cell of each level of the features that lies there.
    cells: Vec<[usize; 3]>,
}

impl Grid {
    fn new(picture: &RgbImage, features: &Features, [x0, y0, x1, y1]: [f64; 4]) -> Self {
        let step = ((x1 - x0).max(y1 - y0) / SIDE as f64).max(1.0);
        let (width, height) = ((((x1 - x0) / step).ceil() as usize).max(1), (((y1 - y0) / step).ceil() as usize).max(1));
        let (mut colours, mut cells) = (Vec::with_capacity(width * height), Vec::with_capacity(width * height));
        let levels = &features.levels()[LEVELS];
        for (v, u) in (0..height).flat_map(|v| (0..width).map(move |u| (v, u))) {
            let at = |cell: usize, start: f64, end: u32| ((start + cell as f64 * step) as u32).min(end - 1);
            let (left, right) = (at(u, x0, picture.width()), at(u + 1, x0, picture.width()));
            let (top, bottom) = (at(v, y0, picture.height()), at(v + 1, y0, picture.height()));
            let (mut sum, mut n) = ([0f32; 3], 0f32);
            // A few pixels of a large cell are as good as all.
            let stride = ((right - left) / 4).max(1);
            for (x, y) in (top..bottom.max(top + 1))
                .step_by(stride as usize)
                .flat_map(|y| (left..right.max(left + 1)).step_by(stride as usize).map(move |x| (x, y)))
            {
                sum.iter_mut().zip(picture.get_pixel(x, y).0).for_each(|(sum, value)| *sum += f32::from(value));
                n += 255.0;
            }
            colours.push(sum.map(|sum| sum / n));
            let (x, y) = (x0 + (u as f64 + 0.5) * step, y0 + (v as f64 + 0.5) * step);
            let mut found = [0; 3];
            for (found, level) in found.iter_mut().zip(levels) {
                let across = |place: f64, of: u32, cells: usize| ((place / f64::from(of) * cells as f64) as usize).min(cells - 1);
                *found = across(y, picture.height(), level.height) * level.width + across(x, picture.width(), level.width);
            }
            cells.push(found);
        }
        Self { width, height, left: x0, top: y0, step, colours, cells }
    }

    fn place(&self, cell: usize) -> (f64, f64) {
        let (u, v) = (cell % self.width, cell / self.width);
        (self.left + (u as f64 + 0.5) * self.step, self.top + (v as f64 + 0.5) * self.step)
    }

    /// For each cell how likely it is inside, in `[0, 1]`.
    fn solve(
        &self,
        clicks: &[Click],
        around: Option<[f64; 4]>,
        features: &Features,
        prediction: Option<&Prediction>,
        class: Option<u8>,
    ) -> Vec<f32> {
        let radius = (2.5 * self.step).max(1.5);
        let known: Vec<Known> = (0..self.colours.len())
            .map(|cell| {
                let (x, y) = self.place(cell);
                let near = clicks.iter().rev().find(|click| (click.x - x).hypot(click.y - y) <= radius);
                match near {
                    Some(click) if click.inside => Known::Inside,
                    Some(_) => Known::Outside,
                    None if !clicks.iter().any(|click| click.inside) && self.central(cell, around, 0.2) => Known::Inside,
                    None if around.is_some_and(|[x0, y0, x1, y1]| x < x0 || y < y0 || x > x1 || y > y1) => Known::Outside,
                    None => Known::Open,
                }
            })
            .collect();
        let inside =
            self.some(|cell| known[cell] == Known::Inside || (!clicks.iter().any(|click| click.inside) && self.central(cell, around, 0.5)));
        let mut outside = self.some(|cell| known[cell] == Known::Outside);
        let guessed = outside.is_empty();
        if guessed {
            // Nobody said what does not belong: probably what lies farthest away.
            outside = self.some(|cell| {
                let (u, v) = (cell % self.width, cell / self.width);
                u == 0 || v == 0 || u + 1 == self.width || v + 1 == self.height
            });
        }
        let prior = self.priors(&inside, &outside, features, prediction, class);
        self.walk(&prior, &known)
    }

    /// At most [`MOST`] cells of a kind, spread over all of them.
    fn some(&self, of_kind: impl Fn(usize) -> bool) -> Vec<usize> {
        let all: Vec<usize> = (0..self.colours.len()).filter(|&cell| of_kind(cell)).collect();
        let every = all.len().div_ceil(MOST).max(1);
        all.into_iter().step_by(every).collect()
    }

    /// Whether a cell is in the middle of the box, where the object probably is.
    fn central(&self, cell: usize, around: Option<[f64; 4]>, part: f64) -> bool {
        let (x, y) = self.place(cell);
        around.is_some_and(|[x0, y0, x1, y1]| ((2.0 * x - x0 - x1) / (x1 - x0)).hypot((2.0 * y - y0 - y1) / (y1 - y0)) < part)
    }

    fn priors(
        &self,
        inside: &[usize],
        outside: &[usize],
        features: &Features,
        prediction: Option<&Prediction>,
        class: Option<u8>,
    ) -> Vec<f32> {
        let levels = &features.levels()[LEVELS];
        let units: Vec<Units> = levels.iter().map(Units::new).collect();
        let spread = self.spread();
        let distance = |a: usize, b: usize| {
            let colour: f32 = self.colours[a].iter().zip(self.colours[b]).map(|(a, b)| (a - b) * (a - b)).sum();
            let colour = 1.0 - (-colour / spread).exp();
            let directions: f32 = units.iter().zip(self.cells[a]).zip(self.cells[b]).map(|((units, a), b)| 1.0 - units.cosine(a, b)).sum();
            COLOUR * colour + FEATURES * (directions / units.len() as f32).clamp(0.0, 1.0)
        };
        // The mean over the nearest few is steadier than the nearest alone.
        let nearest = |cell: usize, of: &[usize]| {
            let mut found: Vec<f32> = of.iter().map(|&other| distance(cell, other)).collect();
            found.sort_by(f32::total_cmp);
            let n = found.len().min(3);
            found[..n].iter().sum::<f32>() / n.max(1) as f32
        };
        (0..self.colours.len())
            .map(|cell| {
                let (to_inside, to_outside) = (nearest(cell, inside), nearest(cell, outside));
                let mut score = if inside.is_empty() || outside.is_empty() {
                    0.0
                } else {
                    4.0 * (to_outside - to_inside) / (to_inside + to_outside + 0.05)
                };
                if let Some(prediction) = prediction {
                    let p = self.probability(prediction, cell, class).clamp(0.02, 0.98);
                    let said = (p / (1.0 - p)).ln();
                    // The model knows classes, not objects: what it sees as another object of the class must not join in for that alone.
                    score += if said > 0.0 { MODEL_FOR * said } else { MODEL_AGAINST * said };
                }
                1.0 / (1.0 + (-score).exp())
            })
            .collect()
    }

    /// How far colours of neighbours usually are apart, squared, with a floor for smooth pictures.
    fn spread(&self) -> f32 {
        let pairs = self.colours.windows(2).map(|pair| pair[0].iter().zip(pair[1]).map(|(a, b)| (a - b) * (a - b)).sum::<f32>());
        let mean = pairs.sum::<f32>() / self.colours.len() as f32;
        (12.0 * mean).clamp(0.004, 0.2)
    }

    /// The model's probability of the class at a cell; of anything but background when none is asked for or the model doesn't know it.
    fn probability(&self, prediction: &Prediction, cell: usize, class: Option<u8>) -> f32 {
        let map = &prediction.probabilities;
        let (x, y) = self.place(cell);
        let across = |place: f64, of: u32, cells: usize| ((place / f64::from(of) * cells as f64) as usize).min(cells.saturating_sub(1));
        let values = map.cell(across(x, prediction.width, map.width), across(y, prediction.height, map.height));
        let of = |class: u8| map.classes.iter().position(|&known| known == class).and_then(|at| values.get(at)).copied();
        class.and_then(of).or_else(|| of(0).map(|background| 1.0 - background)).unwrap_or(0.5)
    }

    /// Lets likelihoods spread, but hardly over edges, until they hardly change.
    fn walk(&self, prior: &[f32], known: &[Known]) -> Vec<f32> {
        let (width, height) = (self.width as isize, self.height as isize);
        let sharp = 90.0;
        let weight = |a: usize, b: usize| {
            let difference: f32 = self.colours[a].iter().zip(self.colours[b]).map(|(a, b)| (a - b).abs()).sum();
            (-sharp * difference * difference).exp() + 1e-3
        };
        let mut values: Vec<f32> = prior.iter().zip(known).map(|(&prior, known)| fixed(*known).unwrap_or(prior)).collect();
        const AROUND: [(isize, isize); 4] = [(1, 0), (0, 1), (1, 1), (-1, 1)];
        let neighbour = |cell: usize, (du, dv): (isize, isize)| {
            let (u, v) = (cell as isize % width + du, cell as isize / width + dv);
            (u >= 0 && u < width && v >= 0 && v < height).then_some((v * width + u) as usize)
        };
        let weights: Vec<[f32; 4]> =
            (0..values.len()).map(|cell| AROUND.map(|step| neighbour(cell, step).map_or(0.0, |other| weight(cell, other)))).collect();
        let update = |values: &mut Vec<f32>, cell: usize| {
            if known[cell] != Known::Open {
                return;
            }
            let (mut sum, mut total) = (PRIOR * prior[cell], PRIOR);
            for (at, step) in AROUND.into_iter().enumerate() {
                if let Some(other) = neighbour(cell, step) {
                    sum += weights[cell][at] * values[other];
                    total += weights[cell][at];
                }
                if let Some(other) = neighbour(cell, (-step.0, -step.1)) {
                    sum += weights[other][at] * values[other];
                    total += weights[other][at];
                }
            }
            values[cell] = sum / total;
        };
        for _ in 0..ROUNDS {
            (0..values.len()).for_each(|cell| update(&mut values, cell));
            (0..values.len()).rev().for_each(|cell| update(&mut values, cell));
        }
        self.joined(values, known)
    }

    /// Keeps only what hangs together with a place that was clicked, or the largest piece when none was; holes are filled.
    fn joined(&self, mut values: Vec<f32>, known: &[Known]) -> Vec<f32> {
        let seeds: Vec<usize> = (0..values.len()).filter(|&cell| known[cell] == Known::Inside).collect();
        let pieces = self.pieces(|cell| values[cell] > 0.5);
        let kept: Vec<usize> = if seeds.is_empty() {
            let largest = pieces.iter().map(Vec::len).enumerate().max_by_key(|&(_, size)| size);
            largest.map(|(at, _)| at).into_iter().collect()
        } else {
            (0..pieces.len()).filter(|&at| pieces[at].iter().any(|cell| known[*cell] == Known::Inside)).collect()
        };
        for (at, piece) in pieces.iter().enumerate() {
            if !kept.contains(&at) {
                piece.iter().for_each(|&cell| values[cell] = values[cell].min(0.49));
            }
        }
        for hole in self.pieces(|cell| values[cell] <= 0.5) {
            let closed = hole.iter().all(|&cell| {
                let (u, v) = (cell % self.width, cell / self.width);
                known[cell] != Known::Outside && u > 0 && v > 0 && u + 1 < self.width && v + 1 < self.height
            });
            if closed {
                hole.iter().for_each(|&cell| values[cell] = 0.51);
            }
        }
        values
    }

    /// Pieces of cells that hang together by their sides.
    fn pieces(&self, wanted: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.colours.len()];
        let mut pieces = Vec::new();
        for start in 0..seen.len() {
            if seen[start] || !wanted(start) {
                continue;
            }
            seen[start] = true;
            let mut piece = vec![start];
            let mut at = 0;
            while let Some(&cell) = piece.get(at) {
                at += 1;
                let (u, v) = (cell % self.width, cell / self.width);
                let sides = [
                    (u > 0).then(|| cell - 1),
                    (u + 1 < self.width).then(|| cell + 1),
                    (v > 0).then(|| cell - self.width),
                    (v + 1 < self.height).then(|| cell + self.width),
                ];
                for side in sides.into_iter().flatten().filter(|&side| wanted(side)) {
                    if !std::mem::replace(&mut seen[side], true) {
                        piece.push(side);
                    }
                }
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Whether much of it lies at an edge of the grid that is no edge of the image.
    fn runs_out(&self, values: &[f32], [x0, y0, x1, y1]: [f64; 4], width: f64, height: f64) -> bool {
        let inside = |u: usize, v: usize| usize::from(values[v * self.width + u] > 0.5);
        let column = |u: usize| (0..self.height).map(|v| inside(u, v)).sum::<usize>();
        let row = |v: usize| (0..self.width).map(|u| inside(u, v)).sum::<usize>();
        let touching = [
            if x0 > 0.0 { column(0) } else { 0 },
            if x1 < width { column(self.width - 1) } else { 0 },
            if y0 > 0.0 { row(0) } else { 0 },
            if y1 < height { row(self.height - 1) } else { 0 },
        ];
        touching.iter().sum::<usize>() * 12 > self.width + self.height
    }

    /// The grid in pixels of the image, smooth between its cells.
    fn suggestion(&self, values: &[f32], width: u32, height: u32) -> Option<Suggestion> {
        let (sure, n) = values.iter().filter(|&&value| value > 0.5).fold((0.0, 0u32), |(sum, n), value| (sum + value, n + 1));
        if n == 0 {
            return None;
        }
        let at = |place: f64, cells: usize| {
            let place = (place - 0.5).clamp(0.0, (cells - 1) as f64);
            let low = place.floor() as usize;
            (low, (low + 1).min(cells - 1), (place - place.floor()) as f32)
        };
        let mut runs: Vec<u32> = Vec::new();
        let (mut inside, mut run) = (false, 0u32);
        let (first, last) = (self.left as u32, ((self.left + self.width as f64 * self.step).ceil() as u32).min(width));
        let columns: Vec<_> = (first..last).map(|x| at((f64::from(x) + 0.5 - self.left) / self.step, self.width)).collect();
        let mut add = |value: bool, length: u32, runs: &mut Vec<u32>| {
            if value != inside {
                runs.push(run);
                (inside, run) = (value, 0);
            }
            run += length;
        };
        for y in 0..height {
            let v = (f64::from(y) + 0.5 - self.top) / self.step;
            if v < 0.0 || v >= self.height as f64 {
                add(false, width, &mut runs);
                continue;
            }
            let (top, bottom, down) = at(v, self.height);
            add(false, first, &mut runs);
            for &(left, right, over) in &columns {
                let row = |row: usize| values[row * self.width + left] * (1.0 - over) + values[row * self.width + right] * over;
                add(row(top) * (1.0 - down) + row(bottom) * down > 0.5, 1, &mut runs);
            }
            add(false, width - last, &mut runs);
        }
        runs.push(run);
        let mask = Mask::from_runs(width, height, runs).ok()?;
        (mask.area() > 0).then(|| Suggestion { mask, confidence: (sure / n as f32).clamp(0.0, 1.0) })
    }
}

fn fixed(known: Known) -> Option<f32> {
    match known {
        Known::Inside => Some(1.0),
        Known::Outside => Some(0.0),
        Known::Open => None,
    }
}

/// A level's feature vectors at length 1, after its mean was taken away: what all places share says nothing about any of them.
struct Units {
    channels: usize,
    values: Vec<f32>,
}

impl Units {
    fn new(level: &Level) -> Self {
        let channels = level.channels.max(1);
        let mut values: Vec<f32> = level.values.iter().map(|value| value.to_f32()).collect();
        let n = (values.len() / channels).max(1) as f32;
        let mut mean = vec![0f32; channels];
        for cell in values.chunks_exact(channels) {
            mean.iter_mut().zip(cell).for_each(|(mean, value)| *mean += value / n);
        }
        for cell in values.chunks_exact_mut(channels) {
            cell.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            let length = cell.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length > 0.0 {
                cell.iter_mut().for_each(|value| *value /= length);
            }
        }
        Self { channels, values }
    }

    fn cosine(&self, a: usize, b: usize) -> f32 {
        let cell = |at: usize| &self.values[at * self.channels..(at + 1) * self.channels];
        cell(a).iter().zip(cell(b)).map(|(a, b)| a * b).sum()
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;
    use crate::{
        features::Fit,
        predict::{ClassConfidence, Probabilities},
    };

    /// A bright disc of radius 20 at (60, 50) and one at (120, 50), in an image of 180×100.
    fn picture() -> RgbImage {
        RgbImage::from_fn(180, 100, |x, y| {
            let near = |cx: f64| (f64::from(x) + 0.5 - cx).hypot(f64::from(y) + 0.5 - 50.0) < 20.0;
            let noise = ((x * 31 + y * 17) % 9) as u8;
            image::Rgb(if near(60.0) || near(120.0) { [190 + noise, 180, 160] } else { [40 + noise, 50, 60] })
        })
    }

    /// Features that say as much as the mean colour does.
    fn features(picture: &RgbImage) -> Features {
        let fit = Fit::new(180, 100, 256).unwrap();
        let level = |(width, height, channels): (usize, usize, usize)| {
            let values = (0..height * width).flat_map(|cell| {
                let (x, y) = ((cell % width) * 180 / width, (cell / width) * 100 / height);
                let bright = f32::from(picture.get_pixel(x as u32, y as u32).0[0]) / 255.0;
                (0..channels).map(move |channel| f16::from_f32(if channel % 2 == 0 { bright } else { 1.0 - bright }))
            });
            Level { width, height, channels, values: values.collect() }
        };
        let levels = Features::shapes(fit).into_iter().map(level).collect();
        Features { fit, picture: Vec::new(), levels }
    }

    fn disc(cx: f64) -> Mask {
        let inside = |p: usize| ((p % 180) as f64 + 0.5 - cx).hypot((p / 180) as f64 + 0.5 - 50.0) < 20.0;
        Mask::from_bitmap(180, 100, &(0..180 * 100).map(inside).collect::<Vec<_>>()).unwrap()
    }

    fn iou(a: &Mask, b: &Mask) -> f64 {
        let (a, b) = (a.to_bitmap(), b.to_bitmap());
        let both = a.iter().zip(&b).filter(|(a, b)| **a && **b).count();
        let either = a.iter().zip(&b).filter(|(a, b)| **a || **b).count();
        both as f64 / either as f64
    }

    fn click(x: f64, y: f64, inside: bool) -> Click {
        Click { x, y, inside }
    }

    #[test]
    fn one_click_finds_its_object_and_no_other() {
        let picture = picture();
        let clicks = [click(57.0, 55.0, true)];
        let found = suggest(&picture, &features(&picture), None, &Wanted { clicks: &clicks, ..Wanted::default() }).unwrap();
        assert!(iou(&found.mask, &disc(60.0)) > 0.9, "{}", iou(&found.mask, &disc(60.0)));
    }

    #[test]
    fn a_box_is_enough() {
        let picture = picture();
        let wanted = Wanted { around: Some([97.0, 27.0, 143.0, 73.0]), ..Wanted::default() };
        let found = suggest(&picture, &features(&picture), None, &wanted).unwrap();
        assert!(iou(&found.mask, &disc(120.0)) > 0.9, "{}", iou(&found.mask, &disc(120.0)));
    }

    #[test]
    fn two_clicks_are_one_object_of_two_parts_and_a_click_outside_takes_away() {
        let picture = picture();
        let features = features(&picture);
        let ask = |clicks: &[Click]| suggest(&picture, &features, None, &Wanted { clicks, ..Wanted::default() }).unwrap().mask.to_bitmap();
        let both = ask(&[click(60.0, 50.0, true), click(120.0, 50.0, true)]);
        assert!(both[50 * 180 + 60] && both[50 * 180 + 120] && !both[50 * 180 + 90]);
        let one = ask(&[click(60.0, 50.0, true), click(60.0, 36.0, false)]);
        assert!(one[50 * 180 + 60] && !one[36 * 180 + 60]);
    }

    /// What looks alike is told apart by a model that has learned to.
    #[test]
    fn the_model_is_heard() {
        let picture = RgbImage::from_pixel(180, 100, image::Rgb([90, 90, 90]));
        let (width, height) = (45, 25);
        let values = (0..width * height).flat_map(|cell| if cell % width < 20 { [0.02, 0.98] } else { [0.98, 0.02] }).collect();
        let prediction = Prediction {
            width: 180,
            height: 100,
            class_map: Vec::new(),
            confidence: 0.9,
            per_class: Vec::<ClassConfidence>::new(),
            empty: false,
            entropy: 0.1,
            probabilities: Probabilities { classes: vec![0, 1], width, height, values },
        };
        let clicks = [click(40.0, 50.0, true)];
        let wanted = Wanted { clicks: &clicks, class: Some(1), ..Wanted::default() };
        let found = suggest(&picture, &features(&picture), Some(&prediction), &wanted).unwrap().mask.to_bitmap();
        assert!(found[50 * 180 + 20] && found[50 * 180 + 60] && !found[50 * 180 + 120]);
    }

    #[test]
    fn nothing_comes_from_nothing() {
        let picture = picture();
        let features = features(&picture);
        let ask = |wanted: Wanted<'_>| suggest(&picture, &features, None, &wanted);
        assert_eq!(ask(Wanted::default()), None);
        assert_eq!(ask(Wanted { clicks: &[click(60.0, 50.0, false)], ..Wanted::default() }), None);
        assert_eq!(ask(Wanted { clicks: &[click(-3.0, f64::NAN, true)], ..Wanted::default() }), None);
        assert_eq!(ask(Wanted { around: Some([5.0, 5.0, 5.5, 90.0]), ..Wanted::default() }), None);
    }
}
