//! `labelwright bench --inference N`: what asking a model costs, with so many clients at once, and what putting their pictures together gains.
//!
//! Two servers run on the same data: one as the settings have it, and one whose batches have one picture, as the reference. They take turns.

use std::{
    collections::BTreeSet,
    fmt::{self, Display, Formatter},
    io::Cursor,
    ops::ControlFlow,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use image::{RgbImage, codecs::jpeg::JpegEncoder};
use labelwright_ml::{
    Device, Extractor,
    train::{Sample, Target, TrainConfig, train_head},
};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use serde::Serialize;
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Folder, child::Child, figures::Figures, report::spread};
use crate::{
    blobs::Kind,
    cli::{find, first_run},
    config::Config,
    context::Context,
    domain::policy::Policy,
    http::{
        api::projects::{NewClass, NewProject, make},
        tokens::{self, New},
    },
    store::{
        Millis,
        models::{self, Model},
    },
};

/// Side of the pictures in pixels.
const SIDE: u32 = 512;
/// Different pictures that take turns.
const PICTURES: u64 = 16;
/// Requests that warm each server up.
const WARM_UP: usize = 16;

/// One server with so many clients.
#[derive(Clone, Debug, Serialize)]
pub struct Served {
    pub clients: usize,
    /// Whether pictures were put together.
    pub batched: bool,
    pub per_second: f64,
    /// Processor time of the server for each picture.
    pub cpu_ms: f64,
    pub median_ms: f64,
    pub p95_ms: f64,
    /// Mean number of pictures that went through the network together.
    pub together: f64,
}

/// All of them, in the order in which they were measured.
#[derive(Debug, Serialize)]
pub struct InferenceReport {
    pub requests: usize,
    pub input_size: u32,
    pub batch: usize,
    pub load_average: String,
    pub measured: Vec<Served>,
}

/// Trains a model, and asks it `requests` times in each round with each number of clients.
pub(super) async fn measure(
    requests: usize,
    clients: &[usize],
    rounds: usize,
    config: &Config,
    folder: &Folder,
) -> Result<InferenceReport> {
    let data = folder.path.join("data");
    let config = Config { data: data.clone(), database: String::new(), ..config.clone() };
    eprintln!("training a model …");
    let pictures: Arc<Vec<Picture>> = Arc::new((0..PICTURES).map(picture).collect::<Result<_>>()?);
    let (project, token, input_size) = prepare(&config, &pictures).await?;
    let batched = Child::start(&data, folder, &config, &[]).await?;
    let alone = Child::start(&data, folder, &config, &[("LABELWRIGHT_INFERENCE_BATCH", "1")]).await?;
    let mut report =
        InferenceReport { requests, input_size, batch: config.inference_batch, load_average: String::new(), measured: Vec::new() };
    let asked = |child: &Child| Asked { url: format!("{}/api/v1/projects/{project}/invocations", child.url), token: token.clone() };
    for child in [&batched, &alone] {
        together(&asked(child), &pictures, 4, WARM_UP).await?;
    }
    for round in 0..rounds {
        for &clients in clients {
            for (child, is_batched) in [(&alone, false), (&batched, true)] {
                eprintln!("round {} of {rounds}: {clients} clients, {} …", round + 1, if is_batched { "batches" } else { "one by one" });
                let (cpu, began) = (child.figures()?.cpu_ms, Instant::now());
                let (mut times, sizes) = together(&asked(child), &pictures, clients, requests).await?;
                let (seconds, cpu) = (began.elapsed().as_secs_f64(), child.figures()?.cpu_ms - cpu);
                times.sort_by(f64::total_cmp);
                let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
                report.measured.push(Served {
                    clients,
                    batched: is_batched,
                    per_second: times.len() as f64 / seconds,
                    cpu_ms: cpu / times.len() as f64,
                    median_ms: at(0.5),
                    p95_ms: at(0.95),
                    together: sizes / times.len() as f64,
                });
            }
        }
    }
    batched.stop().await?;
    alone.stop().await?;
    report.load_average = Figures::load_average();
    Ok(report)
}

/// A JPEG, and which of its pixels lie on a cell.
struct Picture {
    file: Vec<u8>,
    pixels: RgbImage,
    cells: Vec<u8>,
}

/// A dozen bright cells on noisy ground.
fn picture(seed: u64) -> Result<Picture> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let side = f64::from(SIDE);
    let discs: Vec<(f64, f64, f64)> =
        (0..12).map(|_| (rng.random_range(0.0..side), rng.random_range(0.0..side), rng.random_range(15.0..45.0))).collect();
    let inside = |x: u32, y: u32| discs.iter().any(|(cx, cy, r)| (f64::from(x) - cx).hypot(f64::from(y) - cy) < *r);
    let mut cells = Vec::with_capacity((SIDE * SIDE) as usize);
    let mut pixels = RgbImage::new(SIDE, SIDE);
    for (x, y, pixel) in pixels.enumerate_pixels_mut() {
        let (cell, noise) = (inside(x, y), rng.random_range(0..40u8));
        cells.push(u8::from(cell));
        pixel.0 = if cell { [150 + noise, 90, 170] } else { [200 + noise, 190, 205] };
    }
    let mut file = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut file, 90).encode_image(&pixels)?;
    Ok(Picture { file: file.into_inner(), pixels, cells })
}

