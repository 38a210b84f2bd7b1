//! The users of the workspace.

use actix_web::{HttpResponse, web};
use labelwright_ui::{
    Section,
    pages::{PeoplePage, people::UserRow},
};
use serde::Deserialize;

use super::{
    html,
    visit::{Visit, count},
};
use crate::{http::error::Result, store::users};

const PAGE: i64 = 100;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct After {
    after: String,
}

/// `GET /people`.
pub async fn page(visit: Visit, query: web::Query<After>) -> Result<HttpResponse> {
    let found = users::list_with_projects(&mut visit.ctx.db.read().await?, &query.after, PAGE).await?;
    let next = if found.len() as i64 == PAGE { found.last().map(|user| user.login.clone()) } else { None };
    let users = found.into_iter().map(|user| UserRow {
        id: user.id.to_string(),
        login: user.login,
        name: user.name,
        admin: user.admin,
        created_ms: user.created_ms.0,
        has_password: user.has_password,
        projects: count(user.projects),
    });
    html(&PeoplePage { layout: visit.layout(Section::People, "People"), users: users.collect(), next })
}
