//! Charts as SVG made on the server: they need no script, and attributes carry all geometry because styles may not stand in the page.

pub mod tuning;

use crate::{
    format,
    pages::overview::{Round, ThresholdView},
};
use askama::Template;

/// The drawing area inside a chart, in the units of its view box.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Frame {
    const fn new(width: f64) -> Self {
        Self { width, height: 240.0, left: 40.0, right: width - 16.0, top: 18.0, bottom: 204.0 }
    }

    fn x(&self, share: f64) -> f64 {
        round(self.left + (self.right - self.left) * share.clamp(0.0, 1.0))
    }

    fn y(&self, share: f64) -> f64 {
        round(self.bottom - (self.bottom - self.top) * share.clamp(0.0, 1.0))
    }
}

/// A place on an axis and what stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: String,
}

/// A tenth of a unit is finer than any screen shows.
fn round(v: f64) -> f64 {
    (v * 10.0).round() / 10.0
}

/// The lowest value of a quality axis that ends at 1: the smallest value, rounded down to a tenth with some air.
fn floor_of(values: impl Iterator<Item = f64>) -> f64 {
    let least = values.filter(|v| v.is_finite()).fold(0.9, f64::min);
    (((least - 0.02) * 10.0).floor() / 10.0).clamp(0.0, 0.8)
}

/// Grid lines of a quality axis from `floor` to 1, five at most.
fn quality_ticks(frame: &Frame, floor: f64) -> Vec<Tick> {
    let tenths = ((1.0 - floor) * 10.0).round() as usize;
    let step = if tenths <= 4 { 1 } else { 2 };
    (0..=tenths)
        .filter(|i| (tenths - i).is_multiple_of(step))
        .map(|i| Tick { at: frame.y(i as f64 / tenths as f64), label: format!("{:.1}", floor + i as f64 / 10.0) })
        .collect()
}

fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        d.push_str(&format!("{}{x} {y}", if i == 0 { "M" } else { "L" }));
    }
    d
}

/// Coverage against mean IoU, with the target and the chosen threshold.
#[derive(Clone, Debug, Template)]
#[template(path = "charts/threshold.html")]
pub struct ThresholdChart {
    pub frame: Frame,
    pub xs: Vec<Tick>,
    pub ys: Vec<Tick>,
    pub curve: String,
    /// Height of the target line.
    pub target: Option<Tick>,
    /// Where the threshold cuts.
    pub mark: Option<Mark>,
    pub spoken: String,
}

/// The chosen threshold in the chart.
#[derive(Clone, Debug)]
pub struct Mark {
    pub x: f64,
    /// Left edge of the note beside it.
    pub note_x: f64,
    pub note_y: f64,
    pub first: String,
    pub second: String,
}

impl ThresholdChart {
    const NOTE: f64 = 214.0;

    /// Draws the curve of a model.
    #[must_use]
    pub fn new(view: &ThresholdView) -> Self {
        let frame = Frame::new(720.0);
        let floor = floor_of(view.curve.iter().map(|p| p.1).chain(view.target));
        let share = |v: f64| (v - floor) / (1.0 - floor);
        let points: Vec<_> = view.curve.iter().map(|&(c, q)| (frame.x(c), frame.y(share(q)))).collect();
        let at_cut = view.miou.or_else(|| interpolate(&view.curve, view.coverage?));
        let mark = view.coverage.zip(view.threshold).map(|(coverage, threshold)| {
            let x = frame.x(coverage);
            let beside = x + 8.0;
            let note_x = if beside + Self::NOTE > frame.right { x - 8.0 - Self::NOTE } else { beside };
            Mark {
                x,
                note_x,
                note_y: frame.bottom - 52.0,
                first: format!("confidence ≥ {} labels {}", format::figure(threshold), format::percent(coverage)),
                second: at_cut.map_or_else(String::new, |q| format!("mean IoU {} on those", format::figure(q))),
            }
        });
        let spoken = match &mark {
            Some(m) => format!("Share of images labeled automatically against mean IoU. Chosen: {}, {}.", m.first, m.second),
            None => "Share of images labeled automatically against mean IoU. No threshold is chosen.".into(),
        };
        Self {
            frame,
            xs: [0.0, 0.25, 0.5, 0.75, 1.0].map(|s| Tick { at: frame.x(s), label: format::percent(s) }).to_vec(),
            ys: quality_ticks(&frame, floor),
            curve: path(&points),
            target: view.target.map(|t| Tick { at: frame.y(share(t)), label: format!("target {}", format::figure(t)) }),
            mark,
            spoken,
        }
    }
}

