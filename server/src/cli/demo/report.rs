//! The closing table.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;
use uuid::Uuid;

use super::client::ExportFile;

/// What the demonstration found. Written as JSON with these names.
#[derive(Clone, Debug, Serialize)]
pub struct DemoReport {
    pub project: Uuid,
    /// Where to look at it in a browser.
    pub url: String,
    pub images: usize,
    pub labeled_by_people: usize,
    pub labeled_by_model: usize,
    pub unlabeled: usize,
    /// Mean over images of the foreground mean IoU against the truth; none when there are no such labels.
    pub miou_people: Option<f64>,
    pub miou_model: Option<f64>,
    /// The lowest IoU of a label by the model.
    pub worst_model: Option<f64>,
    /// Confidence from which the last model's labels were taken.
    pub threshold: Option<f64>,
    pub annotators: Vec<AnnotatorReport>,
    /// Simulated seconds that people worked.
    pub people_seconds: f64,
    /// What drawing every labeled image by hand would have taken, by the same cost model.
    pub by_hand_seconds: f64,
    pub saved_seconds: f64,
    /// Suggested shapes that people took over.
    pub suggestions_taken: usize,
    pub rounds: Vec<RoundReport>,
    pub wall_minutes: f64,
    pub export_dir: Option<String>,
    pub files: Vec<ExportFile>,
    /// What went wrong without stopping the demonstration.
    pub warnings: Vec<String>,
}

/// One annotator's part.
#[derive(Clone, Debug, Serialize)]
pub struct AnnotatorReport {
    pub login: String,
    pub annotations: usize,
    pub seconds: f64,
}

/// One trained model.
#[derive(Clone, Debug, Serialize)]
pub struct RoundReport {
    pub version: i64,
    /// Labels it learned from.
    pub labels: u64,
    pub miou: Option<f64>,
    pub threshold: Option<f64>,
    pub coverage: Option<f64>,
    pub train_seconds: f64,
}

impl Display for DemoReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let share = |count: usize| percent(count as f64 / self.images.max(1) as f64);
        let saved = if self.by_hand_seconds > 0.0 { self.saved_seconds / self.by_hand_seconds } else { 0.0 };
        let mut row = |name: &str, value: String| writeln!(f, "  {name:<30} {value}");
        row("images", self.images.to_string())?;
        row(
            "labeled by people",
            format!("{} ({}), mean IoU {}", self.labeled_by_people, share(self.labeled_by_people), number(self.miou_people)),
        )?;
        let worst = self.worst_model.map(|worst| format!(", lowest {worst:.3}")).unwrap_or_default();
        row(
            "labeled by the model",
            format!("{} ({}), mean IoU {}{worst}", self.labeled_by_model, share(self.labeled_by_model), number(self.miou_model)),
        )?;
        row("without a label", self.unlabeled.to_string())?;
        row("confidence threshold", number(self.threshold))?;
        row(
            "people's time (simulated)",
            format!("{}, {} suggested shapes taken over", duration(self.people_seconds), self.suggestions_taken),
        )?;
        for annotator in &self.annotators {
            row(&format!("  {}", annotator.login), format!("{} annotations, {}", annotator.annotations, duration(annotator.seconds)))?;
        }
        row("all by hand", duration(self.by_hand_seconds))?;
        row("saved", format!("{} ({})", duration(self.saved_seconds), percent(saved)))?;
        for round in &self.rounds {
            let figures =
                format!("mean IoU {}, threshold {}, coverage {}", number(round.miou), number(round.threshold), number(round.coverage));
            let text = format!("{} labels, {figures}, trained in {:.0} s", round.labels, round.train_seconds);
            row(&format!("model {}", round.version), text)?;
        }
        for file in &self.files {
            row("exported", format!("{} ({} bytes)", file.name, file.bytes))?;
        }
        if let Some(folder) = &self.export_dir {
            row("export folder", folder.clone())?;
        }
        row("took", format!("{:.1} minutes", self.wall_minutes))?;
        for warning in &self.warnings {
            row("warning", warning.clone())?;
        }
        row("look at it", self.url.clone())
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn duration(seconds: f64) -> String {
    let whole = seconds.abs().round() as u64;
    let sign = if seconds < 0.0 { "−" } else { "" };
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{sign}{s} s"),
        (0, m, s) => format!("{sign}{m} min {s:02} s"),
        (h, m, _) => format!("{sign}{h} h {m:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_figure() {
        let report = DemoReport {
            project: Uuid::nil(),
            url: "http://localhost:1/projects/x".into(),
            images: 120,
            labeled_by_people: 50,
            labeled_by_model: 66,
            unlabeled: 4,
            miou_people: Some(0.931),
            miou_model: Some(0.9),
            worst_model: Some(0.61),
            threshold: Some(0.87),
            annotators: vec![AnnotatorReport { login: "careful".into(), annotations: 50, seconds: 5000.0 }],
            people_seconds: 5000.0,
            by_hand_seconds: 14_000.0,
            saved_seconds: 9000.0,
            suggestions_taken: 80,
            rounds: vec![RoundReport { version: 1, labels: 20, miou: Some(0.8), threshold: None, coverage: Some(0.3), train_seconds: 4.0 }],
            wall_minutes: 2.5,
            export_dir: None,
            files: vec![ExportFile { name: "train.rec".into(), bytes: 12 }],
            warnings: vec![],
        };
        let text = report.to_string();
        for part in [
            "50 (42 %), mean IoU 0.931",
            "66 (55 %)",
            "lowest 0.610",
            "1 h 23 min",
            "2 h 30 min (64 %)",
            "train.rec (12 bytes)",
            "threshold –",
            "2.5 minutes",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(serde_json::to_value(&report).unwrap()["labeled_by_model"] == 66);
    }
}
