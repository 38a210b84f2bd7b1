//! `labelwright demo`: the whole story in a few minutes, with simulated annotators.
//!
//! A project is made, pictures whose truth is known are uploaded, annotators with accounts of their own label them with human errors while
//! the model learns and takes over, and a table says how good each part is. Everything goes through the public HTTP API of a live server, so
//! what this shows is what any client gets.

pub mod annotator;
pub mod client;
mod crew;
mod measure;
mod options;
pub mod report;
mod rounds;
pub mod scene;
pub mod score;
pub mod synthetic;
mod voice;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use uuid::Uuid;

use annotator::skills;
use client::Api;
use crew::{Crew, Member, Tally};
pub use options::{Credentials, DemoOptions};
use report::AnnotatorReport;
pub use report::DemoReport;
use rounds::Rounds;
use scene::Scene;
use voice::Voice;

/// How many pictures go into one upload.
const UPLOAD_BATCH: usize = 16;

/// Colours of the classes, in turn; none is that of the objects that the demonstration draws, nor the violet of the model.
const COLOURS: [&str; 8] = ["#4cc38a", "#4ea8de", "#f07178", "#ffd166", "#06d6a0", "#ef476f", "#80ed99", "#f4978e"];

/// Runs the demonstration against a live server and returns the figures of its closing table; prints the table unless told to be quiet.
///
/// # Errors
/// The pictures can't be read, the server doesn't answer or refuses a step (in its own words), or a job doesn't end in time. The project with
/// everything labeled until then stays on the server; the message says where.
pub async fn run(options: DemoOptions) -> Result<DemoReport> {
    options.check()?;
    let began = Instant::now();
    let mut voice = Voice::new(options.quiet);
    let scenes = load(&options).await?;
    let api = match &options.credentials {
        Credentials::Token(token) => Api::with_token(&options.url, token)?,
        Credentials::Password { login, password } => Api::sign_in(&options.url, login, password).await?,
    };
    let project = create_project(&api, &options, &scenes).await?;
    let url = format!("{}/projects/{project}", options.url.trim_end_matches('/'));
    voice.say(&format!("Project with {} images: {url}", scenes.len()));
    let told = tell(&api, &options, project, url.clone(), scenes, began, &mut voice).await;
    voice.end();
    let report = told.with_context(|| format!("the demonstration stopped; the project and all labels made so far are kept at {url}"))?;
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report)?;
        tokio::fs::write(path, text + "\n")
            .await
            .with_context(|| format!("could not write {}; the project is kept at {url}", path.display()))?;
    }
    if !options.quiet {
        println!("{report}");
    }
    Ok(report)
}

/// Everything after the project exists.
async fn tell(
    api: &Api,
    options: &DemoOptions,
    project: Uuid,
    url: String,
    scenes: Vec<Scene>,
    began: Instant,
    voice: &mut Voice,
) -> Result<DemoReport> {
    let copies = upload(api, project, &scenes, voice).await?;
    let mut scenes = scenes;
    scenes.retain(|scene| !copies.contains(&scene.name));
    let (members, logins) = hire(api, options, project).await?;
    let tallies: Vec<Arc<Tally>> = members.iter().map(|member| Arc::clone(&member.tally)).collect();
    let scenes: Arc<HashMap<String, Arc<Scene>>> =
        Arc::new(scenes.into_iter().map(|scene| (scene.name.clone(), Arc::new(scene))).collect());
    let crew = Crew::start(members, project, &scenes, options.seed, options.pace);
    voice.say(&format!("{} annotators at work: {}", logins.len(), logins.join(", ")));

    let mut rounds = Rounds { api, options, project, voice, warnings: Vec::new() };
    if !copies.is_empty() {
        rounds.warnings.push(format!("{} images are the same, byte for byte, as another one and were left out", copies.len()));
    }
    let crew = rounds.play(crew, scenes.len()).await?;
    crew.finish().await?;
    rounds.last_model().await?;
    let warnings = std::mem::take(&mut rounds.warnings);
    let committed = api.commit_labels(project).await?;
    voice.say(&format!("{committed} labels by the model committed; exporting"));

    let measured = measure::labels(api, project, &scenes).await?;
    let models = measure::models(api, project).await?;
    let (files, folder) = measure::export(api, project, options).await?;
    let people_seconds: f64 = tallies.iter().map(|tally| tally.seconds()).sum();
    let by_hand_seconds = measured.by_hand_seconds * f64::from(options.opinions);
    let count = |tally: &Tally| tally.submitted.load(std::sync::atomic::Ordering::Relaxed);
    let annotators = logins.into_iter().zip(&tallies);
    let annotators = annotators.map(|(login, tally)| AnnotatorReport { login, annotations: count(tally), seconds: tally.seconds() });
    Ok(DemoReport {
        project,
        url,
        images: scenes.len(),
        labeled_by_people: measured.people.len(),
        labeled_by_model: measured.model.len(),
        unlabeled: scenes.len().saturating_sub(measured.people.len() + measured.model.len()),
        miou_people: measure::mean(&measured.people),
        miou_model: measure::mean(&measured.model),
        worst_model: measured.model.iter().copied().reduce(f64::min),
        threshold: models.last().and_then(|model| model.threshold),
        annotators: annotators.collect(),
        people_seconds,
        by_hand_seconds,
        saved_seconds: by_hand_seconds - people_seconds,
        suggestions_taken: tallies.iter().map(|tally| tally.taken.load(std::sync::atomic::Ordering::Relaxed)).sum(),
        rounds: models,
        wall_minutes: began.elapsed().as_secs_f64() / 60.0,
        export_dir: folder,
        files,
        warnings,
    })
}

