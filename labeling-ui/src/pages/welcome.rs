//! The one-time link: a new person chooses a password.

use crate::Layout;
use askama::Template;

/// `GET /welcome/{token}`. Its form posts `password` and `password_again` to the same address.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    pub layout: Layout,
    pub token: String,
    pub login: String,
    pub name: String,
    /// The shortest password that is accepted.
    pub min_password: u32,
}
