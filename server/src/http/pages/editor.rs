//! The page that holds the editor.

use actix_web::{HttpResponse, web};
use labelwright_ui::pages::EditorPage;
use serde::Deserialize;
use uuid::Uuid;

use super::{html, visit::Member};
use crate::http::error::Result;

#[derive(Deserialize)]
pub struct Open {
    /// A task that the person holds already; the next one of the queue when absent.
    task: Option<Uuid>,
}

/// `GET /projects/{project}/label`.
pub async fn page(member: Member, query: web::Query<Open>) -> Result<HttpResponse> {
    let project = member.project;
    html(&EditorPage {
        back: format!("/projects/{}", project.id),
        project_id: project.id.to_string(),
        project_name: project.name,
        task: query.task.map(|task| task.to_string()),
    })
}
