//! `labelwright bench`: what a request costs the server, measured from outside.
//!
//! The server is a child process with a data folder of its own, so that its processor time and memory can be read from the kernel without
//! what the load costs. Accounts are written into the database while no server runs; everything else goes through the public HTTP API.

mod child;
mod exports;
mod figures;
mod inference;
mod load;
mod material;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use uuid::Uuid;

use self::{
    child::Child,
    figures::Figures,
    load::{Crew, Ground, Scenario},
    material::Material,
    report::Report,
};
use super::{demo::client::Api, find, first_run};
use crate::{
    config::Config,
    context::Context,
    http::{
        api::users::{NewUser, add},
        tokens::{self, New},
    },
};

/// How many tasks one account may hold; with so many accounts all tasks can be taken before the first one is submitted.
const HELD: usize = crate::flow::tasks::MAX_HELD;

/// Tasks of the project that warms the server up before anything is counted.
const WARM_UP: usize = 48;
const WARM_UP_WORKERS: usize = 8;

/// How long the server is left alone before its idle memory is read.
const IDLE: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many people work at the same time, one measurement each
    #[arg(long, value_delimiter = ',', default_value = "1,8,32", value_name = "N,N,…")]
    workers: Vec<usize>,
    /// Tasks of each measurement
    #[arg(long, default_value_t = 240)]
    tasks: usize,
    /// Measure everything so many times
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Measure exports of a project of so many labeled images instead of requests
    #[arg(long, value_name = "IMAGES")]
    export: Option<usize>,
    /// The formats of these exports
    #[arg(long, value_delimiter = ',', default_value = "recordio-seg,coco,png-masks", value_name = "FORMAT,FORMAT", requires = "export")]
    formats: Vec<String>,
    /// Measure asking a model about so many pictures instead of requests; --workers says how many clients ask at once
    #[arg(long, value_name = "PICTURES", conflicts_with = "export")]
    inference: Option<usize>,
    /// Write every figure as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Args {
    fn check(&self) -> Result<()> {
        if self.workers.is_empty() || self.workers.iter().any(|n| !(1..=256).contains(n)) {
            bail!("--workers takes numbers from 1 to 256, as in 1,8,32");
        }
        if !(1..=10_000).contains(&self.tasks) {
            bail!("--tasks takes a number from 1 to 10000");
        }
        if self.inference.is_some_and(|pictures| !(1..=100_000).contains(&pictures)) {
            bail!("--inference takes a number from 1 to 100000");
        }
        if !(1..=100).contains(&self.repeat) {
            bail!("--repeat takes a number from 1 to 100");
        }
        Ok(())
    }

    /// Accounts that are needed so that all tasks can be held at once, however they are shared out among the workers.
    fn accounts(&self) -> usize {
        let busiest = self.workers.iter().copied().max().unwrap_or(1).max(WARM_UP_WORKERS);
        self.tasks.max(WARM_UP).div_ceil(HELD) + busiest
    }
}

pub async fn run(args: Args, config: Config) -> Result<ExitCode> {
    args.check()?;
    let json = args.json.as_deref().map(std::path::absolute).transpose().context("the path of --json can't be used")?;
    let folder = Folder::new()?;
    if let Some(count) = args.export {
        let report = exports::measure(count, &args.formats, &config, &folder).await?;
        println!("{report}");
        return save(json, &report);
    }
    if let Some(pictures) = args.inference {
        let result = inference::measure(pictures, &args.workers, args.repeat, &config, &folder).await;
        let report = result.with_context(|| folder.last_words())?;
        println!("{report}");
        return save(json, &report);
    }
    let result = measure(&args, &config, &folder).await;
    if result.is_err() {
        eprintln!("{}", folder.last_words());
    }
    let report = result?;
    println!("{report}");
    if report.handed_out_twice() > 0 {
        bail!("tasks were handed out twice; this is a fault of the server");
    }
    save(json, &report)
}

fn save(path: Option<PathBuf>, report: &impl serde::Serialize) -> Result<ExitCode> {
    if let Some(path) = path {
        let text = serde_json::to_string_pretty(report)?;
        std::fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(args: &Args, config: &Config, folder: &Folder) -> Result<Report> {
    let mut report = Report::new(&config.database, args.tasks);
    let mut starts = Vec::new();
    // An SQLite database is a file, so each start can have a new one; a PostgreSQL database is given and empty only once.
    let fresh = if config.database.is_empty() { args.repeat } else { 1 };
    for number in 0..fresh {
        let data = folder.path.join(format!("start-{number}"));
        let child = Child::start(&data, folder, config, &[]).await?;
        if !child.was_empty {
            // A measurement fills its database with accounts and pictures, so it must not meet anybody's real one.
            bail!("the database of --database has accounts already; make an empty one for the measurement, and drop it afterwards");
        }
        tokio::time::sleep(IDLE).await;
        report.first_start_seconds.push(child.start_seconds);
        report.idle_bytes.push(child.figures()?.resident);
        child.stop().await?;
        starts.push(data);
    }
    let data = starts.pop().context("nothing was started")?;
    let (admin, accounts) = people(&data, config, args.accounts()).await?;

    let child = Child::start(&data, folder, config, &[]).await?;
    report.later_start_seconds.push(child.start_seconds);
    let ground = Ground {
        boss: Api::with_token(&child.url, &admin)?,
        crew: Crew::new(&child.url, accounts)?,
        material: Material::new(args.tasks.max(WARM_UP))?.into(),
        database: report::postgres_name(&config.database).unwrap_or_default().to_owned(),
        child: &child,
    };
    for kind in material::KINDS {
        let warm = Scenario { kind, workers: WARM_UP_WORKERS, tasks: WARM_UP };
        ground.run(warm).await.context("warming up failed")?;
    }
    for round in 0..args.repeat {
        for kind in material::KINDS {
            for &workers in &args.workers {
                eprintln!("round {} of {}: {kind}, {workers} at work …", round + 1, args.repeat);
                let scenario = Scenario { kind, workers, tasks: args.tasks };
                report.add(scenario, ground.run(scenario).await?);
            }
        }
        report.busy_bytes.push(child.figures()?.resident);
    }
    report.peak_bytes = child.figures()?.peak;
    child.stop().await?;
    report.load_average = Figures::load_average();
    Ok(report)
}

/// Writes accounts into the database; the admin's token, and an id and a token of each account.
async fn people(data: &Path, config: &Config, count: usize) -> Result<(String, Vec<(Uuid, String)>)> {
    let ctx = Context::open(Config { data: data.to_owned(), ..config.clone() }).await?;
    first_run::account(&ctx, "").await?;
    let (_, admin) = tokens::issue(&ctx, find::owner(&ctx).await?, New::all("Measurement", 1)).await?;
    let mut accounts = Vec::with_capacity(count);
    for number in 1..=count {
        let new = NewUser { login: format!("bench-{number}"), name: format!("Annotator {number}"), password: None, admin: false };
        let user = add(&ctx, new, None).await?;
        accounts.push((user.id, tokens::issue(&ctx, user.id, New::all("Measurement", 1)).await?.1));
    }
    ctx.db.close().await;
    Ok((admin, accounts))
}

/// A folder for data and logs that vanishes with the measurement.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("labelwright-bench-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).with_context(|| format!("could not make the folder {}", path.display()))?;
        Ok(Self { path })
    }

    /// Where the measured server logs.
    fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    /// The end of that log.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files is the system's to clear away.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
