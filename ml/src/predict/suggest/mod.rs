//! The mask of one object from a few clicks: what the backbone sees, what the project's model says, and the picture's own edges.
//!
//! Every place near the clicks is compared with the places that were clicked, by colour and by the direction of the backbone's features, and has the
//! model's probability where there is one. These are the priors of a random walker (Grady, "Multilabel random walkers image segmentation
//! using prior models", CVPR 2005): likely places spread to their neighbours, but hardly over an edge. Nothing is trained, so it works before the first
//! model, and it follows the model as that learns.

mod draw;
mod grid;
mod likelihood;
mod standing;
mod walk;

#[cfg(test)]
mod tests;

use image::RgbImage;
use labelwright_dataset::Mask;

use super::Prediction;
use crate::features::Features;
use grid::Grid;

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

/// Proposes the mask of the object that the clicks or the box point at; none when they point at nothing in the image, or nothing stands out at the only click.
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
            // One click says little: where nothing stands out around it, a second one must say what is meant. A model may know the place.
            let first = clicks.len() == 1 && around.is_none();
            let known = prediction.is_some_and(|prediction| grid.recognised(&inside, prediction, wanted.class));
            if first && !known && !grid.stands_out(&inside, picture) {
                return None;
            }
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