/// A project with a model, and a token for it; its id, the token, and the size that the model sees.
async fn prepare(config: &Config, pictures: &Arc<Vec<Picture>>) -> Result<(Uuid, String, u32)> {
    let ctx = Context::open(config.clone()).await?;
    first_run::account(&ctx, "").await?;
    let owner = find::owner(&ctx).await?;
    let class = NewClass { index: None, name: "cell".into(), color: None, kind: None, attributes: None };
    let policy = Policy::default();
    let input_size = policy.input_size;
    let project =
        make(&ctx, NewProject { name: "Inference bench".into(), instructions: String::new(), classes: vec![class], policy }, owner).await?;
    let learned = pictures.clone();
    let weights = tokio::task::spawn_blocking(move || trained(&learned, input_size)).await??;
    let mut tx = ctx.db.write().await?;
    let model = Model {
        id: Uuid::now_v7(),
        project_id: project,
        version: 1,
        architecture: "bench".into(),
        weights_key: ctx.blobs.put(Kind::Weights, "safetensors", weights.into()).await?,
        labels: PICTURES as i64,
        train_seconds: 0.0,
        figures: "{}".into(),
        threshold: None,
        created_ms: Millis::now(),
    };
    models::insert(&mut tx, &model).await?;
    tx.commit().await?;
    let (_, token) = tokens::issue(&ctx, owner, New::all("Measurement", 1)).await?;
    ctx.db.close().await;
    Ok((project, token, input_size))
}

/// A head of the usual size; how well it was trained does not matter to what it costs.
fn trained(pictures: &[Picture], input_size: u32) -> Result<Vec<u8>> {
    let extractor = Extractor::new(Device::flex())?;
    let mut samples = Vec::new();
    for picture in pictures.iter().take(4) {
        let features = extractor.extract(&picture.pixels, input_size)?;
        let target = Target::new(&picture.cells, SIDE, SIDE, features.fit()).context("a picture and its cells have different sizes")?;
        samples.push(Sample { features: Arc::new(features), target });
    }
    let config = TrainConfig { iterations: 30, ..TrainConfig::default() };
    Ok(train_head(&samples, &config, &Device::flex(), &mut |_| ControlFlow::Continue(()))?.to_bytes()?)
}

/// Whom to ask.
struct Asked {
    url: String,
    token: String,
}

/// So many clients, each with one request at a time; milliseconds of each request, and the sum of the sizes of their batches.
async fn together(asked: &Asked, pictures: &Arc<Vec<Picture>>, clients: usize, requests: usize) -> Result<(Vec<f64>, f64)> {
    let mut work: JoinSet<Result<(Vec<f64>, f64)>> = JoinSet::new();
    for client in 0..clients {
        let (url, token, pictures) = (asked.url.clone(), asked.token.clone(), pictures.clone());
        let share = (requests + clients - 1 - client) / clients;
        work.spawn(async move {
            let http = reqwest::Client::new();
            let (mut times, mut sizes) = (Vec::with_capacity(share), 0.0);
            for number in 0..share {
                let file = pictures[(client + number) % pictures.len()].file.clone();
                let began = Instant::now();
                let request = http.post(&url).bearer_auth(&token).header("content-type", "image/jpeg").body(file);
                let answer = request.send().await?;
                let status = answer.status();
                let said: Value = serde_json::from_slice(&answer.bytes().await?)?;
                times.push(began.elapsed().as_secs_f64() * 1000.0);
                match said["together"].as_f64() {
                    Some(size) if status.is_success() => sizes += size,
                    _ => bail!("a picture was answered with {status}: {said}"),
                }
            }
            Ok((times, sizes))
        });
    }
    let (mut times, mut sizes) = (Vec::new(), 0.0);
    while let Some(done) = work.join_next().await {
        let (own, size) = done.context("a client stopped unexpectedly")??;
        times.extend(own);
        sizes += size;
    }
    Ok((times, sizes))
}

impl Display for InferenceReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { requests, input_size, batch, load_average, .. } = self;
        writeln!(
            f,
            "{requests} pictures of {SIDE}×{SIDE} a measurement · the model sees {input_size} px · batches of {batch} at most · load averages {load_average}"
        )?;
        writeln!(f, "clients  pictures    a second            CPU ms a picture    wait ms: middle      95 %                 together")?;
        let kinds: BTreeSet<(usize, bool)> = self.measured.iter().map(|served| (served.clients, served.batched)).collect();
        for kind in kinds {
            let of = |figure: fn(&Served) -> f64, digits| {
                let rounds = self.measured.iter().filter(|served| (served.clients, served.batched) == kind);
                spread(&rounds.map(figure).collect::<Vec<f64>>(), digits)
            };
            writeln!(
                f,
                "{:>7}  {:<10}  {:<18}  {:<18}  {:<19}  {:<19}  {}",
                kind.0,
                if kind.1 { "batches" } else { "one by one" },
                of(|served| served.per_second, 2),
                of(|served| served.cpu_ms, 0),
                of(|served| served.median_ms, 0),
                of(|served| served.p95_ms, 0),
                of(|served| served.together, 1)
            )?;
        }
        write!(f, "Middle of the rounds, least and most in brackets; clients and servers share the machine.")
    }
}
