//! Searching for better settings: the list of searches, and one of them as it runs.

use crate::{
    Layout,
    charts::tuning::{BeliefChart, ObjectiveChart, ParallelChart},
    format,
};
use askama::Template;

/// `GET /projects/{p}/tuning`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "tunings.html")]
pub struct TuningsPage {
    pub layout: Layout,
    /// Newest first.
    pub tunings: Vec<TuningRow>,
    /// What can be searched.
    pub parameters: Vec<Offered>,
    /// Labeled images that a search would use, and how many it needs.
    pub labels: u64,
    pub needed: u64,
    pub can_manage: bool,
}

/// A parameter in the form.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    pub name: String,
    pub title: String,
    pub about: String,
    pub integer: bool,
    /// `linear`, `log` or `reverse_log`.
    pub scale: String,
    pub min: String,
    pub max: String,
    /// The value that is used now.
    pub now: String,
    pub chosen: bool,
}

/// One search in short.
#[derive(Clone, Debug, Default)]
pub struct TuningRow {
    pub id: String,
    /// `running`, `done` or `stopped`.
    pub state: String,
    /// `Bayesian`, `random`, …
    pub strategy: String,
    /// Trials that are over, and how many there will be.
    pub over: u64,
    pub trials: u64,
    /// Mean IoU of the best trial, and with the settings that were in force.
    pub best: Option<f64>,
    pub before: Option<f64>,
    pub created_ms: i64,
    pub message: String,
}

/// `GET /projects/{p}/tuning/{tuning}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "tuning.html")]
pub struct TuningPage {
    pub layout: Layout,
    pub tuning: TuningRow,
    /// What is searched.
    pub axes: Vec<Axis>,
    /// In the order in which they were begun.
    pub trials: Vec<TrialRow>,
    /// The axis that is looked at closely, and what is believed along it.
    pub along: usize,
    pub belief: Vec<BeliefPoint>,
    pub can_manage: bool,
}

/// A parameter that is searched.
#[derive(Clone, Debug, Default)]
pub struct Axis {
    pub name: String,
    pub title: String,
    /// Ends of its range.
    pub low: String,
    pub high: String,
    /// Places in [0, 1] and what stands there.
    pub ticks: Vec<(f64, String)>,
}

/// A trial.
#[derive(Clone, Debug, Default)]
pub struct TrialRow {
    pub number: u32,
    /// `open`, `done`, `stopped` or `failed`.
    pub state: String,
    /// A value for each axis; empty where it has none.
    pub values: Vec<String>,
    /// Where they lie on their axes, in [0, 1].
    pub places: Vec<Option<f64>>,
    /// Mean IoU so far.
    pub value: Option<f64>,
    pub seconds: Option<f64>,
    pub message: String,
    pub best: bool,
}

/// What is believed at one place of an axis.
#[derive(Clone, Debug, Default)]
pub struct BeliefPoint {
    pub place: f64,
    pub value: String,
    pub miou: f64,
    pub deviation: f64,
    pub log_gain: f64,
}

impl TrialRow {
    pub(crate) fn open(&self) -> bool {
        self.state == "open"
    }

    /// Mean IoU, if the trial came to one that counts.
    pub(crate) fn result(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite() && self.state != "failed")
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self.state.as_str() {
            "stopped" => "stopped",
            "failed" => "failed",
            _ => "done",
        }
    }

    pub(crate) fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "accent",
            "failed" => "bad",
            _ => "plain",
        }
    }

    pub(crate) fn state_word(&self) -> &str {
        match self.state.as_str() {
            "open" if self.value.is_some() => "running",
            "open" => "waiting",
            "stopped" => "ended early",
            other => other,
        }
    }

    pub(crate) fn spoken(&self) -> String {
        match self.result() {
            Some(value) => format!("trial {}: mean IoU {}, {}", self.number, format::figure(value), self.values.join(", ")),
            None => format!("trial {}: {}", self.number, self.message),
        }
    }
}

impl TuningRow {
    pub(crate) fn running(&self) -> bool {
        self.state == "running"
    }

    pub(crate) fn tone(&self) -> &'static str {
        if self.running() { "accent" } else { "plain" }
    }

    /// How much better than before, in hundredths of mean IoU.
    pub(crate) fn gain(&self) -> Option<String> {
        let gain = self.best? - self.before?;
        Some(if gain > 0.0005 { format!("+{gain:.3}") } else { "±0".to_owned() })
    }
}

impl TuningPage {
    pub(crate) fn objective(&self) -> ObjectiveChart {
        ObjectiveChart::new(&self.trials)
    }

    pub(crate) fn parallel(&self) -> ParallelChart {
        ParallelChart::new(&self.axes, &self.trials)
    }

    pub(crate) fn looked_at(&self) -> Option<&Axis> {
        self.axes.get(self.along)
    }

    pub(crate) fn belief_chart(&self) -> Option<BeliefChart> {
        let ended = self.trials.iter().filter(|trial| !trial.open());
        let placed: Vec<(f64, &TrialRow)> = ended.filter_map(|trial| Some(((*trial.places.get(self.along)?)?, trial))).collect();
        BeliefChart::new(self.looked_at()?, &self.belief, &placed)
    }

    /// The best trial, when it is not the first, whose settings are in force already.
    pub(crate) fn winner(&self) -> Option<&TrialRow> {
        self.trials.iter().find(|trial| trial.best && trial.number > 0)
    }

    pub(crate) fn summary(&self) -> String {
        let Some(best) = self.tuning.best else { return "No trial has a result yet.".into() };
        let Some(before) = self.tuning.before else { return format!("Best so far: mean IoU {best:.3}.") };
        if best - before > 0.0005 {
            format!("Best so far: mean IoU {best:.3}, against {before:.3} with the settings in force when it began.")
        } else {
            format!("Nothing better than the settings in force was found so far: mean IoU {before:.3}.")
        }
    }
}

impl TuningsPage {
    pub(crate) fn running(&self) -> bool {
        self.tunings.iter().any(TuningRow::running)
    }

    pub(crate) fn ready(&self) -> bool {
        self.labels >= self.needed && !self.running()
    }

    pub(crate) fn why_not(&self) -> String {
        if self.running() {
            return "Another tuning runs".into();
        }
        format!("Tuning needs at least {} labeled images; there are {}", self.needed, self.labels)
    }
}
