//! What an empty database gets: a manager's account and something to try the editor on.

use serde_json::json;

use super::{demo::synthetic, find::owner};
use crate::{
    context::Context,
    flow::images::{add, policy_of},
    http::{
        api::{
            projects::{NewProject, make},
            users::{NewUser, add as add_user},
        },
        error::ApiError,
    },
    store::users,
};

/// Images of the sample project.
const SAMPLE_IMAGES: usize = 24;

/// Makes the first account when there is none, and returns the one-time link with which its owner chooses a password.
///
/// # Errors
/// The database failed.
pub async fn account(ctx: &Context, url: &str) -> anyhow::Result<Option<String>> {
    if users::any(&mut ctx.db.read().await?).await? {
        return Ok(None);
    }
    let admin = NewUser { login: "admin".into(), name: "Admin".into(), password: None, admin: true };
    match add_user(ctx, admin, None).await {
        Ok(view) => Ok(view.link.map(|path| format!("{url}{path}"))),
        // Another server on the same new database was faster; its terminal has the link.
        Err(ApiError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Draws a few pictures of cells and makes a project of them.
///
/// # Errors
/// The database or the data folder failed.
pub async fn sample_project(ctx: &Context) -> anyhow::Result<()> {
    let owner = owner(ctx).await?;
    let scenes = tokio::task::spawn_blocking(|| synthetic::draw(SAMPLE_IMAGES, 7)).await??;
    let colours = ["#4cc38a", "#e0a843", "#f07178", "#4ea8de"];
    let classes: Vec<_> = synthetic::CLASSES
        .iter()
        .zip(colours)
        .enumerate()
        .map(|(i, (name, color))| json!({ "index": i + 1, "name": name, "color": color, "kind": "thing" }))
        .collect();
    let project: NewProject = serde_json::from_value(json!({
        "name": "Sample: drawn cells",
        "instructions": "Outline every object with the polygon tool (P) or paint it with the brush (B). Press Enter to submit.\n\n\
            After eight labeled images the model trains by itself and begins to suggest; what it is sure of it labels alone.",
        "classes": classes,
        "policy": { "retrain_after_labels": 8, "target_miou": 0.8 },
    }))?;
    let id = make(ctx, project, owner).await?;
    let policy = policy_of(ctx, id).await?;
    for scene in scenes {
        add(ctx, id, &policy, &scene.name, scene.bytes.into(), Some(owner)).await?;
    }
    tracing::info!(images = SAMPLE_IMAGES, "sample project made");
    Ok(())
}