async fn load(options: &DemoOptions) -> Result<Vec<Scene>> {
    let (data, images, seed): (Option<PathBuf>, usize, u64) = (options.data.clone(), options.images, options.seed);
    let scenes = tokio::task::spawn_blocking(move || match data {
        Some(folder) => scene::load(&folder, images),
        None => synthetic::draw(images, seed),
    });
    let scenes = scenes.await.context("preparing the pictures failed")??;
    let names: BTreeSet<&str> = scenes.iter().map(|scene| scene.name.as_str()).collect();
    if names.len() < scenes.len() {
        bail!("two pictures have the same name; they could not be told apart on the server");
    }
    Ok(scenes)
}

async fn create_project(api: &Api, options: &DemoOptions, scenes: &[Scene]) -> Result<Uuid> {
    let indices: BTreeSet<u8> = scenes.iter().flat_map(|scene| scene.objects.iter().map(|object| object.class)).collect();
    if indices.is_empty() {
        bail!("no picture has an object to label; nothing was created");
    }
    let name = |index: u8| match (&options.data, indices.len()) {
        (None, _) => synthetic::CLASSES.get(usize::from(index) - 1).map_or_else(|| format!("Class {index}"), |name| (*name).to_owned()),
        (Some(_), 1) => "Object".to_owned(),
        (Some(_), _) => format!("Class {index}"),
    };
    let class = |(place, index): (usize, &u8)| json!({"index": index, "name": name(*index), "color": COLOURS[place % COLOURS.len()], "kind": "thing"});
    let classes: Vec<Value> = indices.iter().enumerate().map(class).collect();
    let title = options
        .data
        .as_ref()
        .and_then(|folder| folder.file_name())
        .map_or("drawn pictures".into(), |name| name.to_string_lossy().into_owned());
    let body = json!({
        "name": format!("Demonstration: {title}"),
        "instructions": "Outline every object. What lies on top of another object is drawn after it.",
        "classes": classes,
        "policy": options.policy(),
    });
    Ok(api.create_project(&body).await?.id)
}

/// Uploads all images; the names of those that the server knows already from another file.
async fn upload(api: &Api, project: Uuid, scenes: &[Scene], voice: &mut Voice) -> Result<BTreeSet<String>> {
    let (mut done, mut refused, mut copies) = (0, Vec::new(), BTreeSet::new());
    for batch in scenes.chunks(UPLOAD_BATCH) {
        let files = batch.iter().map(|scene| (scene.name.clone(), scene.bytes.clone())).collect();
        for item in api.upload(project, files).await? {
            match item.outcome.as_str() {
                "duplicate" => drop(copies.insert(item.name)),
                "rejected" => refused.push(item),
                _ => {}
            }
        }
        done += batch.len() as u64;
        voice.at(0, scenes.len() as u64, &format!("{done} uploaded"));
    }
    if let Some(first) = refused.first() {
        let reason = first.reason.as_deref().unwrap_or("no reason given");
        bail!("the server rejected {} of {} images, first {}: {reason}", refused.len(), scenes.len(), first.name);
    }
    Ok(copies)
}

/// Makes an account for each annotator, adds them to the project and signs them in.
async fn hire(api: &Api, options: &DemoOptions, project: Uuid) -> Result<(Vec<Member>, Vec<String>)> {
    let (mut members, mut logins) = (Vec::new(), Vec::new());
    // Accounts are named after the project, so that the demonstration can run again on the same server.
    let mark = &project.simple().to_string()[24..];
    for (number, skill) in skills(options.annotators).into_iter().enumerate() {
        let login = format!("{}-{}-{mark}", skill.name, number + 1);
        let password = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let user = api.create_user(&login, &format!("Simulated, {}", skill.name), &password).await?;
        api.add_member(project, user.id, "annotator").await?;
        let api = Api::sign_in(&options.url, &login, &password).await?;
        members.push(Member { api, skill, tally: Arc::default() });
        logins.push(login);
    }
    Ok((members, logins))
}
