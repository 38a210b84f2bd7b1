//! A new project.

use crate::{Layout, parts::ClassRow};
use askama::Template;

/// `GET /projects/new`. Its form posts to `/projects/new`, urlencoded, with repeated fields, so read it as a list of pairs:
/// `name`, `instructions`, then for each class in order `class_name`, `class_color` (`#rrggbb`), `class_kind` (`thing` or `stuff`);
/// rows with an empty name are to be left out; then `mode` (`off`, `fixed`, `target`), `threshold`, `target_miou`, `opinions`.
/// A refusal renders the page again with `layout.notice` and everything that was typed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "new_project.html")]
pub struct NewProjectPage {
    pub layout: Layout,
    pub name: String,
    pub instructions: String,
    /// Rows to show; [`NewProjectPage::blank`] makes three empty ones with good colours.
    pub classes: Vec<ClassRow>,
    pub mode: String,
    pub threshold: f64,
    pub target_miou: f64,
    pub opinions: u32,
}

/// Colours that stay apart from each other on dark pictures and for colour-blind people; classes take them in turn.
pub const CLASS_COLORS: [&str; 10] =
    ["#4cc38a", "#e0a843", "#f07178", "#4ea8de", "#c77dff", "#f4978e", "#80ed99", "#ffd166", "#06d6a0", "#ef476f"];

impl NewProjectPage {
    /// The page before anything was typed.
    #[must_use]
    pub fn blank(layout: Layout) -> Self {
        let row = |i: u8| ClassRow {
            index: i + 1,
            color: CLASS_COLORS[usize::from(i) % CLASS_COLORS.len()].into(),
            kind: "thing".into(),
            ..ClassRow::default()
        };
        Self {
            layout,
            name: String::new(),
            instructions: String::new(),
            classes: (0..3).map(row).collect(),
            mode: "target".into(),
            threshold: 0.9,
            target_miou: 0.85,
            opinions: 1,
        }
    }
}

/// What `mode.html` shows.
impl NewProjectPage {
    pub(crate) fn mode(&self) -> &str {
        &self.mode
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
    }

    pub(crate) fn target_miou(&self) -> f64 {
        self.target_miou
    }
}
