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
}

/// An export, running or finished.
#[derive(Clone, Debug, Default)]
pub struct ExportRow {
    pub job: JobRow,
    /// `recordio-seg`, `recordio-box`, `recordio-class` or `png-masks`.
    pub format: String,
    pub include_provisional: bool,
    pub files: Vec<FileRow>,
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
    pub(crate) fn title(&self) -> &str {
        match self.format.as_str() {
            "recordio-seg" => "RecordIO, masks",
            "recordio-box" => "RecordIO, boxes",
            "recordio-class" => "RecordIO, classes",
            "png-masks" => "PNG masks",
            other => other,
        }
    }
}

impl ExportsPage {
    /// What the next export holds.
    pub(crate) fn content_text(&self) -> String {
        let settled = format::counted(self.people + self.committed, "settled label", "settled labels");
        format!("{settled}: {} by people, {} committed from the model", format::count(self.people), format::count(self.committed))
    }
}
