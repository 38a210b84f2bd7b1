//! The page for what went wrong.

use crate::Layout;
use askama::Template;

/// Any page that could not be shown. Empty texts are left out.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    pub detail: String,
    /// What was kept.
    pub kept: String,
    /// What to do.
    pub action: String,
    /// Finds the request in the server's log.
    pub request_id: String,
}

impl ErrorPage {
    /// The page with the usual words for a status; `layout.user` decides whether the navigation is shown.
    #[must_use]
    pub fn new(mut layout: Layout, status: u16) -> Self {
        let (title, detail, kept, action) = match status {
            401 => (
                "You are signed out",
                "This page needs somebody who is signed in.",
                "Your work is kept.",
                "Sign in and open the page again.",
            ),
            403 => (
                "This is not yours to see",
                "Your role does not allow this page or action.",
                "Nothing was changed.",
                "Ask a manager of the project for the role you need.",
            ),
            404 => (
                "There is nothing here",
                "The address is wrong, or what it named was removed.",
                "Nothing was changed.",
                "Go to your projects and look for it there.",
            ),
            409 => (
                "Somebody was faster",
                "What this page showed has changed meanwhile.",
                "Nothing was changed.",
                "Load the page again and look before you repeat it.",
            ),
            429 => {
                ("Too many tries", "This was asked too often in a short time.", "Nothing was changed.", "Wait a minute, then try again.")
            }
            500.. => (
                "The server stumbled",
                "Something on our side went wrong while this page was made.",
                "Everything that was saved before is kept.",
                "Try again in a moment. If it stays, give the number below to whoever runs the server.",
            ),
            _ => ("This could not be done", "The server did not understand the request.", "Nothing was changed.", "Go back and try again."),
        };
        layout.title = title.into();
        Self {
            layout,
            status,
            title: title.into(),
            detail: detail.into(),
            kept: kept.into(),
            action: action.into(),
            request_id: String::new(),
        }
    }
}
