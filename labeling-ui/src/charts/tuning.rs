//! Charts of a search for settings: what each trial reached, which values went with it, and what the search believes.

use super::{Frame, Tick, path, round};
use crate::{
    format,
    pages::tuning::{Axis, BeliefPoint, TrialRow},
};
use askama::Template;

/// The range of the trials' results, with air around it.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let air = ((high - low) * 0.12).max(0.005);
    ((low - air).max(0.0), (high + air).min(1.0))
}

fn ticks(frame: &Frame, (low, high): (f64, f64)) -> Vec<Tick> {
    (0..=4)
        .map(|n| f64::from(n) / 4.0)
        .map(|share| Tick { at: frame.y(share), label: format!("{:.3}", low + (high - low) * share) })
        .collect()
}

/// What each trial reached, and the best so far.
#[derive(Clone, Debug, Template)]
#[template(path = "charts/objective.html")]
pub struct ObjectiveChart {
    pub frame: Frame,
    pub ys: Vec<Tick>,
    pub xs: Vec<Tick>,
    /// The best so far, in steps.
    pub best: String,
    /// Height of what was there before.
    pub before: Option<f64>,
    pub dots: Vec<TrialDot>,
    pub spoken: String,
}

/// A trial in a chart.
#[derive(Clone, Debug)]
pub struct TrialDot {
    pub x: f64,
    pub y: f64,
    /// `done`, `stopped`, `failed` or `best`.
    pub kind: &'static str,
    pub title: String,
}

impl ObjectiveChart {
    /// Draws the trials in the order in which they were begun.
    #[must_use]
    pub fn new(trials: &[TrialRow]) -> Self {
        let frame = Frame::new(720.0);
        let ended: Vec<&TrialRow> = trials.iter().filter(|trial| !trial.open()).collect();
        let bounds = range(ended.iter().filter_map(|trial| trial.result()));
        let height = |v: f64| frame.y((v - bounds.0) / (bounds.1 - bounds.0).max(1e-9));
        let last = trials.len().saturating_sub(1).max(1);
        let across = |number: u32| frame.x((f64::from(number) + 0.5) / (last + 1) as f64);
        let (mut best, mut steps) = (f64::MIN, Vec::new());
        let mut dots = Vec::new();
        for trial in ended {
            let x = across(trial.number);
            if let Some(value) = trial.result() {
                if !steps.is_empty() {
                    steps.push((x, height(best)));
                }
                best = best.max(value);
                steps.push((x, height(best)));
            }
            let kind = if trial.best { "best" } else { trial.kind() };
            let y = trial.result().map_or(frame.bottom, height);
            dots.push(TrialDot { x, y, kind, title: trial.spoken() });
        }
        let every = trials.len().div_ceil(12).max(1);
        let xs = trials.iter().step_by(every).map(|trial| Tick { at: across(trial.number), label: trial.number.to_string() });
        let spoken = if best > f64::MIN {
            format!("Mean IoU by trial; the best has {}.", format::figure(best))
        } else {
            "No trial has a result yet.".into()
        };
        let before = trials.first().and_then(TrialRow::result).map(height);
        Self { ys: ticks(&frame, bounds), xs: xs.collect(), best: path(&steps), before, dots, spoken, frame }
    }
}

/// Every trial as a line through the values it was made with.
#[derive(Clone, Debug, Template)]
#[template(path = "charts/parallel.html")]
pub struct ParallelChart {
    pub frame: Frame,
    pub axes: Vec<ParallelAxis>,
    /// The worst first, so that the good ones lie on top.
    pub lines: Vec<ParallelLine>,
    pub spoken: String,
}

/// One parameter, or the result.
#[derive(Clone, Debug)]
pub struct ParallelAxis {
    pub x: f64,
    pub name: String,
    pub low: String,
    pub high: String,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
}

/// One trial.
#[derive(Clone, Debug)]
pub struct ParallelLine {
    pub d: String,
    /// `q0` (worst fifth) to `q4`, or `best`.
    pub kind: &'static str,
    pub title: String,
}

impl ParallelChart {
    const KINDS: [&str; 5] = ["q0", "q1", "q2", "q3", "q4"];

