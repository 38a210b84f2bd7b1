//! Keeps a worker process running beside the server, so that a crash or an out-of-memory in training never takes the server down.

use std::{ffi::OsString, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    process::{Child, ChildStdin, Command},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    config::Config,
    context::Context,
    store::{self, Millis, jobs},
};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A worker that lived so long was healthy: the next restart is quick again.
const HEALTHY: Duration = Duration::from_secs(60);
/// How long a worker may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(8);

/// The program that is started as a worker. Its name follows as `--name NAME`.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub env: Vec<(String, String)>,
}

impl Launch {
    /// This very program as `worker --watch-stdin --name NAME`.
    ///
    /// Settings go through the environment and not through arguments, which every user of the machine can read: the address of a
    /// database has its password in it.
    ///
    /// # Errors
    /// The path of the running program is not known.
    pub fn this_program(config: &Config) -> std::io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, args: vec!["worker".into(), "--watch-stdin".into()], env: environment(config) })
    }
}

/// Every setting as a `LABELWRIGHT_*` variable, so that the worker has those of its parent wherever they came from.
fn environment(config: &Config) -> Vec<(String, String)> {
    let fields = match serde_json::to_value(config) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    // Strings keep their quotes: without them a folder called 2024 would be read as a number.
    fields.into_iter().map(|(name, value)| (format!("LABELWRIGHT_{}", name.to_uppercase()), value.to_string())).collect()
}

/// A watched worker process.
#[derive(Debug)]
pub struct Supervisor {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// Starts a worker and keeps one running until [`Supervisor::shutdown`]. `base` is what its name begins with, as in `cpu-1`.
    #[must_use]
    pub fn start(ctx: Context, launch: Launch, base: &str) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(watch(ctx, launch, base.to_owned(), stop.clone()));
        Self { stop, task }
    }

    /// Ends the worker: it is asked to, gives its job back to the queue, and is killed if that takes too long.
    pub async fn shutdown(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the watch over the worker broke off");
        }
    }
}

async fn watch(ctx: Context, launch: Launch, base: String, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        // A name of its own for each process: what is taken back at its death can't be another one's.
        let id = Uuid::new_v4().simple().to_string();
        let name = format!("{base}-{}", &id[..6]);
        let born = Instant::now();
        match spawn(&launch, &name) {
            Ok(mut child) => {
                tracing::info!(worker = name, pid = child.id(), "worker started");
                // Waiting for a child closes its standard input unless somebody else holds it.
                let stdin = child.stdin.take();
                let ended = tokio::select! {
                    ended = child.wait() => Some(ended),
                    () = stop.cancelled() => None,
                };
                match ended {
                    Some(status) => tracing::warn!(worker = name, ?status, "worker ended; it is started again"),
                    None => end(&mut child, stdin).await,
                }
                take_back(&ctx, &name).await;
            }
            Err(error) => tracing::error!(program = %launch.program.display(), %error, "no worker can be started"),
        }
        if born.elapsed() > HEALTHY {
            pause = FIRST_PAUSE;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn spawn(launch: &Launch, name: &str) -> std::io::Result<Child> {
    Command::new(&launch.program)
        .args(&launch.args)
        .args(["--name", name])
        .envs(launch.env.iter().map(|(key, value)| (key, value)))
        // Nothing is ever written: the worker ends when this pipe does, however the server ended.
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Closing its standard input asks a worker to end, on every system and without signals.
async fn end(child: &mut Child, stdin: Option<ChildStdin>) {
    drop(stdin);
    if timeout(GRACE, child.wait()).await.is_err()
        && let Err(error) = child.kill().await
    {
        tracing::warn!(%error, "a worker can't be ended");
    }
}

/// Queues again at once what a worker held that is no more.
pub async fn take_back(ctx: &Context, worker: &str) {
    let done = async {
        let mut tx = ctx.db.write().await?;
        let taken = jobs::reclaim_worker(&mut tx, worker, Millis::now()).await?;
        tx.commit().await?;
        Ok::<_, store::Error>(taken)
    };
    match done.await {
        Ok(0) => {}
        Ok(taken) => tracing::warn!(worker, jobs = taken, "the worker's job went back to the queue"),
        // Its lease runs out within a minute, and then another worker takes it back.
        Err(error) => tracing::warn!(worker, %error, "the worker's job could not be taken back yet"),
    }
}
