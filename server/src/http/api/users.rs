//! The people of the workspace.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Items;
use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
        secret,
    },
    store::{
        Millis,
        users::{self, SecretKind, User},
    },
};

/// How long a one-time link can be used.
pub const LINK_SECONDS: i64 = 7 * 86_400;

#[derive(Deserialize, ToSchema)]
pub struct NewUser {
    /// 2 to 64 characters: letters, digits, `.`, `_`, `-`, `@`.
    pub login: String,
    pub name: String,
    /// Without one, the answer has a one-time link that lets the person choose.
    pub password: Option<String>,
    #[serde(default)]
    pub admin: bool,
}

#[derive(Serialize, ToSchema)]
pub struct UserView {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub admin: bool,
    /// Path of the one-time sign-in link, shown only once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ByLogin {
    /// Login of the last person of the page before.
    #[serde(default)]
    pub after: String,
    pub limit: Option<i64>,
}

/// People by login. Admins only.
#[utoipa::path(tag = "users", params(ByLogin), responses((status = 200, body = Items<UserView>), (status = 403)))]
#[get("/users")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, page: web::Query<ByLogin>) -> Result<web::Json<Items<UserView>>> {
    auth::admin(&signed.user)?;
    let limit = page.limit.unwrap_or(50).clamp(1, super::MAX_LIMIT);
    let found = users::list(&mut ctx.db.read().await?, &page.after, limit).await?;
    let views = found.into_iter().map(|u| UserView { id: u.id, login: u.login, name: u.name, admin: u.admin, link: None }).collect();
    Ok(web::Json(Items::new(views, limit, |view: &UserView| view.login.clone())))
}

/// Adds a person.
///
/// # Errors
/// The login is taken or not allowed, or the password is too short.
pub async fn add(ctx: &Context, new: NewUser, by: Option<Uuid>) -> Result<UserView> {
    let login = new.login.trim().to_lowercase();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if !(2..=64).contains(&login.chars().count()) || !login.chars().all(allowed) {
        return Err(ApiError::BadRequest("a login has 2 to 64 letters, digits or . _ - @".into()));
    }
    let name = if new.name.trim().is_empty() { login.clone() } else { new.name.trim().chars().take(100).collect() };
    let password_hash = match new.password {
        Some(password) if password.chars().count() < secret::MIN_PASSWORD => {
            return Err(ApiError::BadRequest(format!("a password has at least {} characters", secret::MIN_PASSWORD)));
        }
        Some(password) => Some(secret::hash_password(password).await?),
        None => None,
    };
    let wants_link = password_hash.is_none();
    let now = Millis::now();
    let user = User { id: Uuid::now_v7(), login, name, password_hash, admin: new.admin, disabled: false, created_ms: now };
    let mut tx = ctx.db.write().await?;
    if users::by_login(&mut tx, &user.login).await?.is_some() {
        return Err(ApiError::Conflict(format!("the login '{}' is taken", user.login)));
    }
    users::insert(&mut tx, &user).await?;
    users::audit(&mut tx, None, by, "user.add", &json!({ "user": user.id, "login": user.login }), now).await?;
    tx.commit().await?;
    let link =
        if wants_link { Some(format!("/welcome/{}", auth::issue(ctx, user.id, SecretKind::Link, LINK_SECONDS).await?)) } else { None };
    Ok(UserView { id: user.id, login: user.login, name: user.name, admin: user.admin, link })
}

/// Adds a person to the workspace. Admins only.
#[utoipa::path(tag = "users", request_body = NewUser, responses((status = 201, body = UserView), (status = 403), (status = 409)))]
#[post("/users")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, body: web::Json<NewUser>) -> Result<HttpResponse> {
    auth::admin(&signed.user)?;
    let view = add(&ctx, body.into_inner(), Some(signed.user.id)).await?;
    Ok(HttpResponse::Created().json(view))
}

/// A new one-time sign-in link for somebody who forgot their password. Admins only.
#[utoipa::path(tag = "users", responses((status = 201, body = UserView), (status = 403), (status = 404)))]
#[post("/users/{user}/link")]
pub async fn new_link(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    auth::admin(&signed.user)?;
    let user = users::by_id(&mut ctx.db.read().await?, *path).await?.ok_or(ApiError::NotFound("user"))?;
    let link = format!("/welcome/{}", auth::issue(&ctx, user.id, SecretKind::Link, LINK_SECONDS).await?);
    Ok(HttpResponse::Created().json(UserView { id: user.id, login: user.login, name: user.name, admin: user.admin, link: Some(link) }))
}
