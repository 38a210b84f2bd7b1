//! The work board: the queue, who holds what, and who gets what next.

use crate::{
    Layout,
    links::query,
    parts::{TaskRow, task_word},
};
use askama::Template;

/// `GET /projects/{p}/work?state=&after=`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    pub layout: Layout,
    /// Tasks by state, in the order they are to be shown; the board links each to its filter.
    pub counts: Vec<StateCount>,
    /// The filter in force; empty means all.
    pub state: String,
    pub tasks: Vec<TaskRow>,
    pub people: Vec<LoadRow>,
    pub after: String,
    pub next: Option<String>,
    /// Shows the boxes and buttons to assign, prioritise and reclaim.
    pub can_manage: bool,
}

/// How many tasks are in a state.
#[derive(Clone, Debug, Default)]
pub struct StateCount {
    pub state: String,
    pub count: u64,
}

/// What one person has on the desk.
#[derive(Clone, Debug, Default)]
pub struct LoadRow {
    pub login: String,
    pub name: String,
    pub role: String,
    /// Tasks held now.
    pub held: u64,
    /// Tasks that wait for this person only.
    pub assigned: u64,
    /// Annotations submitted in the last 24 hours.
    pub done_today: u64,
}

impl StateCount {
    pub(crate) fn word(&self) -> &str {
        task_word(&self.state)
    }
}

impl WorkPage {
    pub(crate) fn all(&self) -> u64 {
        self.counts.iter().map(|c| c.count).sum()
    }

    pub(crate) fn page(&self, after: &str) -> String {
        query(&[("state", &self.state), ("after", after)])
    }
}
