//! The tokens of whoever is signed in.

use actix_web::{HttpResponse, web};
use labelwright_ui::{
    Section,
    pages::{
        TokensPage,
        tokens::{ProjectOption, TokenRow},
    },
};
use serde::Deserialize;
use uuid::Uuid;

use super::{html, visit::Visit};
use crate::{
    http::{api::MAX_LIMIT, error::Result},
    store::{
        projects,
        tokens::{self, Listed, TokenScope},
    },
};

/// The address's query.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct For {
    project: String,
}

/// `GET /tokens`.
pub async fn page(visit: Visit, query: web::Query<For>) -> Result<HttpResponse> {
    let mut tx = visit.ctx.db.read().await?;
    let found = tokens::list(&mut tx, visit.user.id, visit.now, MAX_LIMIT).await?;
    let mine = projects::list(&mut tx, visit.user.id, visit.user.admin, Uuid::nil(), MAX_LIMIT).await?;
    let projects: Vec<ProjectOption> =
        mine.into_iter().map(|project| ProjectOption { id: project.id.to_string(), name: project.name }).collect();
    let chosen = projects.iter().find(|project| project.id == query.project).map(|project| project.id.clone()).unwrap_or_default();
    let layout = visit.layout(Section::Tokens, "Tokens");
    html(&TokensPage { layout, tokens: found.into_iter().map(row).collect(), projects, chosen })
}

fn row(listed: Listed) -> TokenRow {
    let Listed { token, project_name } = listed;
    TokenRow {
        id: token.id.to_string(),
        name: token.name,
        inference: token.scope == TokenScope::Inference,
        project: project_name,
        created_ms: token.created_ms.0,
        expires_ms: token.expires_ms.0,
        used_ms: token.used_ms.map(|used| used.0),
    }
}
