//! The users of the workspace.

use crate::Layout;
use askama::Template;

/// `GET /people`, for admins. A new person is made through the API; the one-time link in its answer is shown once.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "people.html")]
pub struct PeoplePage {
    pub layout: Layout,
    pub users: Vec<UserRow>,
    /// Cursor of the next page (`?after=`).
    pub next: Option<String>,
}

/// A user of the workspace.
#[derive(Clone, Debug, Default)]
pub struct UserRow {
    pub id: String,
    pub login: String,
    pub name: String,
    pub admin: bool,
    pub created_ms: i64,
    /// `false` until the one-time link was used.
    pub has_password: bool,
    /// Projects this person is a member of.
    pub projects: u64,
}
