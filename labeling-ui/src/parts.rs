//! Pieces that several pages show: images, tasks, jobs, people, classes and the counts of a project.

use crate::format;

/// Where a project's images stand. The same figures arrive live as the event `progress`.
///
/// `people`, `machine_provisional`, `machine_committed`, `disagree`, `skipped` and the rest (waiting or held) are disjoint: together they
/// are `images`.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub images: u64,
    /// Images whose label comes from people and is settled.
    pub people: u64,
    pub machine_provisional: u64,
    pub machine_committed: u64,
    /// Images about which opinions differ.
    pub disagree: u64,
    pub waiting: u64,
    /// Images that somebody holds now.
    pub leased: u64,
    pub skipped: u64,
    /// Validation images labeled by people.
    pub validation_labeled: u64,
    /// Time people spent on submitted work, in seconds.
    pub seconds_spent: f64,
    /// Expected time to the end at today's pace, in seconds.
    pub eta_seconds: Option<f64>,
    /// Share of the labeled images that the model labeled, 0 to 1.
    pub share_model: f64,
}

/// One piece of a stacked bar of [`STACK`] units.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// `people`, `machine`, `disagree`, `skipped` or `waiting`: the colour's class name.
    pub kind: &'static str,
    pub x: f64,
    pub width: f64,
    pub count: u64,
}

/// Units of a stacked bar's width.
pub const STACK: f64 = 1000.0;

impl Progress {
    /// Images that the model labeled, provisional or committed.
    #[must_use]
    pub fn machine(&self) -> u64 {
        self.machine_provisional + self.machine_committed
    }

    /// Images that are not labeled yet, whether somebody holds them or not.
    #[must_use]
    pub fn rest(&self) -> u64 {
        self.images.saturating_sub(self.people + self.machine() + self.disagree + self.skipped)
    }

    /// Images with a label that nobody disputes.
    #[must_use]
    pub fn labeled(&self) -> u64 {
        self.people + self.machine()
    }

    /// Share of the images that are labeled, 0 to 1.
    #[must_use]
    pub fn share_labeled(&self) -> f64 {
        if self.images == 0 { 0.0 } else { self.labeled() as f64 / self.images as f64 }
    }

    /// The bar's pieces from left to right; they fill its width exactly.
    #[must_use]
    pub fn stack(&self) -> Vec<Segment> {
        let parts = [
            ("people", self.people),
            ("machine", self.machine()),
            ("disagree", self.disagree),
            ("skipped", self.skipped),
            ("waiting", self.rest()),
        ];
        let total = parts.iter().map(|p| p.1).sum::<u64>().max(1) as f64;
        let mut x = 0.0;
        let mut stack = Vec::with_capacity(parts.len());
        for (kind, count) in parts {
            let width = STACK * count as f64 / total;
            stack.push(Segment { kind, x, width, count });
            x += width;
        }
        stack
    }

    /// Drawing time the model took over, in seconds: its labels times what a label by hand has cost so far.
    #[must_use]
    pub fn seconds_saved(&self) -> f64 {
        let drawn = self.people + self.disagree;
        if drawn == 0 { 0.0 } else { self.machine() as f64 * self.seconds_spent / drawn as f64 }
    }

    /// Saved time as a share of labeling everything so far by hand; `None` before anything is saved.
    #[must_use]
    pub fn saved(&self) -> Option<f64> {
        let saved = self.seconds_saved();
        (saved > 0.0).then(|| saved / (saved + self.seconds_spent))
    }

    pub(crate) fn saved_text(&self) -> String {
        self.saved().map_or_else(|| "–".into(), |s| format::percent(s))
    }

    pub(crate) fn saved_detail(&self) -> String {
        if self.saved().is_some() {
            format!(
                "{} of drawing done by the model · {} spent",
                format::duration(self.seconds_saved()),
                format::duration(self.seconds_spent)
            )
        } else if self.seconds_spent > 0.0 {
            format!("{} spent by people; the model has labeled nothing yet", format::duration(self.seconds_spent))
        } else {
            "Counted as soon as the model labels its first images".into()
        }
    }

    pub(crate) fn eta_text(&self) -> String {
        if self.images == 0 {
            return "nothing to label yet".into();
        }
        if self.rest() + self.disagree == 0 {
            return "every image has a label".into();
        }
        match self.eta_seconds {
            Some(s) => format!("about {} of work left at today's pace", format::duration(s)),
            None => "time left is known after the first labels".into(),
        }
    }

    pub(crate) fn machine_text(&self) -> String {
        let all = format::count(self.machine());
        match (self.machine_provisional, self.machine_committed) {
            (0, _) => format!("{all} by the model"),
            (_, 0) => format!("{all} by the model, provisional"),
            (some, _) => format!("{all} by the model, {} provisional", format::count(some)),
        }
    }

    /// What a screen reader hears instead of the bar.
    pub(crate) fn spoken(&self) -> String {
        format!(
            "{} of {} images: {} by people, {} by the model, {} disagree, {} skipped, {} waiting",
            self.labeled(),
            self.images,
            self.people,
            self.machine(),
            self.disagree,
            self.skipped,
            self.rest()
        )
    }
}

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
        self.label.as_ref().and_then(|l| l.confidence).map(|c| format::figure(c))
    }

    pub(crate) fn agreement(&self) -> Option<String> {
        self.label.as_ref().and_then(|l| l.agreement).map(|c| format::figure(c))
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
        self.median_seconds.map_or_else(|| "–".into(), |s| format::clock(s))
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
