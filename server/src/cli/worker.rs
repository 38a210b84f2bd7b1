//! `labelwright worker`: a process that does the heavy work.

use std::{process::ExitCode, time::Duration};

use tokio_util::sync::CancellationToken;

use super::asked_to_end;
use crate::{
    config::Config,
    context::Context,
    jobs::worker::{end_with_parent, run as work},
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How this worker is called on the pages
    #[arg(long, default_value = "worker-1")]
    name: String,
    /// End when standard input ends, as it does when the parent process dies
    #[arg(long)]
    watch_stdin: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<ExitCode> {
    let ctx = Context::open(config).await?;
    let stop = CancellationToken::new();
    if args.watch_stdin {
        end_with_parent(stop.clone(), Duration::from_secs(8));
    }
    let asked = stop.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        asked.cancel();
    });
    work(ctx.clone(), args.name, stop).await?;
    ctx.db.close().await;
    Ok(ExitCode::SUCCESS)
}
