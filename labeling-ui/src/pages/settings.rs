//! A project's settings.

use crate::{Layout, parts::ClassRow};
use askama::Template;

/// `GET /projects/{p}/settings`. Forms are sent to the API by the page script.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    pub layout: Layout,
    pub name: String,
    pub instructions: String,
    pub paused: bool,
    pub classes: Vec<ClassRow>,
    /// What classes ask about their objects.
    pub questions: Vec<QuestionRow>,
    pub policy: PolicyForm,
    pub checks: ChecksForm,
    pub members: Vec<MemberRow>,
    /// Users of the workspace who are not members yet.
    pub candidates: Vec<UserOption>,
    /// Without it everything is shown but nothing can be changed.
    pub can_manage: bool,
}

/// The labeling policy as the project stores it.
#[derive(Clone, Debug)]
pub struct PolicyForm {
    /// `off`, `fixed`, `target` or `certified`.
    pub mode: String,
    pub threshold: f64,
    pub target_miou: f64,
    pub opinions: u32,
    pub quorum: f64,
    /// `weighted` or `majority`.
    pub fusion: String,
    pub validation_share: f64,
    pub retrain_after_labels: u32,
    pub retrain_every_minutes: u32,
    pub lease_seconds: u32,
    pub random_share: f64,
    /// Pixels of the shorter side that the model sees.
    pub input_size: u32,
}

impl Default for PolicyForm {
    fn default() -> Self {
        Self {
            mode: "off".into(),
            threshold: 0.9,
            target_miou: 0.85,
            opinions: 1,
            quorum: 0.5,
            fusion: "weighted".into(),
            validation_share: 0.2,
            retrain_after_labels: 20,
            retrain_every_minutes: 0,
            lease_seconds: 1800,
            random_share: 0.25,
            input_size: 256,
        }
    }
}

/// What people are warned of before they hand in. Empty fields are warnings that are off.
#[derive(Clone, Debug, Default)]
pub struct ChecksForm {
    /// Share of the image, in [0, 1].
    pub unlabeled: String,
    /// Pixels.
    pub tiny: String,
    /// Share of the smaller object, in [0, 1].
    pub overlap: String,
    pub attributes: bool,
}

/// Something that a class asks about each of its objects.
#[derive(Clone, Debug, Default)]
pub struct QuestionRow {
    pub class: u8,
    pub name: String,
    /// `choice`, `checkbox`, `number` or `text`.
    pub kind: String,
    /// Choices with commas between them; smallest and largest number with `to` between them; the longest text in characters.
    pub detail: String,
    pub required: bool,
}

/// A member of the project.
#[derive(Clone, Debug, Default)]
pub struct MemberRow {
    /// Goes into `/members/{user}`.
    pub user_id: String,
    pub login: String,
    pub name: String,
    pub role: String,
    /// The viewer, who must not lock themselves out by accident.
    pub is_me: bool,
}

/// A user to choose from.
#[derive(Clone, Debug, Default)]
pub struct UserOption {
    pub id: String,
    pub login: String,
    pub name: String,
}

/// What `mode.html` shows.
impl SettingsPage {
    /// The row that a new attribute begins with.
    pub(crate) fn blank_question(&self) -> &'static QuestionRow {
        static BLANK: QuestionRow =
            QuestionRow { class: 0, name: String::new(), kind: String::new(), detail: String::new(), required: false };
        &BLANK
    }

    pub(crate) fn mode(&self) -> &str {
        &self.policy.mode
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.policy.threshold
    }

    pub(crate) fn target_miou(&self) -> f64 {
        self.policy.target_miou
    }
}
