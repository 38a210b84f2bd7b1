//! The state of the installation.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{Duration, Instant},
};

use actix_web::HttpResponse;
use labelwright_ui::{
    Section, format,
    pages::{SystemPage, system::Check},
};

use super::{error::sentence, html, view, visit::Visit};
use crate::{
    context::{Context, without_password},
    flow::blocking,
    http::error::{ApiError, Result},
    store::{
        Millis,
        db::Dialect,
        jobs::{self, Job},
        users,
    },
};

/// A job that waited longer than this has nobody who would take it.
const PATIENCE: i64 = 60_000;

const LATELY_SECONDS: i64 = 7 * 86_400;
const JOBS: i64 = 20;

/// How long the data folder is measured; a large one is told as 'more than'.
const MEASURING: Duration = Duration::from_millis(150);

/// When this process began to serve.
pub fn started() -> Instant {
    static STARTED: OnceLock<Instant> = OnceLock::new();
    *STARTED.get_or_init(Instant::now)
}

/// `GET /system`.
pub async fn page(visit: Visit) -> Result<HttpResponse> {
    let ctx = &visit.ctx;
    let work = work(ctx, visit.now).await;
    let checks = vec![reading(ctx).await, writing(ctx, visit.now).await, storing(ctx).await, worker(&work, visit.now, ctx.config.worker)];
    let jobs = work.map(|work| [work.running, work.queued, work.failed].concat()).unwrap_or_default();
    html(&SystemPage {
        layout: visit.layout(Section::System, "Health"),
        healthy: checks.iter().all(|check| check.ok),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: started().elapsed().as_secs_f64(),
        checks,
        facts: facts(ctx).await,
        jobs: jobs.into_iter().map(view::job).collect(),
    })
}

fn check(name: &str, seen: Result<String>) -> Check {
    let (ok, detail) = match seen {
        Ok(detail) => (true, detail),
        Err(error) => {
            tracing::error!(check = name, %error, "a health check failed");
            let problem = error.problem();
            (false, format!("{} {}", sentence(&problem.detail), problem.action.unwrap_or_default()))
        }
    };
    Check { name: name.to_owned(), ok, detail }
}

fn took(since: Instant) -> String {
    format!("{:.1}{}ms", since.elapsed().as_secs_f64() * 1000.0, format::SPACE)
}

async fn reading(ctx: &Context) -> Check {
    let begun = Instant::now();
    let seen = async { Ok(users::any(&mut ctx.db.read().await?).await?) };
    check("Database reads", seen.await.map(|_| format!("answered in {}", took(begun))))
}

/// Deletes sign-ins that are over, which has to be done anyway, and waits until that is on disk.
async fn writing(ctx: &Context, now: Millis) -> Check {
    let begun = Instant::now();
    let seen = async {
        let mut tx = ctx.db.write().await?;
        users::delete_expired_secrets(&mut tx, now).await?;
        Ok(tx.commit().await?)
    };
    check("Database writes", seen.await.map(|()| format!("on disk in {}", took(begun))))
}

async fn storing(ctx: &Context) -> Check {
    let begun = Instant::now();
    let seen = ctx.blobs.check().await.map_err(ApiError::from);
    check("Images and weights", seen.map(|()| format!("stored and read in {}", took(begun))))
}

struct Work {
    running: Vec<Job>,
    queued: Vec<Job>,
    failed: Vec<Job>,
}

async fn work(ctx: &Context, now: Millis) -> Result<Work> {
    let mut tx = ctx.db.read().await?;
    Ok(Work {
        running: jobs::running(&mut tx, JOBS).await?,
        queued: jobs::queued(&mut tx, JOBS).await?,
        failed: jobs::failed_since(&mut tx, now.plus_seconds(-LATELY_SECONDS), JOBS).await?,
    })
}

/// Workers are known by what they do: one that takes no job for a minute while one waits is not there.
fn worker(work: &Result<Work>, now: Millis, own: bool) -> Check {
    let Ok(work) = work else {
        return Check { name: "Worker".into(), ok: false, detail: "The list of jobs can't be read; see the database.".into() };
    };
    let waited = work.queued.first().map_or(0, |job| now.0 - job.created_ms.0);
    let names: Vec<&str> = work.running.iter().filter_map(|job| job.worker.as_deref()).collect();
    let (ok, detail) = if !names.is_empty() {
        (true, format!("at work: {}", names.join(", ")))
    } else if waited > PATIENCE {
        let advice = if own { "See the log of this server for why its worker ends." } else { "Start one with 'labelwright worker'." };
        (false, format!("A job has waited for {} and nobody takes it. {advice}", format::duration(waited as f64 / 1000.0)))
    } else {
        (true, if work.queued.is_empty() { "nothing to do".into() } else { "a job is about to begin".into() })
    };
    Check { name: "Worker".to_owned(), ok, detail }
}

async fn facts(ctx: &Context) -> Vec<(String, String)> {
    let engine = match ctx.db.dialect() {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    };
    let folder = std::path::absolute(&ctx.config.data).unwrap_or_else(|_| ctx.config.data.clone());
    let measured = folder.clone();
    let size = blocking(move || size_of(&measured, MEASURING)).await.map_or_else(
        |_| "unknown".to_owned(),
        |(bytes, whole)| if whole { format::bytes(bytes) } else { format!("more than {}", format::bytes(bytes)) },
    );
    vec![
        ("Database".into(), engine.into()),
        ("Address".into(), without_password(&ctx.config.database_url())),
        ("Data folder".into(), folder.display().to_string()),
        ("Its size".into(), size),
        ("Own worker".into(), if ctx.config.worker { "yes" } else { "no" }.into()),
        ("Largest image".into(), format::bytes(ctx.config.max_image_bytes)),
    ]
}

/// Bytes of the files below a folder, and whether all of them could be counted in time.
fn size_of(folder: &Path, time: Duration) -> (u64, bool) {
    let begun = Instant::now();
    let (mut bytes, mut folders): (u64, Vec<PathBuf>) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if begun.elapsed() > time {
                return (bytes, false);
            }
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => folders.push(entry.path()),
                Ok(meta) => bytes += meta.len(),
                Err(_) => {}
            }
        }
    }
    (bytes, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_measured_with_all_below_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/c"), [0; 1000]).unwrap();
        std::fs::write(dir.path().join("d"), [0; 24]).unwrap();
        assert_eq!(size_of(dir.path(), Duration::from_secs(5)), (1024, true));
        assert!(!size_of(dir.path(), Duration::ZERO).1);
    }
}
