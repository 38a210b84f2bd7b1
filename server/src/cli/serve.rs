//! `labelwright serve`: the web server, its clock and its worker.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use super::{asked_to_end, first_run};
use crate::{
    config::Config,
    context::Context,
    http::Web,
    jobs::{
        clock,
        supervisor::{Launch, Supervisor},
    },
};

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Don't start a worker; run 'labelwright worker' somewhere else
    #[arg(long)]
    no_worker: bool,
    /// Don't make a sample project when the database is empty
    #[arg(long)]
    no_sample: bool,
}

pub async fn run(args: Args, mut config: Config) -> anyhow::Result<ExitCode> {
    config.worker &= !args.no_worker;
    let ctx = Context::open(config).await?;
    let server = Server::start(ctx.clone()).await?;
    let url = server.url.clone();
    let welcome = first_run::account(&ctx, &url).await?;
    if welcome.is_some() && !args.no_sample {
        // Drawing takes a moment; nobody has to wait for it to sign in.
        let ctx = ctx.clone();
        tokio::spawn(async move {
            if let Err(error) = first_run::sample_project(&ctx).await {
                tracing::warn!("the sample project could not be made: {error:#}");
            }
        });
    }
    println!("\n  Labelwright serves on {url}\n");
    if let Some(link) = welcome {
        println!("  First start: you are the manager 'admin'. Choose your password here (the link works once):\n\n    {link}\n");
    }
    println!("  Data: {}   Stop: Ctrl-C\n", ctx.config.data.display());
    server.run_until(asked_to_end()).await?;
    Ok(ExitCode::SUCCESS)
}

/// A server with everything that belongs to it, as `serve` and `demo` run it.
pub struct Server {
    pub url: String,
    ctx: Context,
    web: Web,
    supervisor: Option<Supervisor>,
    stop: CancellationToken,
}

impl Server {
    /// Binds the address and starts clock and worker.
    ///
    /// # Errors
    /// The address is taken, or the worker's program is not found.
    pub async fn start(ctx: Context) -> anyhow::Result<Self> {
        let web = Web::bind(ctx.clone())?;
        let stop = CancellationToken::new();
        tokio::spawn(clock::run(ctx.clone(), stop.clone()));
        let supervisor =
            if ctx.config.worker { Some(Supervisor::start(ctx.clone(), Launch::this_program(&ctx.config)?, "cpu")) } else { None };
        Ok(Self { url: format!("http://{}", web.address), ctx, web, supervisor, stop })
    }

    /// Serves until `quit` resolves; then requests finish, the worker ends and the database is closed.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn run_until(self, quit: impl Future<Output = ()>) -> anyhow::Result<()> {
        let served = self.web.run_until(quit).await;
        self.stop.cancel();
        if let Some(supervisor) = self.supervisor {
            supervisor.shutdown().await;
        }
        self.ctx.db.close().await;
        Ok(served?)
    }
}
