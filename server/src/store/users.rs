//! People, their sessions and one-time links, and the record of who did what.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, Tx, WriteTx, tokens};
use crate::{on, run, statements, text_enum};

text_enum! {
    /// What a secret opens: a browser's session, or one sign-in. Tokens have a table of their own.
    pub enum SecretKind { Session = "session", Link = "link" }
}

#[derive(Clone, Debug, FromRow)]
pub struct User {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub admin: bool,
    pub disabled: bool,
    pub created_ms: Millis,
}

/// A person in the list of people.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub admin: bool,
    pub has_password: bool,
    pub projects: i64,
    pub created_ms: Millis,
}

statements! {
    USER_INSERT = ["INSERT INTO users (id, login, name, password_hash, admin, created_ms) VALUES ($1, $2, $3, $4, $5, $6)"];
    USER_BY_LOGIN = ["SELECT id, login, name, password_hash, admin, disabled, created_ms FROM users WHERE login = $1"];
    USER_BY_ID = ["SELECT id, login, name, password_hash, admin, disabled, created_ms FROM users WHERE id = $1"];
    /// The first page of a list that grows with the team, never with the data.
    USER_LIST = ["SELECT id, login, name, password_hash, admin, disabled, created_ms FROM users WHERE login > $1 ORDER BY login LIMIT $2"];
    USER_LIST_PROJECTS = [
        "SELECT u.id, u.login, u.name, u.admin, u.password_hash IS NOT NULL AS has_password,
                (SELECT COUNT(*) FROM members m WHERE m.user_id = u.id) AS projects, u.created_ms
           FROM users u WHERE u.login > $1 ORDER BY u.login LIMIT $2"];
    USER_ANY = ["SELECT id FROM users WHERE login > '' LIMIT 1"];
    USER_SET_PASSWORD = ["UPDATE users SET password_hash = $2 WHERE id = $1"];
    KEYMAP_GET = ["SELECT keymap FROM users WHERE id = $1"];
    KEYMAP_SET = ["UPDATE users SET keymap = $2 WHERE id = $1"];
    USER_SET_DISABLED = ["UPDATE users SET disabled = $2 WHERE id = $1"];
    SECRET_INSERT = ["INSERT INTO sessions (token_hash, user_id, kind, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)"];
    SECRET_USER = [
        "SELECT u.id, u.login, u.name, u.password_hash, u.admin, u.disabled, u.created_ms
           FROM sessions s JOIN users u ON u.id = s.user_id
          WHERE s.token_hash = $1 AND s.kind <> 'link' AND s.expires_ms > $2"];
    LINK_USER = [
        "SELECT u.id, u.login, u.name, u.password_hash, u.admin, u.disabled, u.created_ms
           FROM sessions s JOIN users u ON u.id = s.user_id
          WHERE s.token_hash = $1 AND s.kind = 'link' AND s.expires_ms > $2"];
    SECRET_DELETE = ["DELETE FROM sessions WHERE token_hash = $1"];
    SECRETS_OF_USER_DELETE = ["DELETE FROM sessions WHERE user_id = $1"];
    SECRETS_EXPIRED_DELETE = ["DELETE FROM sessions WHERE expires_ms <= $1"];
    AUDIT_INSERT = ["INSERT INTO audit (id, project_id, user_id, action, detail, at_ms) VALUES ($1, $2, $3, $4, $5, $6)"];
}

pub async fn insert(tx: &mut WriteTx, user: &User) -> Result<()> {
    run!(tx, USER_INSERT, |sql| sqlx::query(sql)
        .bind(user.id)
        .bind(&user.login)
        .bind(&user.name)
        .bind(&user.password_hash)
        .bind(user.admin)
        .bind(user.created_ms))?;
    Ok(())
}

pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<User>> {
    on!(tx, USER_BY_LOGIN, |sql, conn| sqlx::query_as(sql).bind(login).fetch_optional(conn))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<User>> {
    on!(tx, USER_BY_ID, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

/// People by login, those after `after`.
pub async fn list(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<User>> {
    on!(tx, USER_LIST, |sql, conn| sqlx::query_as(sql).bind(after).bind(limit).fetch_all(conn))
}

/// The same with the number of each person's projects.
pub async fn list_with_projects(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Listed>> {
    on!(tx, USER_LIST_PROJECTS, |sql, conn| sqlx::query_as(sql).bind(after).bind(limit).fetch_all(conn))
}

pub async fn any(tx: &mut Tx) -> Result<bool> {
    let one: Option<Uuid> = on!(tx, USER_ANY, |sql, conn| sqlx::query_scalar(sql).fetch_optional(conn))?;
    Ok(one.is_some())
}

pub async fn set_password(tx: &mut WriteTx, id: Uuid, hash: &str) -> Result<u64> {
    run!(tx, USER_SET_PASSWORD, |sql| sqlx::query(sql).bind(id).bind(hash))
}

/// The keys that a person changed, as JSON.
pub async fn keymap(tx: &mut Tx, id: Uuid) -> Result<String> {
    on!(tx, KEYMAP_GET, |sql, conn| sqlx::query_scalar(sql).bind(id).fetch_one(conn))
}

pub async fn set_keymap(tx: &mut WriteTx, id: Uuid, keymap: &str) -> Result<u64> {
    run!(tx, KEYMAP_SET, |sql| sqlx::query(sql).bind(id).bind(keymap))
}

pub async fn set_disabled(tx: &mut WriteTx, id: Uuid, disabled: bool) -> Result<u64> {
    run!(tx, USER_SET_DISABLED, |sql| sqlx::query(sql).bind(id).bind(disabled))
}

pub async fn add_secret(tx: &mut WriteTx, hash: &[u8], user: Uuid, kind: SecretKind, now: Millis, expires: Millis) -> Result<()> {
    run!(tx, SECRET_INSERT, |sql| sqlx::query(sql).bind(hash).bind(user).bind(kind).bind(now).bind(expires))?;
    Ok(())
}

/// Whose session it is, while it is valid.
pub async fn by_secret(tx: &mut Tx, hash: &[u8], now: Millis) -> Result<Option<User>> {
    on!(tx, SECRET_USER, |sql, conn| sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(conn))
}

/// Whom a one-time link signs in, while it is valid.
pub async fn by_link(tx: &mut Tx, hash: &[u8], now: Millis) -> Result<Option<User>> {
    on!(tx, LINK_USER, |sql, conn| sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(conn))
}

pub async fn delete_secret(tx: &mut WriteTx, hash: &[u8]) -> Result<u64> {
    run!(tx, SECRET_DELETE, |sql| sqlx::query(sql).bind(hash))
}

/// Signs a person out everywhere, and takes all their tokens back.
pub async fn delete_secrets_of(tx: &mut WriteTx, user: Uuid) -> Result<u64> {
    let sessions = run!(tx, SECRETS_OF_USER_DELETE, |sql| sqlx::query(sql).bind(user))?;
    Ok(sessions + tokens::delete_of(tx, user).await?)
}

pub async fn delete_expired_secrets(tx: &mut WriteTx, now: Millis) -> Result<u64> {
    let sessions = run!(tx, SECRETS_EXPIRED_DELETE, |sql| sqlx::query(sql).bind(now))?;
    Ok(sessions + tokens::delete_expired(tx, now).await?)
}

/// Writes down who did what; never shown without being asked, never deleted.
pub async fn audit(
    tx: &mut WriteTx,
    project: Option<Uuid>,
    user: Option<Uuid>,
    action: &str,
    detail: &serde_json::Value,
    now: Millis,
) -> Result<()> {
    run!(tx, AUDIT_INSERT, |sql| sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(project)
        .bind(user)
        .bind(action)
        .bind(detail.to_string())
        .bind(now))?;
    Ok(())
}
