//! The keys that a person changed in the editor.

use std::collections::BTreeMap;

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    context::Context,
    http::{
        auth::Signed,
        error::{ApiError, Result},
    },
    store::{Error, users},
};

/// At most this many actions, keys of an action, and characters of a name.
const MAX_ACTIONS: usize = 300;
const MAX_KEYS: usize = 8;
const MAX_CHARS: usize = 60;

/// Keys by action; an empty list takes the key away. Actions that are not named have the keys that the editor gives them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeymapBody {
    pub keys: BTreeMap<String, Vec<String>>,
}

fn check(keymap: &KeymapBody) -> Result<()> {
    let short = |text: &String| (1..=MAX_CHARS).contains(&text.chars().count());
    let fits = |(action, keys): (&String, &Vec<String>)| short(action) && keys.len() <= MAX_KEYS && keys.iter().all(short);
    if keymap.keys.len() <= MAX_ACTIONS && keymap.keys.iter().all(fits) {
        return Ok(());
    }
    Err(ApiError::BadRequest(format!(
        "a keymap has at most {MAX_ACTIONS} actions with at most {MAX_KEYS} keys each, and names of 1 to {MAX_CHARS} characters"
    )))
}

/// The keys that the person who is signed in has changed.
#[utoipa::path(tag = "session", responses((status = 200, body = KeymapBody), (status = 401)))]
#[get("/me/keymap")]
pub async fn get(ctx: web::Data<Context>, signed: Signed) -> Result<web::Json<KeymapBody>> {
    let text = users::keymap(&mut ctx.db.glance().await?, signed.user.id).await?;
    let keys = serde_json::from_str(&text).map_err(|e| Error::Corrupt("a keymap", e.to_string()))?;
    Ok(web::Json(KeymapBody { keys }))
}

/// Sets them, on all computers of this person.
#[utoipa::path(tag = "session", request_body = KeymapBody, responses((status = 200, body = KeymapBody), (status = 400), (status = 401)))]
#[put("/me/keymap")]
pub async fn put(ctx: web::Data<Context>, signed: Signed, body: web::Json<KeymapBody>) -> Result<web::Json<KeymapBody>> {
    check(&body)?;
    let mut tx = ctx.db.write().await?;
    users::set_keymap(&mut tx, signed.user.id, &serde_json::json!(body.keys).to_string()).await?;
    tx.commit().await?;
    Ok(body)
}
