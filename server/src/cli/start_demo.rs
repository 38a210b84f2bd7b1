//! `labelwright demo`: a server of its own (or a running one), and the story told on it.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use super::{
    asked_to_end,
    demo::{self, Credentials, DemoOptions},
    find, first_run,
    serve::Server,
};
use crate::{config::Config, context::Context, http::tokens};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with images/ and masks/ of the same names (default: pictures that the demo draws)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many images to use
    #[arg(long, default_value_t = 120)]
    images: usize,
    /// Simulated annotators
    #[arg(long, default_value_t = 3)]
    annotators: usize,
    /// How many of them label each image
    #[arg(long, default_value_t = 1)]
    opinions: u8,
    /// Mean IoU that the model's labels should reach
    #[arg(long, default_value_t = 0.8, value_name = "0..1")]
    target: f64,
    /// Fixed confidence threshold instead of one found for the target
    #[arg(long, value_name = "0..1")]
    threshold: Option<f64>,
    /// Labels by people between two trainings
    #[arg(long, default_value_t = 20)]
    retrain_after: usize,
    /// Share of the images that people may label; the story ends when they have
    #[arg(long, default_value_t = 1.0, value_name = "0..1")]
    human_share: f64,
    /// Long side in pixels at which the model sees images
    #[arg(long)]
    input_size: Option<u32>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End when the story is told, instead of serving on
    #[arg(long)]
    once: bool,
    /// Write the closing table as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Save the exported files here too
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Use this running server instead of an own one; needs --token
    #[arg(long, requires = "token")]
    url: Option<String>,
    /// API token of an admin of that server ('labelwright user token admin')
    #[arg(long, requires = "url", env = "LABELWRIGHT_TOKEN")]
    token: Option<String>,
}

impl Args {
    fn options(&self, url: String, token: String) -> DemoOptions {
        DemoOptions {
            data: self.data.clone(),
            images: self.images,
            annotators: self.annotators,
            opinions: self.opinions,
            seed: self.seed,
            json: self.json.clone(),
            out: self.out.clone(),
            mode: if self.threshold.is_some() { "fixed".into() } else { "target".into() },
            threshold: self.threshold.unwrap_or(0.9),
            target_miou: self.target,
            retrain_after: self.retrain_after,
            human_share: self.human_share,
            input_size: self.input_size,
            pace: Duration::from_millis(20),
            ..DemoOptions::new(url, Credentials::Token(token))
        }
    }
}

pub async fn run(args: Args, mut config: Config) -> anyhow::Result<ExitCode> {
    if let (Some(url), Some(token)) = (args.url.clone(), args.token.clone()) {
        demo::run(args.options(url, token)).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if config.log == Config::default().log {
        // The story is told on this terminal; the worker's ordinary news would run through it.
        config.log = "warn".into();
    }
    let ctx = Context::open(config).await?;
    let server = Server::start(ctx.clone()).await?;
    let url = server.url.clone();
    let welcome = first_run::account(&ctx, &url).await?;
    let (_, token) = tokens::issue(&ctx, find::owner(&ctx).await?, tokens::New::all("Demo", 1)).await?;
    println!("\n  Labelwright serves on {url}");
    if let Some(link) = welcome {
        println!("  To look around, choose a password for 'admin' (the link works once):\n\n    {link}\n");
    }
    let (done, end) = tokio::sync::oneshot::channel::<()>();
    let once = args.once;
    let serving = tokio::spawn(server.run_until(async move {
        tokio::select! {
            () = asked_to_end() => {}
            // The sender is dropped, not used, when the server shall go on.
            Ok(()) = end => {}
        }
    }));
    let told = demo::run(args.options(url.clone(), token)).await;
    if once || told.is_err() {
        let _ = done.send(());
        serving.await??;
        told?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("The server goes on at {url}; stop it with Ctrl-C.");
    serving.await??;
    Ok(ExitCode::SUCCESS)
}
