//! Who is asking, and what they may do.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, cookie::Cookie, dev::Payload, http::header, web};
use uuid::Uuid;

use super::error::{ApiError, Result};
use crate::{
    context::Context,
    http::secret,
    store::{
        Millis, Role, Tx,
        images::{self, Image},
        jobs::{self, Job},
        models::{self, Model},
        projects::{self, Project},
        tasks::{self, Task},
        users::{self, SecretKind, User},
    },
};

pub const COOKIE: &str = "labelwright_session";

/// The person behind a request: from the session cookie or an `Authorization: Bearer` token.
#[derive(Clone, Debug)]
pub struct Signed {
    pub user: User,
    /// Digest of the secret that was sent, so that signing out can end it.
    pub digest: Vec<u8>,
}

impl FromRequest for Signed {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let secret = secret_of(req);
        let ctx = req.app_data::<web::Data<Context>>().cloned();
        Box::pin(async move {
            let (Some(secret), Some(ctx)) = (secret, ctx) else { return Err(ApiError::SignedOut) };
            let digest = secret::digest(&secret);
            let user = users::by_secret(&mut ctx.db.glance().await?, &digest, Millis::now()).await?;
            let user = user.filter(|user| !user.disabled).ok_or(ApiError::SignedOut)?;
            Ok(Self { user, digest })
        })
    }
}

fn secret_of(req: &HttpRequest) -> Option<String> {
    if let Some(header) = req.headers().get(header::AUTHORIZATION) {
        return header.to_str().ok()?.strip_prefix("Bearer ").map(|token| token.trim().to_owned());
    }
    req.cookie(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// Signs a person in: a new secret in the database, and the cookie that carries it.
///
/// # Errors
/// The database failed.
pub async fn start_session(ctx: &Context, user: Uuid) -> Result<Cookie<'static>> {
    let secret = issue(ctx, user, SecretKind::Session, ctx.config.session_days * 86_400).await?;
    Ok(Cookie::build(COOKIE, secret)
        .path("/")
        .http_only(true)
        .same_site(actix_web::cookie::SameSite::Lax)
        .secure(ctx.config.secure_cookies)
        .max_age(actix_web::cookie::time::Duration::days(ctx.config.session_days))
        .finish())
}

/// A new secret for a person, valid for so many seconds.
///
/// # Errors
/// The database failed.
pub async fn issue(ctx: &Context, user: Uuid, kind: SecretKind, seconds: i64) -> Result<String> {
    let secret = match kind {
        SecretKind::Token => format!("lw_{}", secret::random()),
        SecretKind::Session | SecretKind::Link => secret::random(),
    };
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    users::add_secret(&mut tx, &secret::digest(&secret), user, kind, now, now.plus_seconds(seconds)).await?;
    tx.commit().await?;
    Ok(secret)
}

/// A project that the person may use with at least the role `needed`, and the role they have. To strangers it does not exist.
///
/// # Errors
/// [`ApiError::NotFound`] for strangers, [`ApiError::Forbidden`] for members with a lesser role.
pub async fn project(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Role)> {
    let (project, role) = projects::get_for(tx, id, user.id).await?.ok_or(ApiError::NotFound("project"))?;
    match if user.admin { Some(Role::Manager) } else { role } {
        Some(role) if role.covers(needed) => Ok((project, role)),
        Some(_) => Err(ApiError::Forbidden),
        None => Err(ApiError::NotFound("project")),
    }
}

/// An image of a project that the person may use with at least that role.
///
/// # Errors
/// As for [`project`].
pub async fn image(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Image)> {
    let image = images::get(tx, id).await?.ok_or(ApiError::NotFound("image"))?;
    let (project, _) = project(tx, user, image.project_id, needed).await.map_err(|e| hide(e, "image"))?;
    Ok((project, image))
}

/// A task of a project that the person may use with at least that role.
///
/// # Errors
/// As for [`project`].
pub async fn task(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Task)> {
    let task = tasks::get(tx, id).await?.ok_or(ApiError::NotFound("task"))?;
    let (project, _) = project(tx, user, task.project_id, needed).await.map_err(|e| hide(e, "task"))?;
    Ok((project, task))
}

/// A job of a project that the person may use with at least that role.
///
/// # Errors
/// As for [`project`].
pub async fn job(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Job)> {
    let job = jobs::get(tx, id).await?.ok_or(ApiError::NotFound("job"))?;
    let (project, _) = project(tx, user, job.project_id, needed).await.map_err(|e| hide(e, "job"))?;
    Ok((project, job))
}

/// A model of a project that the person may use with at least that role.
///
/// # Errors
/// As for [`project`].
pub async fn model(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Model)> {
    let model = models::get(tx, id).await?.ok_or(ApiError::NotFound("model"))?;
    let (project, _) = project(tx, user, model.project_id, needed).await.map_err(|e| hide(e, "model"))?;
    Ok((project, model))
}

/// A foreign thing and a thing that does not exist give the same answer.
fn hide(error: ApiError, what: &'static str) -> ApiError {
    match error {
        ApiError::NotFound(_) => ApiError::NotFound(what),
        other => other,
    }
}

/// Lets only admins through.
///
/// # Errors
/// [`ApiError::Forbidden`] for everybody else.
pub fn admin(user: &User) -> Result<()> {
    if user.admin { Ok(()) } else { Err(ApiError::Forbidden) }
}
