//! `labelwright bench --export N`: what writing N labeled images as datasets costs.
//!
//! The project is written straight into the database, and each export is a process of its own, so that its time and memory are read from the
//! kernel. The reference is the plain copying of the same pictures into one file, in the same run.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use labelwright_dataset::{Mask, Point, Shape};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::process::Command;
use uuid::Uuid;

use super::{Folder, figures::Figures};
use crate::{
    blobs::{Kind, hex},
    cli::{find, first_run},
    config::Config,
    context::Context,
    domain::policy::Policy,
    http::api::projects::{NewClass, NewProject, make},
    store::{ImageState, LabelSource, LabelStatus, Millis, Subset, images, labels},
};

/// Size of the pictures in pixels, and the mean of their files in bytes.
const SIZE: (u32, u32) = (500, 375);
const BYTES: usize = 32_000;
/// Images that are written in one transaction.
const PAGE: usize = 500;
const PROJECT: &str = "Export bench";

/// One export and its reference.
#[derive(Debug, Serialize)]
pub struct ExportFigures {
    pub format: String,
    pub images: usize,
    pub wall_seconds: f64,
    pub cpu_seconds: f64,
    pub peak_bytes: u64,
    pub written_bytes: u64,
}

/// All of them.
#[derive(Debug, Serialize)]
pub struct ExportReport {
    pub images: usize,
    pub picture_bytes: u64,
    /// Copying all pictures, file by file, into one, with nothing else.
    pub copy_wall_seconds: f64,
    pub exports: Vec<ExportFigures>,
    pub load_average: String,
}

/// Makes a project of `count` labeled images and exports it in each format.
pub(super) async fn measure(count: usize, formats: &[String], config: &Config, folder: &Folder) -> Result<ExportReport> {
    let config = Config { data: folder.path.join("data"), database: String::new(), ..config.clone() };
    eprintln!("writing {count} labeled images …");
    let picture_bytes = fill(count, &config).await?;
    eprintln!("copying them …");
    let copy_wall_seconds = copy(&config.data.join("blobs"), &folder.path.join("copy"))?;
    let mut exports = Vec::new();
    for format in formats {
        eprintln!("exporting as {format} …");
        exports
            .push(export(format, count, &config.data, &folder.path).await.with_context(|| format!("{format}: {}", folder.last_words()))?);
    }
    Ok(ExportReport { images: count, picture_bytes, copy_wall_seconds, exports, load_average: Figures::load_average() })
}

async fn fill(count: usize, config: &Config) -> Result<u64> {
    let ctx = Context::open(config.clone()).await?;
    first_run::account(&ctx, "").await?;
    let classes =
        ["cell", "tissue"].map(|name| NewClass { index: None, name: name.into(), color: None, kind: None, attributes: None }).into();
    let new = NewProject { name: PROJECT.into(), instructions: String::new(), classes, policy: Policy::default() };
    let project = make(&ctx, new, find::owner(&ctx).await?).await?;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let pictures = (0..16).map(|_| picture(&mut random)).collect::<Result<Vec<_>>>()?;
    let mut total = 0;
    for page in (0..count).collect::<Vec<_>>().chunks(PAGE) {
        let mut rows = Vec::with_capacity(page.len());
        for &number in page {
            // Bytes behind the end of a JPEG change its hash, and nothing else.
            let mut file = pictures[number % pictures.len()].clone();
            file.extend_from_slice(&(number as u64).to_le_bytes());
            total += file.len() as u64;
            let hash = hex(&Sha256::digest(&file));
            let bytes = file.len() as i64;
            let key = ctx.blobs.put(Kind::Image, "jpeg", Bytes::from(file)).await?;
            rows.push((number, hash, bytes, key, serde_json::to_string(&shapes(&mut random)?)?));
        }
        let mut tx = ctx.db.write().await?;
        for (number, hash, bytes, key, shapes) in rows {
            let (id, now) = (Uuid::now_v7(), Millis::now());
            let image = images::Image {
                id,
                project_id: project,
                name: format!("picture-{number:06}.jpg"),
                hash,
                width: i64::from(SIZE.0),
                height: i64::from(SIZE.1),
                bytes,
                format: "jpeg".into(),
                orientation: 1,
                blob_key: key.clone(),
                display_key: key.clone(),
                thumb_key: key,
                subset: if number % 5 == 0 { Subset::Validation } else { Subset::Train },
                state: ImageState::Done,
                created_ms: now,
            };
            images::insert(&mut tx, &image).await?;
            let label = labels::Label {
                id: Uuid::now_v7(),
                project_id: project,
                image_id: id,
                source: LabelSource::Import,
                status: LabelStatus::Committed,
                confidence: None,
                agreement: None,
                model_id: None,
                shapes,
                mask_key: None,
                created_ms: now,
            };
            labels::replace(&mut tx, &label).await?;
        }
        tx.commit().await?;
    }
    ctx.db.close().await;
    Ok(total)
}

