//! All projects of the signed-in person.

use crate::{Layout, parts::Progress};
use askama::Template;

/// `GET /projects`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "projects.html")]
pub struct ProjectsPage {
    pub layout: Layout,
    pub projects: Vec<ProjectCard>,
    /// Cursor of the next page (`?after=`).
    pub next: Option<String>,
}

/// A project as a card.
#[derive(Clone, Debug, Default)]
pub struct ProjectCard {
    pub id: String,
    pub name: String,
    /// The viewer's role in it.
    pub role: String,
    pub paused: bool,
    /// Only the counts are used.
    pub progress: Progress,
    pub members: u64,
    pub classes: u64,
    /// Newest model version.
    pub model: Option<u32>,
}

impl ProjectCard {
    /// Every image has a label that nobody disputes.
    pub(crate) fn done(&self) -> bool {
        self.progress.images > 0 && self.progress.rest() + self.progress.disagree == 0
    }
}