    /// Draws the trials that have a result.
    #[must_use]
    pub fn new(axes: &[Axis], trials: &[TrialRow]) -> Self {
        let mut frame = Frame::new(1080.0);
        (frame.left, frame.right, frame.top) = (56.0, frame.width - 56.0, 34.0);
        let across = |place: usize| frame.x(place as f64 / axes.len().max(1) as f64);
        let anchor = |place: usize| {
            if place == 0 {
                "start"
            } else if place == axes.len() {
                "end"
            } else {
                "middle"
            }
        };
        let mut ranked: Vec<(&TrialRow, f64)> =
            trials.iter().filter(|trial| !trial.open()).filter_map(|trial| Some((trial, trial.result()?))).collect();
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (low, high) = range(ranked.iter().map(|(_, value)| *value));
        let count = ranked.len().max(1);
        let line = |(rank, (trial, value)): (usize, &(&TrialRow, f64))| {
            let known = trial.places.iter().enumerate().filter_map(|(place, share)| Some((across(place), frame.y((*share)?))));
            let points: Vec<_> = known.chain([(across(axes.len()), frame.y((value - low) / (high - low).max(1e-9)))]).collect();
            let kind = if trial.best { "best" } else { Self::KINDS[rank * 5 / count] };
            ParallelLine { d: path(&points), kind, title: trial.spoken() }
        };
        let lines = ranked.iter().enumerate().map(line).collect();
        let mut drawn: Vec<ParallelAxis> = axes
            .iter()
            .enumerate()
            .map(|(place, axis)| ParallelAxis {
                x: across(place),
                name: axis.title.clone(),
                low: axis.low.clone(),
                high: axis.high.clone(),
                anchor: anchor(place),
            })
            .collect();
        drawn.push(ParallelAxis {
            x: across(axes.len()),
            name: "Mean IoU".into(),
            low: format!("{low:.3}"),
            high: format!("{high:.3}"),
            anchor: "end",
        });
        let spoken =
            format!("{} as lines through their values; the best is drawn bold.", format::counted(ranked.len() as u64, "trial", "trials"));
        Self { frame, axes: drawn, lines, spoken }
    }
}

/// What the search believes along one parameter, and where it expects to gain.
#[derive(Clone, Debug, Template)]
#[template(path = "charts/belief.html")]
pub struct BeliefChart {
    pub frame: Frame,
    pub ys: Vec<Tick>,
    pub xs: Vec<Tick>,
    /// Two standard deviations around what is expected.
    pub band: String,
    pub mean: String,
    pub dots: Vec<TrialDot>,
    /// The expected improvement, scaled to the height of its own strip below.
    pub gain: String,
    /// Where the most is expected.
    pub next: f64,
    pub floor: f64,
    pub spoken: String,
}

impl BeliefChart {
    const STRIP: f64 = 56.0;

    /// Draws the belief along `axis`. `places` are where the trials lie on it. None when nothing is known yet.
    #[must_use]
    pub fn new(axis: &Axis, points: &[BeliefPoint], trials: &[(f64, &TrialRow)]) -> Option<Self> {
        let strongest = points.iter().max_by(|a, b| a.log_gain.total_cmp(&b.log_gain))?;
        let mut frame = Frame::new(720.0);
        frame.height += Self::STRIP + 14.0;
        let floor = frame.bottom + Self::STRIP + 10.0;
        let results = trials.iter().filter_map(|(_, trial)| trial.result());
        let bounds = range(points.iter().flat_map(|p| [p.miou - 2.0 * p.deviation, p.miou + 2.0 * p.deviation]).chain(results));
        let height = |v: f64| frame.y((v - bounds.0) / (bounds.1 - bounds.0).max(1e-9));
        let upper: Vec<_> = points.iter().map(|p| (frame.x(p.place), height(p.miou + 2.0 * p.deviation))).collect();
        let lower = points.iter().rev().map(|p| (frame.x(p.place), height(p.miou - 2.0 * p.deviation)));
        let outline: Vec<_> = upper.into_iter().chain(lower).collect();
        // The gain spans many powers of ten; what counts is where it is nearly as large as anywhere.
        let share = |p: &BeliefPoint| (p.log_gain - strongest.log_gain).exp();
        let (first, last) = (points.first()?, points.last()?);
        let mut strip = vec![(frame.x(first.place), floor)];
        strip.extend(points.iter().map(|p| (frame.x(p.place), round(floor - Self::STRIP * share(p)))));
        strip.push((frame.x(last.place), floor));
        let dots = trials.iter().filter_map(|(place, trial)| {
            let kind = if trial.best { "best" } else { trial.kind() };
            Some(TrialDot { x: frame.x(*place), y: height(trial.result()?), kind, title: trial.spoken() })
        });
        Some(Self {
            ys: ticks(&frame, bounds),
            xs: axis.ticks.iter().map(|(place, label)| Tick { at: frame.x(*place), label: label.clone() }).collect(),
            band: path(&outline),
            mean: path(&points.iter().map(|p| (frame.x(p.place), height(p.miou))).collect::<Vec<_>>()),
            dots: dots.collect(),
            gain: path(&strip),
            next: frame.x(strongest.place),
            floor,
            spoken: format!("Expected mean IoU along {}; the most is to be gained at {}.", axis.title, strongest.value),
            frame,
        })
    }
}
