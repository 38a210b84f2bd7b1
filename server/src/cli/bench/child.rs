//! The measured server: a child process of the same program.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child as Process, Command};

use super::{Folder, figures::Figures};
use crate::config::Config;

/// A server that has not answered by then is not going to.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Child {
    process: Process,
    pid: u32,
    pub url: String,
    /// From the start of the process to the first 200 from `/health`.
    pub start_seconds: f64,
    /// Whether the database had no accounts, so that the server made the first one.
    pub was_empty: bool,
}

impl Child {
    /// Starts the server with its usual settings (but for those given by name) and logging, without a worker and without a sample project.
    ///
    /// # Errors
    /// It ends at once, or doesn't answer.
    pub async fn start(data: &Path, folder: &Folder, config: &Config, settings: &[(&str, &str)]) -> Result<Self> {
        let program = std::env::current_exe().context("this program's own file can't be found")?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.log()).context("could not write the server's log")?;
        let mut command = Command::new(program);
        command.args(["serve", "--no-worker", "--no-sample", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
        if !config.database.is_empty() {
            command.args(["--database", &config.database]);
        }
        command.envs(settings.iter().copied());
        command.current_dir(&folder.path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let began = Instant::now();
        let mut process = command.spawn().context("the server could not be started")?;
        let pid = process.id().context("the server ended at once")?;
        let output = process.stdout.take().context("the server's output can't be read")?;
        let mut lines = BufReader::new(output).lines();
        let (url, was_empty) = tokio::time::timeout(PATIENCE, async {
            let (mut url, mut was_empty) = (None, false);
            while let Some(line) = lines.next_line().await? {
                if let Some((_, address)) = line.split_once("serves on ") {
                    url = Some(address.trim().to_owned());
                }
                was_empty |= line.contains("First start");
                if line.contains("Stop: Ctrl-C") {
                    break;
                }
            }
            Ok::<_, anyhow::Error>((url.context("the server ended before it told its address")?, was_empty))
        })
        .await
        .context("the server did not tell its address in time")??;
        // A full pipe would stop the server.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let http = reqwest::Client::new();
        while !http.get(format!("{url}/health")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if began.elapsed() > PATIENCE {
                bail!("the server did not answer in time");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { process, pid, url, start_seconds: began.elapsed().as_secs_f64(), was_empty })
    }

    /// What the kernel says about the process now.
    ///
    /// # Errors
    /// The server ended, or this is not Linux.
    pub fn figures(&self) -> Result<Figures> {
        Figures::of(self.pid)
    }

    /// Asks the server to end, and waits until it has.
    ///
    /// # Errors
    /// It can't be asked, or doesn't end in time.
    pub async fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await;
        if !asked.is_ok_and(|status| status.success()) {
            self.process.start_kill().context("the server could not be ended")?;
        }
        tokio::time::timeout(PATIENCE, self.process.wait()).await.context("the server did not end in time")??;
        Ok(())
    }
}
