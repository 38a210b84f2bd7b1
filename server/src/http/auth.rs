//! Who is asking, and what they may do.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, cookie::Cookie, dev::Payload, http::header, web};
use uuid::Uuid;

use super::error::{ApiError, Result};
use crate::{
    context::Context,
    http::{secret, tokens},
    store::{
        Millis, Role, Tx,
        images::{self, Image},
        jobs::{self, Job},
        models::{self, Model},
        projects::{self, Project},
        tasks::{self, Task},
        tokens::{self as store_tokens, Owned, TokenScope},
        tunings::{self, Tuning},
        users::{self, SecretKind, User},
    },
};

pub const COOKIE: &str = "labelwright_session";

/// The person behind a request: from the session cookie or an `Authorization: Bearer` token that may do all that its owner may.
#[derive(Clone, Debug)]
pub struct Signed {
    pub user: User,
    /// Digest of the secret that was sent, so that signing out can end it.
    pub digest: Vec<u8>,
    /// The token, if it was one.
    pub token: Option<Uuid>,
}

/// Whoever may ask models: anybody signed in, and programs whose token opens nothing else.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: User,
    /// The only project whose models may be asked, if the token is for one.
    pub only: Option<Uuid>,
}

impl FromRequest for Signed {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bearer = Bearer::of(req);
        Box::pin(async move {
            let (user, digest, token) = bearer?.known().await?;
            // What a token of a program opens is a list of exceptions: whatever is not on it asks for more.
            if token.as_ref().is_some_and(|token| token.scope != TokenScope::All) {
                return Err(ApiError::LimitedToken);
            }
            Ok(Self { user, digest, token: token.map(|token| token.token_id) })
        })
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bearer = Bearer::of(req);
        Box::pin(async move {
            let (user, _, token) = bearer?.known().await?;
            Ok(Self { user, only: token.and_then(|token| token.project_id) })
        })
    }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// A secret that came with a request.
struct Bearer {
    secret: String,
    ctx: web::Data<Context>,
}

impl Bearer {
    fn of(req: &HttpRequest) -> Result<Self> {
        let secret = secret_of(req).ok_or(ApiError::SignedOut)?;
        let ctx = req.app_data::<web::Data<Context>>().cloned().ok_or(ApiError::SignedOut)?;
        Ok(Self { secret, ctx })
    }

    /// Whose it is, its digest, and what is known of it if it is a token.
    async fn known(self) -> Result<(User, Vec<u8>, Option<Owned>)> {
        let (digest, now) = (secret::digest(&self.secret), Millis::now());
        let mut tx = self.ctx.db.glance().await?;
        if !self.secret.starts_with(tokens::PREFIX) {
            let user = users::by_secret(&mut tx, &digest, now).await?;
            return Ok((user.filter(|user| !user.disabled).ok_or(ApiError::SignedOut)?, digest, None));
        }
        let owned = store_tokens::owner(&mut tx, &digest, now).await?.filter(|owned| !owned.user.disabled).ok_or(ApiError::SignedOut)?;
        drop(tx);
        tokens::used(&self.ctx, &owned, now).await;
        Ok((owned.user.clone(), digest, Some(owned)))
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
    let secret = secret::random();
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

/// A project whose current model the caller may ask.
///
/// # Errors
/// As for [`project`]; a token for another project sees it as a stranger does.
pub async fn asked_project(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Project> {
    if caller.only.is_some_and(|only| only != id) {
        return Err(ApiError::NotFound("project"));
    }
    project(tx, &caller.user, id, Role::Viewer).await.map(|(project, _)| project)
}

/// A model that the caller may ask.
///
/// # Errors
/// As for [`asked_project`].
pub async fn asked_model(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Model> {
    let model = models::get(tx, id).await?.ok_or(ApiError::NotFound("model"))?;
    asked_project(tx, caller, model.project_id).await.map_err(|e| hide(e, "model"))?;
    Ok(model)
}

/// A tuning of a project that the person may use with at least that role.
///
/// # Errors
/// As for [`project`].
pub async fn tuning(tx: &mut Tx, user: &User, id: Uuid, needed: Role) -> Result<(Project, Tuning)> {
    let tuning = tunings::get(tx, id).await?.ok_or(ApiError::NotFound("tuning"))?;
    let (project, _) = project(tx, user, tuning.project_id, needed).await.map_err(|e| hide(e, "tuning"))?;
    Ok((project, tuning))
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
