//! Signing in and out.

use actix_web::{HttpResponse, cookie::Cookie, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
        secret,
        throttle::Throttle,
        tokens::{self, DAYS, New},
    },
    store::{
        tokens as store_tokens,
        users::{self, User},
    },
};

#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    pub login: String,
    pub password: String,
    /// Asks for a bearer token, valid for 90 days, instead of a cookie.
    #[serde(default)]
    pub token: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Me {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub admin: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    pub user: Me,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl From<&User> for Me {
    fn from(user: &User) -> Self {
        Self { id: user.id, login: user.login.clone(), name: user.name.clone(), admin: user.admin }
    }
}

/// Checks login and password, slowed down per login.
///
/// # Errors
/// Wrong, or tried too often.
pub async fn verify(ctx: &Context, throttle: &Throttle, login: &str, password: String) -> Result<User> {
    if !throttle.allow(login) {
        return Err(ApiError::TooManyAttempts);
    }
    let user = users::by_login(&mut ctx.db.read().await?, login).await?.filter(|user| !user.disabled);
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let fits = secret::password_fits(password, hash).await?;
    user.filter(|_| fits).ok_or(ApiError::WrongPassword)
}

/// Signs in with login and password.
#[utoipa::path(tag = "session", request_body = SignIn, responses((status = 200, body = SignedIn), (status = 401), (status = 429)))]
#[post("/session")]
pub async fn sign_in(ctx: web::Data<Context>, throttle: web::Data<Throttle>, body: web::Json<SignIn>) -> Result<HttpResponse> {
    let SignIn { login, password, token } = body.into_inner();
    let user = verify(&ctx, &throttle, &login, password).await?;
    if token {
        let (_, token) = tokens::issue(&ctx, user.id, New::all("Signed in with a password", DAYS)).await?;
        return Ok(HttpResponse::Ok().json(SignedIn { user: Me::from(&user), token: Some(token) }));
    }
    let cookie = auth::start_session(&ctx, user.id).await?;
    Ok(HttpResponse::Ok().cookie(cookie).json(SignedIn { user: Me::from(&user), token: None }))
}

/// Signs out: the session or token that asks is worth nothing from now on.
#[utoipa::path(tag = "session", responses((status = 204), (status = 401)))]
#[delete("/session")]
pub async fn sign_out(ctx: web::Data<Context>, signed: Signed) -> Result<HttpResponse> {
    let mut tx = ctx.db.write().await?;
    match signed.token {
        Some(token) => store_tokens::delete(&mut tx, token, signed.user.id).await?,
        None => users::delete_secret(&mut tx, &signed.digest).await?,
    };
    tx.commit().await?;
    let mut gone = Cookie::build(auth::COOKIE, "").path("/").finish();
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// Who is signed in.
#[utoipa::path(tag = "session", responses((status = 200, body = Me), (status = 401)))]
#[get("/me")]
pub async fn me(signed: Signed) -> web::Json<Me> {
    web::Json(Me::from(&signed.user))
}