/// The curve's value at `x`, on the straight line between its neighbours.
fn interpolate(curve: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = curve.iter().position(|p| p.0 >= x)?;
    let (x1, y1) = curve[after];
    let Some(&(x0, y0)) = after.checked_sub(1).and_then(|i| curve.get(i)) else { return Some(y1) };
    Some(if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y1 })
}

/// Mean IoU of every model so far.
#[derive(Clone, Debug, Template)]
#[template(path = "charts/rounds.html")]
pub struct RoundsChart {
    pub frame: Frame,
    pub ys: Vec<Tick>,
    pub line: String,
    pub dots: Vec<Dot>,
    pub spoken: String,
}

/// One model in the chart.
#[derive(Clone, Debug)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    /// `v6`; empty where labels would collide.
    pub label: String,
    /// Shown by the browser when the pointer rests on the dot.
    pub title: String,
}

impl RoundsChart {
    /// Draws the models from the oldest to the newest.
    #[must_use]
    pub fn new(rounds: &[Round]) -> Self {
        let frame = Frame::new(500.0);
        let floor = floor_of(rounds.iter().map(|r| r.miou));
        let last = rounds.len().saturating_sub(1);
        let every = rounds.len().div_ceil(10).max(1);
        let dots: Vec<_> = rounds
            .iter()
            .enumerate()
            .map(|(i, round)| Dot {
                x: frame.x(if last == 0 { 0.5 } else { i as f64 / last as f64 }),
                y: frame.y((round.miou - floor) / (1.0 - floor)),
                label: if (last - i).is_multiple_of(every) { format!("v{}", round.version) } else { String::new() },
                title: format!(
                    "v{}: mean IoU {}, {}",
                    round.version,
                    format::figure(round.miou),
                    format::counted(round.labels, "labeled image", "labeled images")
                ),
            })
            .collect();
        let spoken = rounds.last().map_or_else(String::new, |r| {
            format!("Mean IoU by model version; the newest, v{}, has {}.", r.version, format::figure(r.miou))
        });
        Self { frame, ys: quality_ticks(&frame, floor), line: path(&dots.iter().map(|d| (d.x, d.y)).collect::<Vec<_>>()), dots, spoken }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_starts_below_the_worst_value() {
        assert_eq!(floor_of([0.52, 0.86].into_iter()), 0.5);
        assert_eq!(floor_of([0.97].into_iter()), 0.8);
        assert_eq!(floor_of([f64::NAN, 0.01].into_iter()), 0.0);
        let frame = Frame::new(500.0);
        let labels: Vec<_> = quality_ticks(&frame, 0.5).into_iter().map(|t| t.label).collect();
        assert_eq!(labels, ["0.6", "0.8", "1.0"]);
    }

    #[test]
    fn the_note_tells_the_quality_at_the_threshold_itself() {
        let curve = vec![(0.0, 0.95), (1.0, 0.9), (1.0, 0.85)];
        let view = ThresholdView { threshold: Some(0.7), coverage: Some(1.0), miou: Some(0.85), curve, ..ThresholdView::default() };
        assert_eq!(ThresholdChart::new(&view).mark.unwrap().second, "mean IoU 0.85 on those");
    }

    #[test]
    fn the_note_stays_inside_the_chart() {
        for coverage in [0.0, 0.5, 0.97, 1.0] {
            let view = ThresholdView {
                threshold: Some(0.8),
                coverage: Some(coverage),
                target: Some(0.85),
                curve: vec![(0.0, 0.95), (0.5, 0.9), (1.0, 0.7)],
                ..ThresholdView::default()
            };
            let chart = ThresholdChart::new(&view);
            let mark = chart.mark.as_ref().unwrap();
            assert!(mark.note_x >= 0.0 && mark.note_x + ThresholdChart::NOTE <= chart.frame.width);
            assert!(chart.render().unwrap().contains("<svg"));
        }
    }

    #[test]
    fn values_between_measured_points_lie_on_the_line() {
        let curve = [(0.0, 1.0), (0.5, 0.8), (1.0, 0.6)];
        assert!((interpolate(&curve, 0.25).unwrap() - 0.9).abs() < 1e-12);
        assert_eq!(interpolate(&curve, 0.0), Some(1.0));
        assert_eq!(interpolate(&[], 0.5), None);
    }

    #[test]
    fn one_model_and_no_model_are_drawn_too() {
        assert!(RoundsChart::new(&[]).dots.is_empty());
        let one = RoundsChart::new(&[Round { version: 1, miou: 0.5, labels: 20 }]);
        assert_eq!(one.dots.len(), 1);
        assert!(one.dots[0].title.contains("20 labeled images"));
    }
}
