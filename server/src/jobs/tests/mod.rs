//! A small project on disk, and what jobs do to it.
#![allow(clippy::unwrap_used)]

mod clock;
mod export;
mod learning;
mod queue;
mod tuning;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use labelwright_dataset::{Point, Shape};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::worker::run_job;
use crate::{
    config::Config,
    context::Context,
    domain::policy::Policy,
    flow::{self, images::Outcome},
    store::{
        ClassKind, JobKind, JobState, Millis, Origin, TaskState, annotations, images,
        jobs::{self, Job},
        projects::{self, ClassRow, Project},
        tasks, users,
    },
};

const SIDE: u32 = 64;

struct Fixture {
    ctx: Context,
    project: Project,
    user: Uuid,
    /// Deleted at the end.
    dir: TempDir,
}

impl Fixture {
    async fn new(policy: Policy) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { data: dir.path().join("data"), ..Config::default() };
        let ctx = Context::open(config).await.unwrap();
        let (now, user) = (Millis::now(), Uuid::now_v7());
        let person = users::User {
            id: user,
            login: "ann".into(),
            name: "Ann".into(),
            password_hash: None,
            admin: true,
            disabled: false,
            created_ms: now,
        };
        // The id is fixed, because the subsets of the images are drawn from it.
        let project = Project {
            id: Uuid::from_u128(0x1234_5678_9abc),
            name: "Discs".into(),
            instructions: String::new(),
            policy,
            paused: false,
            created_ms: now,
            instructions_version: 1,
            instructions_ms: None,
            instructions_by: None,
        };
        let class = ClassRow { idx: 3, name: "disc".into(), color: "#ff8800".into(), kind: ClassKind::Thing, attributes: "[]".into() };
        let mut tx = ctx.db.write().await.unwrap();
        users::insert(&mut tx, &person).await.unwrap();
        projects::insert(&mut tx, &project, user).await.unwrap();
        projects::put_class(&mut tx, project.id, &class).await.unwrap();
        tx.commit().await.unwrap();
        Self { ctx, project, user, dir }
    }

    /// A picture of one bright disc whose place depends on `number`; its id.
    async fn add(&self, number: u32) -> Uuid {
        let (x, y, r) = disc(number);
        let noise = |px: u32, py: u32| ((px * 31 + py * 17 + number * 7) % 23) as u8;
        let picture = RgbImage::from_fn(SIDE, SIDE, |px, py| {
            let inside = (f64::from(px) + 0.5 - x).hypot(f64::from(py) + 0.5 - y) <= r;
            let n = noise(px, py);
            if inside { Rgb([200 + n, 160 + n, 60]) } else { Rgb([30, 40 + n, 70 + n]) }
        });
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(picture).write_to(&mut file, ImageFormat::Png).unwrap();
        let name = format!("disc {number}.png");
        let added = flow::images::add(&self.ctx, self.project.id, &self.project.policy, &name, file.into_inner().into(), None).await;
        match added.unwrap() {
            Outcome::Added(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ann labels an image through its task, as the editor does.
    async fn label(&self, image: Uuid, number: u32) {
        let mut tx = self.ctx.db.write().await.unwrap();
        let task = tasks::of_image(&mut tx, image).await.unwrap().remove(0);
        let (now, until) = (Millis::now(), Millis::now().plus_seconds(60));
        assert!(tasks::take(&mut tx, task.id, self.user, until).await.unwrap());
        assert!(tasks::finish(&mut tx, task.id, self.user, now, TaskState::Done, None).await.unwrap());
        let annotation = annotations::Annotation {
            id: Uuid::now_v7(),
            project_id: self.project.id,
            image_id: image,
            task_id: Some(task.id),
            user_id: Some(self.user),
            origin: Origin::Person,
            revision: 1,
            request: Uuid::now_v7(),
            shapes: serde_json::to_string(&[outline(number)]).unwrap(),
            repairs: "[]".into(),
            seconds: 5.0,
            created_ms: now,
        };
        annotations::insert(&mut tx, &annotation).await.unwrap();
        flow::labels::accept_person(&mut tx, &annotation).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn image(&self, id: Uuid) -> images::Image {
        images::get(&mut self.ctx.db.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    async fn queue(&self, kind: JobKind, params: Value) -> Uuid {
        let id = Uuid::now_v7();
        let mut tx = self.ctx.db.write().await.unwrap();
        jobs::insert(&mut tx, id, self.project.id, kind, &params, Millis::now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn lease(&self, worker: &str, seconds: i64) -> Option<Job> {
        let now = Millis::now();
        let mut tx = self.ctx.db.write().await.unwrap();
        let job = jobs::lease(&mut tx, worker, now, now.plus_seconds(seconds)).await.unwrap();
        tx.commit().await.unwrap();
        job
    }

    async fn job(&self, id: Uuid) -> Job {
        jobs::get(&mut self.ctx.db.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// Queues a job and runs it to its end.
    async fn run(&self, kind: JobKind, params: Value) -> Job {
        let id = self.queue(kind, params).await;
        let job = self.lease("w", 60).await.unwrap();
        assert_eq!(job.id, id);
        run_job(&self.ctx, "w", job, &CancellationToken::new()).await;
        self.job(id).await
    }
}

fn disc(number: u32) -> (f64, f64, f64) {
    let at = |n: u32| f64::from(18 + n % 28);
    (at(number * 11), at(number * 17 + 5), f64::from(9 + number % 6))
}

fn outline(number: u32) -> Shape {
    let (x, y, r) = disc(number);
    let point = |i: u32| {
        let angle = f64::from(i) / 32.0 * std::f64::consts::TAU;
        Point { x: x + r * angle.cos(), y: y + r * angle.sin() }
    };
    Shape { instance: Some(1), ..Shape::polygon(3, (0..32).map(point).collect()) }
}

fn done(job: &Job) -> Value {
    assert_eq!(job.state, JobState::Done, "{}", job.message);
    serde_json::from_str(job.result.as_deref().unwrap_or_default()).unwrap_or(json!(null))
}
