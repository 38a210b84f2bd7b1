//! Finding what a person names on the command line.

use uuid::Uuid;

use crate::{
    context::Context,
    store::{
        projects::{self, Project},
        users,
    },
};

/// The first admin, who owns what is made without anybody being signed in.
///
/// # Errors
/// The database failed, or there is no admin.
pub async fn owner(ctx: &Context) -> anyhow::Result<Uuid> {
    let mut tx = ctx.db.read().await?;
    let mut after = String::new();
    loop {
        let page = users::list(&mut tx, &after, 200).await?;
        if let Some(admin) = page.iter().find(|user| user.admin && !user.disabled) {
            return Ok(admin.id);
        }
        match page.last() {
            Some(last) => after.clone_from(&last.login),
            None => anyhow::bail!("there is no admin account yet; start the server once, or run 'labelwright user add NAME --admin'"),
        }
    }
}

/// The project of that id or name.
///
/// # Errors
/// The database failed.
pub async fn project(ctx: &Context, named: &str) -> anyhow::Result<Option<Project>> {
    let mut tx = ctx.db.read().await?;
    if let Ok(id) = named.parse::<Uuid>() {
        return Ok(projects::get(&mut tx, id).await?);
    }
    let mut after = Uuid::nil();
    loop {
        let page = projects::list(&mut tx, Uuid::nil(), true, after, 200).await?;
        if let Some(found) = page.iter().find(|project| project.name == named) {
            return Ok(projects::get(&mut tx, found.id).await?);
        }
        match page.last() {
            Some(last) => after = last.id,
            None => return Ok(None),
        }
    }
}
