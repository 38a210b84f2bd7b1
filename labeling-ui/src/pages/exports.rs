//! Exports: the dataset as files.

use crate::{Layout, format, parts::JobRow};
use askama::Template;

/// `GET /projects/{p}/exports`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "exports.html")]
pub struct ExportsPage {
    pub layout: Layout,
    /// Images that an export would hold: labeled by people, committed machine labels, and provisional machine labels.
    pub people: u64,
    pub committed: u64,
    pub provisional: u64,
    /// Newest first.
    pub exports: Vec<ExportRow>,
    pub can_export: bool,
    /// The formats that most people want; the first is chosen.
    pub formats: Vec<FormatChoice>,
    /// All others.
    pub more_formats: Vec<FormatChoice>,
}

/// A format that can be asked for.
#[derive(Clone, Debug, Default)]
pub struct FormatChoice {
    pub id: String,
    pub title: String,
    pub about: String,
}

/// An export, running or finished.
#[derive(Clone, Debug, Default)]
pub struct ExportRow {
    pub job: JobRow,
    /// The format's title.
    pub format: String,
    pub include_provisional: bool,
    /// Images written.
    pub images: u64,
    /// Size of everything in bytes.
    pub bytes: u64,
    pub files: Vec<FileRow>,
    /// Folders with many files.
    pub folders: Vec<FolderRow>,
    /// What the format could not say, and what was left out: one sentence each.
    pub remarks: Vec<String>,
}

/// A folder of an export.
#[derive(Clone, Debug, Default)]
pub struct FolderRow {
    pub name: String,
    pub files: u64,
    pub bytes: u64,
}

/// A file of an export.
#[derive(Clone, Debug, Default)]
pub struct FileRow {
    pub name: String,
    pub bytes: u64,
    /// `/api/v1/exports/{job}/{file}`.
    pub url: String,
}

impl ExportRow {
    /// Where everything is in one file.
    pub(crate) fn archive(&self) -> String {
        format!("/api/v1/exports/{}.tar", self.job.id)
    }
}

impl ExportsPage {
    /// What the next export holds.
    pub(crate) fn content_text(&self) -> String {
        let settled = format::counted(self.people + self.committed, "settled label", "settled labels");
        format!("{settled}: {} by people, {} committed from the model", format::count(self.people), format::count(self.committed))
    }
}
