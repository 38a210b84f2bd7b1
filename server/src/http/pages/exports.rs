//! Exports and their files.

use actix_web::HttpResponse;
use labelwright_dataset::{exchange::Losses, formats::registry};
use labelwright_ui::{
    Section,
    links::escape,
    pages::{
        ExportsPage,
        exports::{ExportRow, FileRow, FolderRow, FormatChoice},
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
    jobs::export::ExportedFolder,
    store::{
        JobKind, JobState, Role,
        jobs::{self, Job},
    },
};

const EXPORTS: i64 = 30;

/// The formats that are shown first.
const FIRST: [&str; 4] = ["recordio-seg", "coco", "png-masks", "manifest"];

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
    folders: Vec<ExportedFolder>,
    images: u64,
    bytes: u64,
    left_out_refused: u64,
    refused: Vec<String>,
    losses: Losses,
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
    let formats = registry::FORMATS.iter().copied().filter(|format| format.writer.is_some());
    let (formats, more_formats) = formats.partition::<Vec<&registry::Format>, _>(|format| FIRST.contains(&format.id));
    let choices = |formats: Vec<&registry::Format>| formats.into_iter().map(choice).collect();
    html(&ExportsPage {
        layout,
        people: count(progress.people),
        committed: count(progress.machine_committed),
        provisional: count(progress.machine_provisional),
        exports: found.into_iter().map(row).collect(),
        can_export,
        formats: choices(formats),
        more_formats: choices(more_formats),
    })
}

fn choice(format: &registry::Format) -> FormatChoice {
    FormatChoice { id: format.id.to_owned(), title: format.title.to_owned(), about: format.about.to_owned() }
}

fn row(job: Job) -> ExportRow {
    let asked: Asked = serde_json::from_str(&job.params).unwrap_or_default();
    let written: Written = match (&job.result, job.state) {
        (Some(result), JobState::Done) => serde_json::from_str(result).unwrap_or_default(),
        _ => Written::default(),
    };
    let file = |file: WrittenFile| FileRow { url: url(job.id, &file.name), name: file.name, bytes: file.bytes };
    let folder = |folder: ExportedFolder| FolderRow { name: folder.name, files: folder.files, bytes: folder.bytes };
    let title = registry::find(&asked.format).map_or(asked.format.as_str(), |format| format.title);
    let lost =
        written.losses.iter().map(|(loss, lost)| format!("{}: {} (first in {})", loss.in_words(), lost.count, lost.images.join(", ")));
    let refused = written.refused.into_iter();
    let more = (written.left_out_refused as usize).saturating_sub(refused.len());
    let more = (more > 0).then(|| format!("{more} more images could not be written"));
    ExportRow {
        format: title.to_owned(),
        include_provisional: asked.include_provisional,
        images: written.images,
        bytes: written.bytes,
        remarks: lost.chain(refused).chain(more).collect(),
        files: written.files.into_iter().take(FILES).map(file).collect(),
        folders: written.folders.into_iter().take(FILES).map(folder).collect(),
        job: view::job(job),
    }
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
