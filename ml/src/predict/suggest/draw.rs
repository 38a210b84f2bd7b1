//! From the grid back to pixels of the image.

use labelwright_dataset::Mask;

use super::{Suggestion, grid::Grid};

impl Grid {
    /// The grid in pixels of the image, smooth between its cells.
    pub(super) fn suggestion(&self, values: &[f32], width: u32, height: u32) -> Option<Suggestion> {
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
