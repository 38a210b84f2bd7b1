//! Exports and their files.

use actix_web::HttpResponse;
use labelwright_ui::{
    Section,
    links::escape,
    pages::{
        ExportsPage,
        exports::{ExportRow, FileRow},
    },
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    html, view,
    visit::{Member, count},
};
use crate::{
    flow::progress,
    http::error::Result,
    store::{
        JobKind, JobState, Role,
        jobs::{self, Job},
    },
};

const EXPORTS: i64 = 30;

/// An export in loose files has thousands; the page names the first ones.
const FILES: usize = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    format: String,
    include_provisional: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    files: Vec<WrittenFile>,
}

#[derive(Deserialize)]
struct WrittenFile {
    name: String,
    #[serde(default)]
    bytes: u64,
}

/// `GET /projects/{project}/exports`.
pub async fn page(mut member: Member) -> Result<HttpResponse> {
    let layout = member.layout(Section::Exports, "Exports").await?;
    let can_export = member.may(Role::Reviewer);
    let (id, tx) = (member.project.id, &mut member.tx);
    let progress = progress::of(tx, id).await?;
    // The files hold everybody's work, so they are for those who may see it.
    let found = if can_export { jobs::of_kind(tx, id, JobKind::Export, EXPORTS).await? } else { Vec::new() };
    html(&ExportsPage {
        layout,
        people: count(progress.people),
        committed: count(progress.machine_committed),
        provisional: count(progress.machine_provisional),
        exports: found.into_iter().map(row).collect(),
        can_export,
    })
}

fn row(job: Job) -> ExportRow {
    let asked: Asked = serde_json::from_str(&job.params).unwrap_or_default();
    let written: Written = match (&job.result, job.state) {
        (Some(result), JobState::Done) => serde_json::from_str(result).unwrap_or_default(),
        _ => Written::default(),
    };
    let files =
        written.files.into_iter().take(FILES).map(|file| FileRow { url: url(job.id, &file.name), name: file.name, bytes: file.bytes });
    ExportRow { format: asked.format, include_provisional: asked.include_provisional, files: files.collect(), job: view::job(job) }
}

fn url(job: Uuid, file: &str) -> String {
    let path: Vec<String> = file.split('/').map(escape).collect();
    format!("/api/v1/exports/{job}/{}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_address_keeps_its_folders_and_escapes_the_rest() {
        assert_eq!(url(Uuid::nil(), "masks/a b?.png"), format!("/api/v1/exports/{}/masks/a%20b%3F.png", Uuid::nil()));
    }
}
