//! What the demonstration is told.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// How the demonstration signs in: as somebody who may create users and projects.
#[derive(Clone, Debug)]
pub enum Credentials {
    Password { login: String, password: String },
    Token(String),
}

/// What to show, and on which server.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// The server's address, such as `http://127.0.0.1:8080`.
    pub url: String,
    pub credentials: Credentials,
    /// A folder with `images/` and `masks/`; none for pictures drawn on the spot.
    pub data: Option<PathBuf>,
    /// At most so many images.
    pub images: usize,
    pub annotators: usize,
    /// How many people label each image.
    pub opinions: u8,
    pub seed: u64,
    /// Where the closing table is written as JSON.
    pub json: Option<PathBuf>,
    /// Where the exported files are saved; none leaves them on the server.
    pub out: Option<PathBuf>,
    /// How the model's threshold is found: `off`, `fixed` or `target`.
    pub mode: String,
    /// Confidence for `fixed`, 0 to 1.
    pub threshold: f64,
    /// Mean IoU for `target`, 0 to 1.
    pub target_miou: f64,
    /// Labels by people before the model is trained again.
    pub retrain_after: usize,
    /// Share of the images that people may label, 0 to 1.
    pub human_share: f64,
    /// Long side at which the model sees images; none for the server's default.
    pub input_size: Option<u32>,
    /// How long each annotation is held back, to watch at leisure.
    pub pace: Duration,
    /// How long to wait for one round of training and prediction, or for the export.
    pub patience: Duration,
    pub quiet: bool,
}

impl DemoOptions {
    /// The usual demonstration on that server.
    #[must_use]
    pub fn new(url: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            url: url.into(),
            credentials,
            data: None,
            images: 120,
            annotators: 3,
            opinions: 1,
            seed: 1,
            json: None,
            out: None,
            mode: "target".to_owned(),
            threshold: 0.9,
            target_miou: 0.8,
            retrain_after: 20,
            human_share: 1.0,
            input_size: None,
            pace: Duration::from_millis(20),
            patience: Duration::from_secs(900),
            quiet: false,
        }
    }

    /// # Errors
    /// An option makes no sense; the text says which and what it may be.
    pub(super) fn check(&self) -> Result<()> {
        if self.images == 0 || self.annotators == 0 || self.retrain_after == 0 {
            bail!("images, annotators and labels between trainings must be at least 1; nothing was changed");
        }
        if self.opinions == 0 || usize::from(self.opinions) > self.annotators {
            bail!("{} opinions an image need as many annotators, there are {}; nothing was changed", self.opinions, self.annotators);
        }
        if !matches!(self.mode.as_str(), "off" | "fixed" | "target") {
            bail!("the mode '{}' is not one of off, fixed, target; nothing was changed", self.mode);
        }
        for (name, value) in [("threshold", self.threshold), ("target mean IoU", self.target_miou), ("people's share", self.human_share)] {
            if !(0.0..=1.0).contains(&value) {
                bail!("the {name} {value} is not between 0 and 1; nothing was changed");
            }
        }
        Ok(())
    }

    /// The project's labeling policy.
    pub(super) fn policy(&self) -> Value {
        let mut policy = json!({
            "mode": self.mode,
            "threshold": self.threshold,
            "target_miou": self.target_miou,
            "opinions": self.opinions,
            "retrain_after_labels": self.retrain_after,
        });
        if let Some(size) = self.input_size {
            policy["input_size"] = json!(size);
        }
        policy
    }

    /// How many images people may label.
    pub(super) fn budget(&self, images: usize) -> usize {
        ((images as f64 * self.human_share).ceil() as usize).clamp(1, images)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_make_no_sense_are_named() {
        let usual = DemoOptions::new("http://localhost:1", Credentials::Token(String::new()));
        assert!(usual.check().is_ok());
        assert_eq!(usual.budget(120), 120);
        let said = |options: DemoOptions| options.check().unwrap_err().to_string();
        assert!(said(DemoOptions { opinions: 4, ..usual.clone() }).contains("4 opinions"));
        assert!(said(DemoOptions { mode: "magic".into(), ..usual.clone() }).contains("magic"));
        assert!(said(DemoOptions { human_share: 1.5, ..usual.clone() }).contains("1.5"));
        assert!(said(DemoOptions { images: 0, ..usual }).contains("at least 1"));
    }
}