/// A JPEG of noise that is about as large as a photograph of that size.
fn picture(random: &mut Xoshiro256PlusPlus) -> Result<Vec<u8>> {
    let coarse = image::RgbImage::from_fn(SIZE.0 / 5, SIZE.1 / 5, |_, _| image::Rgb(random.random()));
    let picture = image::imageops::resize(&coarse, SIZE.0, SIZE.1, image::imageops::FilterType::Triangle);
    let mut quality = 95;
    loop {
        let mut file = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality).encode_image(&picture)?;
        if file.len() <= BYTES || quality <= 10 {
            return Ok(file);
        }
        quality -= 5;
    }
}

/// Eight polygons of 40 points and a mask.
fn shapes(random: &mut Xoshiro256PlusPlus) -> Result<Vec<Shape>> {
    let mut shapes = Vec::new();
    for number in 0..8u32 {
        let (cx, cy, radius) = (random.random_range(60.0..440.0), random.random_range(60.0..315.0), random.random_range(10.0..50.0));
        let point = |i: i32| {
            let angle = f64::from(i) / 40.0 * std::f64::consts::TAU;
            let radius = radius * (1.0 + 0.15 * (5.0 * angle).sin());
            Point { x: cx + radius * angle.cos(), y: cy + radius * angle.sin() }
        };
        let mut shape = Shape::polygon(1, (0..40).map(point).collect());
        shape.instance = Some(number + 1);
        shapes.push(shape);
    }
    let (width, height) = SIZE;
    let (cx, cy) = (random.random_range(100..400u32), random.random_range(100..275u32));
    let inside = |at: u32| (at % width).abs_diff(cx).pow(2) + (at / width).abs_diff(cy).pow(2) < 60 * 60;
    let bitmap: Vec<bool> = (0..width * height).map(inside).collect();
    let mut mask = Shape::mask(2, Mask::from_bitmap(width, height, &bitmap)?);
    mask.instance = Some(9);
    shapes.insert(0, mask);
    Ok(shapes)
}

/// Copies every file below `from` into the one file `to`, forces it to disk, and deletes it again; how long that took in seconds.
fn copy(from: &Path, to: &Path) -> Result<f64> {
    let began = Instant::now();
    let mut out = BufWriter::with_capacity(1 << 18, File::create(to)?);
    let mut folders = vec![from.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                io::copy(&mut File::open(entry.path())?, &mut out)?;
            }
        }
    }
    out.flush()?;
    out.get_ref().sync_all()?;
    let seconds = began.elapsed().as_secs_f64();
    fs::remove_file(to)?;
    Ok(seconds)
}

async fn export(format: &str, images: usize, data: &Path, folder: &Path) -> Result<ExportFigures> {
    let out = folder.join(format!("out-{format}"));
    let program = std::env::current_exe().context("this program's own file can't be found")?;
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("server.log"))?;
    let began = Instant::now();
    let mut process = Command::new(program)
        .args(["export", "--project", PROJECT, "--format", format, "--data-dir"])
        .arg(data)
        .arg(&out)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    let pid = process.id().context("the export ended at once")?;
    let mut last = Figures::of(pid)?;
    let ended = loop {
        tokio::select! {
            ended = process.wait() => break ended?,
            () = tokio::time::sleep(Duration::from_millis(50)) => last = Figures::of(pid).unwrap_or(last),
        }
    };
    let wall_seconds = began.elapsed().as_secs_f64();
    if !ended.success() {
        bail!("the export failed");
    }
    let written_bytes =
        walkdir::WalkDir::new(&out).into_iter().flatten().filter_map(|entry| entry.metadata().ok()).map(|about| about.len()).sum();
    fs::remove_dir_all(&out)?;
    Ok(ExportFigures {
        format: format.into(),
        images,
        wall_seconds,
        cpu_seconds: last.cpu_ms / 1000.0,
        peak_bytes: last.peak,
        written_bytes,
    })
}

impl std::fmt::Display for ExportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        let copied = megabytes(self.picture_bytes) / self.copy_wall_seconds;
        writeln!(
            f,
            "{} labeled images, {:.0} MB of pictures; plain copying: {:.1} s, {copied:.0} MB/s",
            self.images,
            megabytes(self.picture_bytes),
            self.copy_wall_seconds
        )?;
        writeln!(
            f,
            "{:<16} {:>9} {:>9} {:>12} {:>12} {:>9} {:>10}",
            "format", "wall s", "CPU s", "written MB", "images/s", "MB/s", "peak MB"
        )?;
        for export in &self.exports {
            let (written, seconds) = (megabytes(export.written_bytes), export.wall_seconds);
            writeln!(
                f,
                "{:<16} {seconds:>9.1} {:>9.1} {written:>12.0} {:>12.0} {:>9.0} {:>10.0}",
                export.format,
                export.cpu_seconds,
                export.images as f64 / seconds,
                written / seconds,
                megabytes(export.peak_bytes),
            )?;
        }
        write!(f, "load average {}", self.load_average)
    }
}
