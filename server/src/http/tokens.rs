//! Tokens that programs bring along: made, shown once, taken back.

use serde_json::json;
use uuid::Uuid;

use super::secret;
use crate::{
    context::Context,
    flow::{FlowError, Result},
    store::{
        Millis,
        tokens::{self, Owned, Token, TokenScope},
        users,
    },
};

/// What every token begins with.
pub const PREFIX: &str = "lw_";
/// Tokens that one person may have made; those of sign-ins are not counted.
pub const MAX_TOKENS: i64 = 100;
/// Longest name in characters.
pub const MAX_NAME: usize = 100;
/// Longest life in days.
pub const MAX_DAYS: i64 = 3650;
/// What a token without a wish gets.
pub const DAYS: i64 = 90;

/// A token to be made.
#[derive(Clone, Debug)]
pub struct New {
    pub name: String,
    pub scope: TokenScope,
    pub project: Option<Uuid>,
    pub days: i64,
}

impl New {
    /// A token for all that its owner may do, valid for so many days.
    #[must_use]
    pub fn all(name: &str, days: i64) -> Self {
        Self { name: name.to_owned(), scope: TokenScope::All, project: None, days }
    }
}

/// Makes a token; its secret is in nobody's hands but the caller's from now on.
///
/// # Errors
/// The database failed.
pub async fn issue(ctx: &Context, user: Uuid, new: New) -> Result<(Token, String)> {
    let secret = format!("{PREFIX}{}", secret::random());
    let now = Millis::now();
    let token = Token {
        id: Uuid::now_v7(),
        user_id: user,
        name: new.name,
        scope: new.scope,
        project_id: new.project,
        created_ms: now,
        expires_ms: now.plus_seconds(new.days * 86_400),
        used_ms: None,
    };
    let mut tx = ctx.db.write().await?;
    tokens::insert(&mut tx, &token, &secret::digest(&secret)).await?;
    let detail = json!({ "token": token.id, "name": token.name, "scope": token.scope });
    users::audit(&mut tx, token.project_id, Some(user), "token.new", &detail, now).await?;
    tx.commit().await?;
    Ok((token, secret))
}

/// The same, unless the person has too many already.
///
/// # Errors
/// There are too many, or the database failed.
pub async fn issue_one_more(ctx: &Context, user: Uuid, new: New) -> Result<(Token, String)> {
    if tokens::count(&mut ctx.db.read().await?, user, Millis::now()).await? >= MAX_TOKENS {
        return Err(FlowError::Conflict(format!("you have {MAX_TOKENS} tokens already; take back those that nothing uses any more")));
    }
    issue(ctx, user, new).await
}

/// Writes down that a token was used, at most once an hour. That it could not be written down keeps nobody out.
pub async fn used(ctx: &Context, owned: &Owned, now: Millis) {
    if owned.used_ms.is_some_and(|used| used.plus_seconds(3600) > now) {
        return;
    }
    let written = async {
        let mut tx = ctx.db.write().await?;
        tokens::set_used(&mut tx, owned.token_id, now).await?;
        tx.commit().await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, token = %owned.token_id, "the use of a token was not written down");
    }
}

/// Takes a person's own token back.
///
/// # Errors
/// They have no such token.
pub async fn take_back(ctx: &Context, user: Uuid, token: Uuid) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if tokens::delete(&mut tx, token, user).await? == 0 {
        return Err(FlowError::NotFound("token"));
    }
    users::audit(&mut tx, None, Some(user), "token.delete", &json!({ "token": token }), Millis::now()).await?;
    tx.commit().await?;
    Ok(())
}
