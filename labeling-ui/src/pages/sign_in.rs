//! Sign in.

use crate::Layout;
use askama::Template;

/// `GET /sign-in`. Its form posts `login`, `password` and `next` (urlencoded) to `/sign-in`; a refusal renders the page again with
/// `layout.notice` and the login kept.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub layout: Layout,
    /// What was typed before, to be kept.
    pub login: String,
    /// The path to go to afterwards; empty for the list of projects.
    pub next: String,
}
