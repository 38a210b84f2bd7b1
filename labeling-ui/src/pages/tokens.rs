//! The tokens of whoever is signed in.

use crate::{Layout, format};
use askama::Template;

/// `GET /tokens`. A new token is made through the API; its secret is shown once.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "tokens.html")]
pub struct TokensPage {
    pub layout: Layout,
    /// Newest first.
    pub tokens: Vec<TokenRow>,
    /// Projects that a token can be for.
    pub projects: Vec<ProjectOption>,
    /// The project that the form begins with; empty is all of them.
    pub chosen: String,
}

/// A token that is valid.
#[derive(Clone, Debug, Default)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// May only ask models.
    pub inference: bool,
    /// The only project that it opens.
    pub project: Option<String>,
    pub created_ms: i64,
    pub expires_ms: i64,
    pub used_ms: Option<i64>,
}

/// A project to choose.
#[derive(Clone, Debug, Default)]
pub struct ProjectOption {
    pub id: String,
    pub name: String,
}

impl TokenRow {
    /// What it opens, after the word for the kind of thing.
    pub(crate) fn opens(&self) -> String {
        match (self.inference, &self.project) {
            (true, Some(project)) => format!("of {project}"),
            (true, None) => "of all my projects".into(),
            (false, _) => "that I may do".into(),
        }
    }

    pub(crate) fn until(&self) -> String {
        format::day(self.expires_ms)
    }
}
