//! Who opens a page, and whether they may: the route says what it needs, and these extractors hold everybody to it.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use labelwright_ui::{Layout, ProjectNav, Section, UserChip};
use uuid::Uuid;

use super::Needs;
use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        Millis, Role, Tx,
        projects::{self, Project},
        users::User,
    },
};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Somebody signed in who may open this page outside projects.
pub struct Visit {
    pub ctx: web::Data<Context>,
    pub user: User,
    pub now: Millis,
}

/// A member of the project that the path names, with at least the role that the route needs.
pub struct Member {
    pub ctx: web::Data<Context>,
    pub user: User,
    pub now: Millis,
    pub project: Project,
    pub role: Role,
    /// Open for reading, so that all of the page comes from one moment. It ends before anything is written.
    pub tx: Tx,
}

/// What the route needs. A handler outside the table lets nobody in.
fn needs(req: &HttpRequest) -> Result<Needs> {
    req.app_data::<Needs>().copied().ok_or(ApiError::Forbidden)
}

fn context(req: &HttpRequest) -> Result<web::Data<Context>> {
    req.app_data::<web::Data<Context>>().cloned().ok_or(ApiError::SignedOut)
}

impl FromRequest for Visit {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (needs, ctx, signed) = (needs(req), context(req), Signed::from_request(req, payload));
        Box::pin(async move {
            let Signed { user, .. } = signed.await?;
            match needs? {
                Needs::Admin => auth::admin(&user)?,
                Needs::Public | Needs::SignedIn => {}
                Needs::Member(_) => return Err(ApiError::Forbidden),
            }
            Ok(Self { ctx: ctx?, user, now: Millis::now() })
        })
    }
}

impl FromRequest for Member {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (needs, ctx, signed) = (needs(req), context(req), Signed::from_request(req, payload));
        let id = req.match_info().get("project").and_then(|text| text.parse::<Uuid>().ok());
        Box::pin(async move {
            let Signed { user, .. } = signed.await?;
            let Needs::Member(role) = needs? else { return Err(ApiError::Forbidden) };
            let (id, ctx) = (id.ok_or(ApiError::NotFound("project"))?, ctx?);
            let mut tx = ctx.db.read().await?;
            let (project, role) = auth::project(&mut tx, &user, id, role).await?;
            Ok(Self { ctx, user, now: Millis::now(), project, role, tx })
        })
    }
}

fn chip(user: &User) -> UserChip {
    UserChip { login: user.login.clone(), name: user.name.clone(), admin: user.admin }
}

impl Visit {
    pub fn layout(&self, section: Section, title: &str) -> Layout {
        Layout { title: title.to_owned(), section, user: Some(chip(&self.user)), now_ms: self.now.0, ..Layout::default() }
    }
}

impl Member {
    /// Whether the person's role covers `role`.
    pub fn may(&self, role: Role) -> bool {
        self.role.covers(role)
    }

    /// The frame of a page of this project.
    ///
    /// # Errors
    /// The database failed.
    pub async fn layout(&mut self, section: Section, title: &str) -> Result<Layout> {
        let summary = projects::summary(&mut self.tx, self.project.id).await?;
        let project = ProjectNav {
            id: self.project.id.to_string(),
            name: self.project.name.clone(),
            role: self.role.to_string(),
            images: count(summary.images),
            work: count(summary.open),
            model: summary.model.map(number),
        };
        Ok(Layout {
            title: title.to_owned(),
            section,
            user: Some(chip(&self.user)),
            project: Some(project),
            notice: None,
            now_ms: self.now.0,
        })
    }
}

/// A count of rows, which is never negative.
pub fn count(n: i64) -> u64 {
    n.max(0).unsigned_abs()
}

/// A small number from the database.
pub fn number(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}
