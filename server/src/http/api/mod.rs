//! The JSON API, version 1. Every route here stands in the OpenAPI document; a test compares the document with the authorization matrix.

pub mod comments;
pub mod exports;
pub mod images;
pub mod instructions;
pub mod invocations;
pub mod jobs;
pub mod keymap;
pub mod labels;
pub mod members;
pub mod models;
pub mod progress;
pub mod projects;
pub mod revisions;
pub mod session;
pub mod suggest;
pub mod system;
pub mod tasks;
pub mod tiles;
pub mod tokens;
pub mod tunings;
pub mod users;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// Longest page of any list.
pub const MAX_LIMIT: i64 = 200;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The `next` of the page before.
    pub after: Option<Uuid>,
    /// At most 200; 50 when absent.
    pub limit: Option<i64>,
}

impl Page {
    #[must_use]
    pub fn after(&self) -> Uuid {
        self.after.unwrap_or_default()
    }

    #[must_use]
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, MAX_LIMIT)
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items<T> {
    pub items: Vec<T>,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
}

impl<T> Items<T> {
    /// `next` is the id of the last item when the page is full.
    #[must_use]
    pub fn new(items: Vec<T>, limit: i64, id: impl Fn(&T) -> String) -> Self {
        let next = if items.len() as i64 >= limit { items.last().map(id) } else { None };
        Self { items, next }
    }
}

/// What the database keeps as JSON text, as it is told; text that can't be read is told as null.
fn stored(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or(serde_json::Value::Null)
}

/// All routes of the API, below `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(session::sign_in)
        .service(session::sign_out)
        .service(session::me)
        .service(tokens::list)
        .service(tokens::create)
        .service(tokens::delete)
        .service(keymap::get)
        .service(keymap::put)
        .service(users::list)
        .service(users::create)
        .service(users::new_link)
        .service(projects::list)
        .service(projects::create)
        .service(projects::get)
        .service(projects::patch)
        .service(projects::put_classes)
        .service(instructions::get)
        .service(instructions::put)
        .service(members::list)
        .service(members::put)
        .service(members::delete)
        .service(images::upload)
        .service(images::list)
        .service(images::get)
        .service(images::file)
        .service(images::thumb)
        .service(tiles::tile)
        .service(comments::list)
        .service(comments::create)
        .service(comments::reply)
        .service(comments::patch)
        .service(labels::current)
        .service(labels::mask)
        .service(labels::predicted)
        .service(labels::uncertainty)
        .service(labels::withdraw)
        .service(labels::commit)
        .service(tasks::next)
        .service(tasks::get)
        .service(tasks::heartbeat)
        .service(tasks::submit)
        .service(revisions::draft)
        .service(revisions::list)
        .service(revisions::get)
        .service(suggest::suggest)
        .service(tasks::skip)
        .service(tasks::release)
        .service(tasks::board)
        .service(tasks::assign)
        .service(tasks::reclaim)
        .service(tasks::prioritise)
        .service(tasks::adjust)
        .service(progress::figures)
        .service(progress::at_work)
        .service(progress::events)
        .service(models::list)
        .service(invocations::of_project)
        .service(invocations::of_model)
        .service(tunings::create)
        .service(tunings::list)
        .service(tunings::get)
        .service(tunings::belief)
        .service(tunings::stop)
        .service(tunings::take_over)
        .service(jobs::create)
        .service(jobs::list)
        .service(jobs::get)
        .service(jobs::cancel)
        .service(jobs::retry)
        .service(exports::formats)
        .service(exports::create)
        .service(exports::list)
        .service(exports::archive)
        .service(exports::download)
        .service(system::openapi);
}
