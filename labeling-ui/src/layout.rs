//! The frame around every page: navigation, account menu and the message under the title.

use crate::format;

/// The frame around a page. Every page struct has one as its field `layout`.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The document's title without the product's name.
    pub title: String,
    /// Which entry of the navigation is lit.
    pub section: Section,
    /// Who is signed in; `None` hides navigation and account menu (sign-in, welcome, errors for strangers).
    pub user: Option<UserChip>,
    /// The project whose pages stand in the navigation.
    pub project: Option<ProjectNav>,
    /// What the previous request did or could not do.
    pub notice: Option<Notice>,
    /// The clock of this request in Unix milliseconds; relative times are counted from it.
    pub now_ms: i64,
}

/// The entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    #[default]
    None,
    Overview,
    Images,
    Work,
    Models,
    TryIt,
    Tuning,
    Exports,
    Settings,
    Projects,
    People,
    System,
    Tokens,
}

/// The signed-in person.
#[derive(Clone, Debug, Default)]
pub struct UserChip {
    pub login: String,
    pub name: String,
    /// Shows the entries People and Health.
    pub admin: bool,
}

/// A project as the navigation shows it.
#[derive(Clone, Debug, Default)]
pub struct ProjectNav {
    pub id: String,
    pub name: String,
    /// The viewer's role here: `manager`, `reviewer`, `annotator` or `viewer`.
    pub role: String,
    pub images: u64,
    /// Tasks that wait for somebody.
    pub work: u64,
    /// The newest model's version, if there is one.
    pub model: Option<u32>,
}

impl UserChip {
    pub(crate) fn initial(&self) -> String {
        self.name.chars().next().or_else(|| self.login.chars().next()).map(String::from).unwrap_or_default()
    }
}

impl ProjectNav {
    /// May this person change settings, start jobs and assign work?
    #[must_use]
    pub fn manages(&self) -> bool {
        self.role == "manager"
    }

    /// May this person see the work board?
    #[must_use]
    pub fn reviews(&self) -> bool {
        matches!(self.role.as_str(), "manager" | "reviewer")
    }

    /// May this person draw?
    #[must_use]
    pub fn labels(&self) -> bool {
        self.role != "viewer" && !self.role.is_empty()
    }
}

/// A message at the top of a page.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// `ok`, `warn` or `bad`.
    pub tone: String,
    /// What happened.
    pub text: String,
    /// What was kept and what to do next; may be empty.
    pub detail: String,
}

impl Notice {
    /// Something went well.
    #[must_use]
    pub fn ok(text: impl Into<String>) -> Self {
        Self { tone: "ok".into(), text: text.into(), detail: String::new() }
    }

    /// Something went wrong: what happened, and what was kept and what to do.
    #[must_use]
    pub fn bad(text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { tone: "bad".into(), text: text.into(), detail: detail.into() }
    }

    pub(crate) fn icon(&self) -> &'static str {
        if self.tone == "ok" { "circle-check" } else { "triangle-alert" }
    }

    /// An error interrupts a screen reader, a confirmation waits for its turn.
    pub(crate) fn aria(&self) -> &'static str {
        if self.tone == "bad" { "alert" } else { "status" }
    }
}

impl Layout {
    pub(crate) fn on(&self, section: Section) -> bool {
        self.section == section
    }

    pub(crate) fn ago(&self, ms: &i64) -> String {
        format::ago(*ms, self.now_ms)
    }

    pub(crate) fn left(&self, until_ms: &i64) -> String {
        format::left(*until_ms, self.now_ms)
    }

    /// The project's id, or nothing on a page outside projects.
    pub(crate) fn project_id(&self) -> &str {
        self.project.as_ref().map_or("", |p| p.id.as_str())
    }
}
