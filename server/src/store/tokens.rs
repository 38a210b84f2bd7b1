//! Tokens of programs.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, Tx, WriteTx, users::User};
use crate::{on, run, statements, text_enum};

text_enum! {
    /// What a token opens: all that its owner may do, or only asking models.
    pub enum TokenScope { All = "all", Inference = "inference" }
}

#[derive(Clone, Debug, FromRow)]
pub struct Token {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub scope: TokenScope,
    /// The only project whose models may be asked; none is every project of the owner.
    pub project_id: Option<Uuid>,
    pub created_ms: Millis,
    pub expires_ms: Millis,
    /// When it was last used, to the hour.
    pub used_ms: Option<Millis>,
}

/// A token in its owner's list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub token: Token,
    pub project_name: Option<String>,
}

/// Whose token it is, and what it opens.
#[derive(Clone, Debug, FromRow)]
pub struct Owned {
    pub token_id: Uuid,
    pub scope: TokenScope,
    pub project_id: Option<Uuid>,
    pub used_ms: Option<Millis>,
    #[sqlx(flatten)]
    pub user: User,
}

statements! {
    TOKEN_INSERT = [
        "INSERT INTO tokens (id, token_hash, user_id, name, scope, project_id, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"];
    TOKEN_OWNER = [
        "SELECT t.id AS token_id, t.scope, t.project_id, t.used_ms,
                u.id, u.login, u.name, u.password_hash, u.admin, u.disabled, u.created_ms
           FROM tokens t JOIN users u ON u.id = t.user_id
          WHERE t.token_hash = $1 AND t.expires_ms > $2"];
    TOKENS_OF_USER = [
        "SELECT t.id, t.user_id, t.name, t.scope, t.project_id, t.created_ms, t.expires_ms, t.used_ms, p.name AS project_name
           FROM tokens t LEFT JOIN projects p ON p.id = t.project_id
          WHERE t.user_id = $1 AND t.expires_ms > $2 ORDER BY t.created_ms DESC, t.id DESC LIMIT $3"];
    TOKENS_COUNT = ["SELECT COUNT(*) FROM tokens WHERE user_id = $1 AND expires_ms > $2"];
    TOKEN_USED = ["UPDATE tokens SET used_ms = $2 WHERE id = $1"];
    TOKEN_DELETE = ["DELETE FROM tokens WHERE id = $1 AND user_id = $2"];
    TOKENS_OF_USER_DELETE = ["DELETE FROM tokens WHERE user_id = $1"];
    TOKENS_EXPIRED_DELETE = ["DELETE FROM tokens WHERE expires_ms <= $1"];
}

pub async fn insert(tx: &mut WriteTx, t: &Token, hash: &[u8]) -> Result<()> {
    run!(tx, TOKEN_INSERT, |sql| sqlx::query(sql)
        .bind(t.id)
        .bind(hash)
        .bind(t.user_id)
        .bind(&t.name)
        .bind(t.scope)
        .bind(t.project_id)
        .bind(t.created_ms)
        .bind(t.expires_ms))?;
    Ok(())
}

/// Whose token it is, while it is valid.
pub async fn owner(tx: &mut Tx, hash: &[u8], now: Millis) -> Result<Option<Owned>> {
    on!(tx, TOKEN_OWNER, |sql, conn| sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(conn))
}

/// A person's valid tokens, newest first.
pub async fn list(tx: &mut Tx, user: Uuid, now: Millis, limit: i64) -> Result<Vec<Listed>> {
    on!(tx, TOKENS_OF_USER, |sql, conn| sqlx::query_as(sql).bind(user).bind(now).bind(limit).fetch_all(conn))
}

pub async fn count(tx: &mut Tx, user: Uuid, now: Millis) -> Result<i64> {
    on!(tx, TOKENS_COUNT, |sql, conn| sqlx::query_scalar(sql).bind(user).bind(now).fetch_one(conn))
}

pub async fn set_used(tx: &mut WriteTx, id: Uuid, now: Millis) -> Result<u64> {
    run!(tx, TOKEN_USED, |sql| sqlx::query(sql).bind(id).bind(now))
}

/// Takes a person's token back; 0 when it is not theirs or gone.
pub async fn delete(tx: &mut WriteTx, id: Uuid, user: Uuid) -> Result<u64> {
    run!(tx, TOKEN_DELETE, |sql| sqlx::query(sql).bind(id).bind(user))
}

pub async fn delete_of(tx: &mut WriteTx, user: Uuid) -> Result<u64> {
    run!(tx, TOKENS_OF_USER_DELETE, |sql| sqlx::query(sql).bind(user))
}

pub async fn delete_expired(tx: &mut WriteTx, now: Millis) -> Result<u64> {
    run!(tx, TOKENS_EXPIRED_DELETE, |sql| sqlx::query(sql).bind(now))
}
