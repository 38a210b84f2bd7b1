//! The state of the installation.

use crate::{Layout, parts::JobRow};
use askama::Template;

/// `GET /system`, for admins.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "system.html")]
pub struct SystemPage {
    pub layout: Layout,
    /// All checks passed.
    pub healthy: bool,
    pub version: String,
    pub uptime_seconds: f64,
    pub checks: Vec<Check>,
    /// Further facts as name and value: database, place of the data, sizes.
    pub facts: Vec<(String, String)>,
    /// Jobs of all projects that run, wait or failed lately; newest first.
    pub jobs: Vec<JobRow>,
}

/// One thing that must work.
#[derive(Clone, Debug, Default)]
pub struct Check {
    pub name: String,
    pub ok: bool,
    /// What was seen, or what is wrong and what to do.
    pub detail: String,
}
