//! The tokens of whoever is signed in.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
        tokens::{self as given, DAYS, MAX_DAYS, MAX_NAME, New},
    },
    store::{
        Millis, Role,
        tokens::{self, Listed, TokenScope},
    },
};

#[derive(Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for, so that it is found again when it shall be taken back; at most 100 characters.
    #[serde(default)]
    pub name: String,
    /// `inference`: may only ask models. `all` (without a word): may do whatever its owner may.
    pub scope: Option<TokenScope>,
    /// With scope `inference`: the only project whose models may be asked, and the one that `/invocations` asks.
    pub project: Option<Uuid>,
    /// Valid for so many days, 1 to 3650; 90 when absent.
    pub days: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    pub id: Uuid,
    pub name: String,
    pub scope: TokenScope,
    pub project: Option<Uuid>,
    pub created_ms: Millis,
    pub expires_ms: Millis,
    /// When it was last used, to the hour.
    pub used_ms: Option<Millis>,
}

#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    #[serde(flatten)]
    pub about: TokenView,
    /// The token itself. It is told only this once.
    pub token: String,
}

impl From<tokens::Token> for TokenView {
    fn from(token: tokens::Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scope: token.scope,
            project: token.project_id,
            created_ms: token.created_ms,
            expires_ms: token.expires_ms,
            used_ms: token.used_ms,
        }
    }
}

impl From<Listed> for TokenView {
    fn from(listed: Listed) -> Self {
        listed.token.into()
    }
}

/// Your valid tokens, newest first, at most two hundred. Their secrets are not known any more.
#[utoipa::path(tag = "session", responses((status = 200, body = Vec<TokenView>), (status = 401)))]
#[get("/me/tokens")]
pub async fn list(ctx: web::Data<Context>, signed: Signed) -> Result<web::Json<Vec<TokenView>>> {
    let tokens = tokens::list(&mut ctx.db.read().await?, signed.user.id, Millis::now(), super::MAX_LIMIT).await?;
    Ok(web::Json(tokens.into_iter().map(TokenView::from).collect()))
}

/// A new token for programs of the person who is signed in. It is told only in this answer.
#[utoipa::path(tag = "session", request_body = NewToken, responses((status = 201, body = MadeToken), (status = 400), (status = 401), (status = 404), (status = 409)))]
#[post("/me/tokens")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, body: web::Json<NewToken>) -> Result<HttpResponse> {
    let NewToken { name, scope, project, days } = body.into_inner();
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::BadRequest(format!("a token needs a name of at most {MAX_NAME} characters that says what it is for")));
    }
    let (scope, days) = (scope.unwrap_or(TokenScope::All), days.unwrap_or(DAYS));
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(ApiError::BadRequest(format!("a token is valid for 1 to {MAX_DAYS} days")));
    }
    if let Some(project) = project {
        if scope != TokenScope::Inference {
            return Err(ApiError::BadRequest("only tokens of scope 'inference' can be for one project".into()));
        }
        auth::project(&mut ctx.db.read().await?, &signed.user, project, Role::Viewer).await?;
    }
    let (token, secret) = given::issue_one_more(&ctx, signed.user.id, New { name, scope, project, days }).await?;
    Ok(HttpResponse::Created().json(MadeToken { about: token.into(), token: secret }))
}

/// Takes one of your tokens back: it opens nothing from now on.
#[utoipa::path(tag = "session", responses((status = 204), (status = 401), (status = 404)))]
#[delete("/me/tokens/{token}")]
pub async fn delete(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    given::take_back(&ctx, signed.user.id, *path).await?;
    Ok(HttpResponse::NoContent().finish())
}
