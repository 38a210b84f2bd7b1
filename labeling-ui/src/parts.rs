//! Pieces that several pages show: images, tasks, jobs, people and classes.

pub use crate::progress::{Progress, STACK, Segment};

use crate::format;

/// The label of an image in short.
#[derive(Clone, Debug, Default)]
pub struct LabelInfo {
    /// `people` or `machine`.
    pub source: String,
    /// `provisional`, `committed` or `withdrawn`.
    pub status: String,
    /// The model's confidence, 0 to 1.
    pub confidence: Option<f64>,
    /// How far the opinions agree, 0 to 1.
    pub agreement: Option<f64>,
}

impl LabelInfo {
    pub(crate) fn by_machine(&self) -> bool {
        matches!(self.source.as_str(), "machine" | "model")
    }
}

/// An image in a grid or on its own page.
#[derive(Clone, Debug, Default)]
pub struct ImageCard {
    pub id: String,
    pub name: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// `train`, `validation` or `test`.
    pub subset: String,
    /// `waiting`, `leased`, `done`, `machine` or `skipped`.
    pub state: String,
    pub label: Option<LabelInfo>,
    /// The picture to look at (`/api/v1/images/{id}/file`).
    pub url: String,
    /// At most 320 pixels wide and high.
    pub thumb_url: String,
    /// The label's class map as a see-through picture (`…/mask.png?colour=1`); `None` without a label.
    pub mask_url: Option<String>,
}

impl ImageCard {
    pub(crate) fn confidence(&self) -> Option<String> {
        self.label.as_ref().and_then(|l| l.confidence).map(format::figure)
    }

    pub(crate) fn agreement(&self) -> Option<String> {
        self.label.as_ref().and_then(|l| l.agreement).map(format::figure)
    }

    /// Colour and word of the state: people's labels are blue, the model's violet.
    pub(crate) fn tone(&self) -> &'static str {
        state_tone(&self.state)
    }

    pub(crate) fn state_word(&self) -> &str {
        state_word(&self.state)
    }
}

/// The word shown for an image's or a task's state.
#[must_use]
pub fn state_word(state: &str) -> &str {
    match state {
        "leased" => "being labeled",
        "done" => "by people",
        "machine" => "by the model",
        "" => "all",
        other => other,
    }
}

/// The word shown for a task's state on the work board.
#[must_use]
pub fn task_word(state: &str) -> &str {
    match state {
        "leased" => "held",
        "parked" => "labeled by the model",
        "" => "all",
        other => other,
    }
}

/// The colour's class name of a state of an image, task or job.
#[must_use]
pub fn state_tone(state: &str) -> &'static str {
    match state {
        "done" | "people" | "committed" => "human",
        "machine" | "parked" => "machine",
        "leased" | "running" => "accent",
        "skipped" | "disagree" => "warn",
        "failed" => "bad",
        _ => "plain",
    }
}

/// A unit of work on the board or on an image's page.
#[derive(Clone, Debug, Default)]
pub struct TaskRow {
    pub id: String,
    pub image_id: String,
    pub image_name: String,
    pub thumb_url: String,
    /// `label`, `adjust`, `verify` or `review`.
    pub kind: String,
    /// `waiting`, `leased`, `done`, `parked` (the model labeled it meanwhile), `skipped`, …
    pub state: String,
    /// Higher comes first.
    pub priority: f64,
    /// Which of several opinions on the image this is, from 0.
    pub slot: u32,
    /// Login of the only person who may take it.
    pub assigned_to: Option<String>,
    /// Login of who holds it now or did it.
    pub holder: Option<String>,
    pub lease_until_ms: Option<i64>,
}

impl TaskRow {
    pub(crate) fn tone(&self) -> &'static str {
        if self.state == "done" { "ok" } else { state_tone(&self.state) }
    }

    pub(crate) fn word(&self) -> &str {
        task_word(&self.state)
    }

    pub(crate) fn priority_text(&self) -> String {
        format::figure(self.priority)
    }

    pub(crate) fn held(&self) -> bool {
        self.state == "leased"
    }
}

/// Work for a worker process.
#[derive(Clone, Debug, Default)]
pub struct JobRow {
    pub id: String,
    /// `features`, `train`, `predict`, `export` or `import`.
    pub kind: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// 0 to 1.
    pub progress: f64,
    /// What it does or did, or why it failed; one line.
    pub message: String,
    pub worker: Option<String>,
    pub created_ms: i64,
    pub started_ms: Option<i64>,
    pub finished_ms: Option<i64>,
}

impl JobRow {
    /// The job in a person's words.
    #[must_use]
    pub fn title(&self) -> &str {
        job_title(&self.kind)
    }

    pub(crate) fn active(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "running")
    }

    pub(crate) fn running(&self) -> bool {
        self.state == "running"
    }

    pub(crate) fn can_retry(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "cancelled")
    }

    pub(crate) fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "done" => "ok",
            "failed" => "bad",
            "running" => "accent",
            _ => "plain",
        }
    }

    /// Percent while it runs, how long it took afterwards.
    #[must_use]
    pub fn figure(&self) -> String {
        match (self.state.as_str(), self.started_ms, self.finished_ms) {
            ("running", ..) => format::percent(self.progress),
            ("queued", ..) => "in line".into(),
            (_, Some(from), Some(to)) => format::duration((to - from).max(0) as f64 / 1000.0),
            _ => String::new(),
        }
    }
}

/// A kind of job in a person's words.
#[must_use]
pub fn job_title(kind: &str) -> &str {
    match kind {
        "features" => "Prepare images",
        "train" => "Train the model",
        "predict" => "Label with the model",
        "export" => "Export",
        "import" => "Import",
        "tune" => "Tune",
        other => other,
    }
}

/// What somebody holds now.
#[derive(Clone, Debug, Default)]
pub struct Holding {
    pub task_id: String,
    pub image_name: String,
    pub lease_until_ms: i64,
}

/// A person's work in a project.
#[derive(Clone, Debug, Default)]
pub struct PersonRow {
    pub id: String,
    pub login: String,
    pub name: String,
    pub role: String,
    /// Submitted annotations.
    pub labels: u64,
    /// Median seconds for one.
    pub median_seconds: Option<f64>,
    /// Mean agreement with the others, 0 to 1.
    pub agreement: Option<f64>,
    pub now: Option<Holding>,
}

impl PersonRow {
    pub(crate) fn median_text(&self) -> String {
        self.median_seconds.map_or_else(|| "–".into(), format::clock)
    }

    pub(crate) fn agreement_text(&self) -> String {
        format::figure_or_dash(self.agreement)
    }

    /// Agreement below which a manager should look.
    pub(crate) fn doubtful(&self) -> bool {
        self.agreement.is_some_and(|a| a < 0.8)
    }
}

/// A class of the project.
#[derive(Clone, Debug, Default)]
pub struct ClassRow {
    /// 1 to 254; stable for ever.
    pub index: u8,
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// `thing` or `stuff`.
    pub kind: String,
    /// Labels use it, so it cannot be removed.
    pub in_use: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_tells_its_kind_and_how_long_it_took() {
        let job = JobRow { state: "done".into(), started_ms: Some(0), finished_ms: Some(48_000), ..JobRow::default() };
        assert_eq!(job.figure().replace(format::SPACE, " "), "48 s");
        assert_eq!(job_title("something-new"), "something-new");
    }
}
