//! `labelwright user`: people, from the command line.

use std::process::ExitCode;

use crate::{
    config::Config,
    context::Context,
    http::{
        api::users::{LINK_SECONDS, NewUser, add},
        auth::issue,
        tokens::{self, DAYS, New},
    },
    store::users::{self, SecretKind},
};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add a person; prints a one-time link with which they choose their password
    Add {
        login: String,
        /// Name to show (default: the login)
        #[arg(long, default_value = "")]
        name: String,
        /// May do everything, and add people
        #[arg(long)]
        admin: bool,
    },
    /// Print a new one-time sign-in link for somebody
    Link { login: String },
    /// Print an API token for a program that acts as this person (valid for 90 days)
    Token { login: String },
    /// List everybody
    List,
    /// Lock somebody out; their work stays
    Disable { login: String },
    /// Let somebody in again
    Enable { login: String },
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<ExitCode> {
    let ctx = Context::open(config).await?;
    let base = format!("http://{}", ctx.config.listen);
    match args.action {
        Action::Add { login, name, admin } => {
            let user = add(&ctx, NewUser { login, name, password: None, admin }, None).await?;
            println!("Added {}. One-time sign-in link, valid for 7 days:\n\n  {base}{}\n", user.login, user.link.unwrap_or_default());
        }
        Action::Link { login } => {
            let user = find(&ctx, &login).await?;
            let link = issue(&ctx, user.id, SecretKind::Link, LINK_SECONDS).await?;
            println!("One-time sign-in link for {}, valid for 7 days:\n\n  {base}/welcome/{link}\n", user.login);
        }
        Action::Token { login } => {
            let user = find(&ctx, &login).await?;
            let (_, token) = tokens::issue(&ctx, user.id, New::all("Made on the command line", DAYS)).await?;
            println!("{token}");
        }
        Action::List => {
            let mut tx = ctx.db.read().await?;
            let mut after = String::new();
            loop {
                let page = users::list(&mut tx, &after, 200).await?;
                for user in &page {
                    let marks = [(user.admin, "admin"), (user.disabled, "disabled"), (user.password_hash.is_none(), "no password yet")];
                    let marks: Vec<&str> = marks.iter().filter(|(on, _)| *on).map(|(_, text)| *text).collect();
                    println!("{:<24} {:<32} {}", user.login, user.name, marks.join(", "));
                }
                match page.last() {
                    Some(last) => after.clone_from(&last.login),
                    None => break,
                }
            }
        }
        Action::Disable { login } => set_disabled(&ctx, &login, true).await?,
        Action::Enable { login } => set_disabled(&ctx, &login, false).await?,
    }
    ctx.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn find(ctx: &Context, login: &str) -> anyhow::Result<users::User> {
    let found = users::by_login(&mut ctx.db.read().await?, &login.to_lowercase()).await?;
    found.ok_or_else(|| anyhow::anyhow!("there is nobody with the login '{login}'; 'labelwright user list' shows everybody"))
}

async fn set_disabled(ctx: &Context, login: &str, disabled: bool) -> anyhow::Result<()> {
    let user = find(ctx, login).await?;
    let mut tx = ctx.db.write().await?;
    users::set_disabled(&mut tx, user.id, disabled).await?;
    if disabled {
        users::delete_secrets_of(&mut tx, user.id).await?;
    }
    tx.commit().await?;
    println!("{} is {}.", user.login, if disabled { "locked out and signed out everywhere" } else { "let in again" });
    Ok(())
}
