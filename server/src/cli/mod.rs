//! The command line. Each sub-command is a module; `serve` is what happens without one.

mod bench;
mod config;
mod convert;
pub mod demo;
mod export;
mod find;
mod first_run;
mod formats;
mod im2rec;
mod import;
mod rec;
mod serve;
mod start_demo;
mod train;
mod tune;
mod user;
mod worker;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, Overrides};

/// Turns a pile of images into a labeled dataset: people draw, a model learns and labels what it is sure of.
#[derive(Debug, Parser)]
#[command(name = "labelwright", version, propagate_version = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Settings file in TOML (default ./labelwright.toml if it exists); for 'train' and 'tune' their own file instead
    #[arg(long, global = true, value_name = "FILE", env = "LABELWRIGHT_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

const EXAMPLES: &str = "\
Examples:
  labelwright                                    serve on http://127.0.0.1:8080 with SQLite in ./labelwright-data
  labelwright import photos --project Cells      take a folder of images into the project 'Cells'
  labelwright import photos --masks truth --project Cells
                                                 the same, with existing masks as labels
  labelwright import data --format coco --project Cells
                                                 a labeled dataset, with its classes
  labelwright convert data out --into recordio-seg
                                                 from one format to another
  labelwright user add alice --name 'A. Smith'   add a person and print a one-time sign-in link
  labelwright demo                               watch the whole story with simulated annotators
  labelwright worker --name gpu-1 --database postgres://…
                                                 run models on another machine

Settings come from, in rising order: defaults, labelwright.toml, LABELWRIGHT_* variables (LABELWRIGHT_LISTEN, …), flags.
'labelwright config' prints the values in force.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web pages and the API, with a worker for the models (this is what happens without a command)
    Serve(serve::Args),
    /// Run jobs (features, training, prediction, exports) for a server that uses the same database and data folder
    Worker(worker::Args),
    /// Show the whole story: images in, three simulated annotators, a model that learns and labels, RecordIO out
    Demo(start_demo::Args),
    /// Take a folder of images, or a labeled dataset, into a project
    Import(import::Args),
    /// Write a project's labels as a dataset: RecordIO, COCO, …
    Export(export::Args),
    /// Turn a dataset of one format into another, without a project
    Convert(convert::Args),
    /// Train a segmentation network from labeled folders, without a project: train --config recipe.toml
    Train(train::Args),
    /// Search for better settings of a head or a network, without a project: tune --config search.toml
    Tune(tune::Args),
    /// List the formats of datasets
    Formats,
    /// Make lists of pictures and RecordIO files of lists, with the options of MXNet's im2rec.py
    Im2rec(im2rec::Args),
    /// Look into RecordIO files: what they hold, a new index, one record, parts, and what can be saved of a damaged one
    Rec(rec::Args),
    /// Add people, list them, and make one-time sign-in links
    User(user::Args),
    /// Measure what requests cost a server of its own, on SQLite or on an empty PostgreSQL database
    Bench(bench::Args),
    /// Print the settings in force, and where they can be set
    Config,
}

/// Runs the command line; says what went wrong in plain words.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let (mut settings, mut command) = (cli.config, cli.command);
    match &mut command {
        Some(Command::Train(args)) => args.recipe = settings.take(),
        Some(Command::Tune(args)) => args.search = settings.take(),
        _ => {}
    }
    let config = match Config::load(settings.as_deref(), &cli.overrides) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("labelwright: {error}");
            return ExitCode::from(2);
        }
    };
    let command = command.unwrap_or_else(|| Command::Serve(serve::Args::default()));
    log(&config, &command);
    match start(command, config) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("labelwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Servers and workers log to standard error; commands for people only when something is wrong.
fn log(config: &Config, command: &Command) {
    let filter = match command {
        Command::Serve(_) | Command::Worker(_) => config.log.clone(),
        _ if config.log == Config::default().log => "warn".to_owned(),
        _ => config.log.clone(),
    };
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber can only come from a test in the same process; the first one serves as well.
    let _ = if config.log_json { subscriber.json().try_init() } else { subscriber.with_target(false).try_init() };
}

fn start(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8))
        .enable_all()
        .build()
        .context("the program can't start its threads")?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::run(args, config).await,
            Command::Worker(args) => worker::run(args, config).await,
            Command::Demo(args) => start_demo::run(args, config).await,
            Command::Import(args) => import::run(args, config).await,
            Command::Export(args) => export::run(args, config).await,
            Command::Convert(args) => tokio::task::spawn_blocking(move || convert::run(args, &config)).await?,
            Command::Train(args) => tokio::task::spawn_blocking(move || train::run(&args)).await?,
            Command::Tune(args) => tokio::task::spawn_blocking(move || tune::run(&args)).await?,
            Command::Formats => Ok(formats::run()),
            Command::Im2rec(args) => tokio::task::spawn_blocking(move || im2rec::run(args, config.max_image_pixels)).await?,
            Command::Rec(args) => tokio::task::spawn_blocking(move || rec::run(args)).await?,
            Command::User(args) => user::run(args, config).await,
            Command::Bench(args) => bench::run(args, config).await,
            Command::Config => config::run(&config),
        }
    })
}

/// Resolves when the program is asked to end: Ctrl-C, or SIGTERM from a service manager.
async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is nothing to wait for but the process's end.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
