//! Every page, asked for by everybody, from a real server on a free port.

use std::{net::SocketAddr, path::Path};

use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde_json::json;
use uuid::Uuid;

use super::{Needs, ROUTES, Verb};
use crate::{
    config::Config,
    context::Context,
    http::{
        Web,
        api::{
            projects::{NewProject, make},
            users::{NewUser, add},
        },
        auth,
    },
    store::{
        JobKind, JobState, Millis, Role, TrialState, images, jobs,
        models::{self, Model},
        projects, tasks, tunings,
        users::SecretKind,
    },
};

struct Site {
    address: SocketAddr,
    ctx: Context,
    project: Uuid,
    image: Uuid,
    tuning: Uuid,
    quit: Option<tokio::sync::oneshot::Sender<()>>,
    _folder: tempfile::TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.quit.take();
    }
}

const PASSWORD: &str = "correct horse battery";

fn settings(folder: &Path) -> Config {
    Config { listen: "127.0.0.1:0".into(), data: folder.to_owned(), threads: 1, worker: false, ..Config::default() }
}

/// A picture that no other number gives.
fn picture(seed: u8) -> bytes::Bytes {
    let mut pixels = image::RgbImage::from_pixel(24, 16, image::Rgb([seed, 90, 200]));
    pixels.put_pixel(3, 3, image::Rgb([0, seed, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner().into()
}

impl Site {
    /// A server with an admin, a project of ten images, one label, two models and a failed job; and `ann`, `rob`, `vic` and `stranger`.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ctx = Context::open(settings(folder.path())).await.unwrap();
        let mut ids = std::collections::HashMap::new();
        for (login, admin) in [("admin", true), ("max", false), ("rob", false), ("ann", false), ("vic", false), ("stranger", false)] {
            let new = NewUser { login: login.into(), name: login.to_uppercase(), password: Some(PASSWORD.into()), admin };
            ids.insert(login, add(&ctx, new, None).await.unwrap().id);
        }
        let new: NewProject = serde_json::from_value(json!({ "name": "Cells <&>", "classes": [{ "name": "nucleus" }] })).unwrap();
        let project = make(&ctx, new, ids["max"]).await.unwrap();
        let policy = crate::flow::images::policy_of(&ctx, project).await.unwrap();
        for seed in 0..10 {
            crate::flow::images::add(&ctx, project, &policy, &format!("cell-{seed}.png"), picture(seed), None).await.unwrap();
        }
        let mut tx = ctx.db.write().await.unwrap();
        for (login, role) in [("rob", Role::Reviewer), ("ann", Role::Annotator), ("vic", Role::Viewer)] {
            projects::put_member(&mut tx, project, ids[login], role).await.unwrap();
        }
        let now = Millis::now();
        for version in 1..=2 {
            let figures = json!({ "miou": 0.7, "pixel_accuracy": 0.9, "coverage": 0.5, "validation_images": 4,
                "per_class": [{ "class": 1, "name": "nucleus", "iou": 0.7 }], "curve": [[0.25, 0.9, 0.95], [0.5, 0.8, 0.8], [1.0, 0.7, 0.1]] });
            let model = Model {
                id: Uuid::now_v7(),
                project_id: project,
                version,
                architecture: "head".into(),
                weights_key: "none".into(),
                labels: 5,
                train_seconds: 3.0,
                figures: if version == 1 { figures.to_string() } else { "{}".into() },
                threshold: Some(0.8),
                created_ms: now,
            };
            models::insert(&mut tx, &model).await.unwrap();
        }
        let export = Uuid::now_v7();
        jobs::insert(&mut tx, export, project, JobKind::Export, &json!({ "format": "png-masks", "include_provisional": false }), now)
            .await
            .unwrap();
        jobs::lease(&mut tx, "w", now, now.plus_seconds(60)).await.unwrap().unwrap();
        let result = json!({ "files": [{ "name": "masks/a b.png", "bytes": 1200 }], "dir": "x" }).to_string();
        jobs::finish(&mut tx, export, "w", JobState::Done, "done", Some(&result), now).await.unwrap();
        let tuning = Uuid::now_v7();
        let plan = json!({ "space": [{ "name": "width", "type": "integer", "min": 8, "max": 64 }], "trials": 3 }).to_string();
        let new = tunings::NewTuning { id: tuning, project, plan: &plan, parallel: 1, parents: "[]", by: ids["max"] };
        tunings::insert(&mut tx, &new, now).await.unwrap();
        for (number, value) in [(0, Some(0.7)), (1, None)] {
            tunings::add_trial(&mut tx, tuning, number, export, &json!({ "width": 32 + number }).to_string()).await.unwrap();
            let state = if value.is_some() { TrialState::Done } else { TrialState::Failed };
            tunings::end_trial(&mut tx, tuning, number, &tunings::Ended { state, value, message: "<b>", seconds: Some(2.0) })
                .await
                .unwrap();
        }
        let until = now.plus_seconds(600);
        let task = tasks::lease(&mut tx, project, ids["ann"], until).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let shapes = json!([{ "class": 1, "instance": 1, "type": "polygon", "parts": [{ "outer": [[2, 2], [12, 2], [12, 12], [2, 12]], "holes": [] }] }]).to_string();
        let found = projects::get(&mut ctx.db.read().await.unwrap(), project).await.unwrap().unwrap();
        let submission = crate::flow::tasks::Submission { key: Uuid::now_v7(), seconds: 30.0, shapes, base_revision: None, device: None };
        let handed_in = crate::flow::tasks::submit(&ctx, ctx.db.read().await.unwrap(), &found, &task, ids["ann"], submission).await;
        assert!(handed_in.is_ok(), "{handed_in:?}");

        let web = Web::bind(ctx.clone()).unwrap();
        let address = web.address;
        let (quit, quitting) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(web.run_until(async {
            quitting.await.ok();
        }));
        Self { address, ctx, project, image: task.image_id, tuning, quit: Some(quit), _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The address of a route in this site.
    fn path(&self, pattern: &str) -> String {
        let ids = [("{project}", self.project), ("{image}", self.image), ("{tuning}", self.tuning)];
        ids.iter().fold(pattern.replace("{token}", "none"), |path, (name, id)| path.replace(name, &id.to_string()))
    }

    /// A browser in which that person is signed in.
    async fn browser(&self, login: &str) -> Client {
        let client = stranger();
        let form = format!("login={login}&password={}&next=/people", PASSWORD.replace(' ', "+"));
        let answer = post(&client, &self.url("/sign-in"), form).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/people"), "{login}");
        client
    }
}

/// A browser in which nobody is signed in; it shows redirects instead of following them.
fn stranger() -> Client {
    Client::builder().redirect(Policy::none()).cookie_store(true).build().unwrap()
}

async fn post(client: &Client, url: &str, form: String) -> Response {
    client.post(url).header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap()
}

fn location(answer: &Response) -> &str {
    answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn each_page_is_there_for_those_who_may_see_it_and_for_nobody_else() {
    let site = Site::start().await;
    for (who, role) in [
        ("", None),
        ("stranger", None),
        ("vic", Some(Role::Viewer)),
        ("ann", Some(Role::Annotator)),
        ("rob", Some(Role::Reviewer)),
        ("max", Some(Role::Manager)),
        ("admin", Some(Role::Manager)),
    ] {
        let client = if who.is_empty() { stranger() } else { site.browser(who).await };
        for route in ROUTES.iter().filter(|route| route.verb == Verb::Get && route.needs != Needs::Public) {
            let path = site.path(route.path);
            let answer = client.get(site.url(&path)).header("accept", "text/html").send().await.unwrap();
            let expected = match (route.needs, role) {
                _ if who.is_empty() => StatusCode::SEE_OTHER,
                (Needs::Admin, _) if who != "admin" => StatusCode::FORBIDDEN,
                (Needs::Member(_), None) => StatusCode::NOT_FOUND,
                (Needs::Member(needed), Some(role)) if !role.covers(needed) => StatusCode::FORBIDDEN,
                _ => StatusCode::OK,
            };
            assert_eq!(answer.status(), expected, "{who} at {path}");
            assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
            if expected == StatusCode::SEE_OTHER {
                assert!(location(&answer).starts_with("/sign-in"), "{path}: {}", location(&answer));
                continue;
            }
            assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
            let text = answer.text().await.unwrap();
            assert!(text.starts_with("<!doctype html>") && text.contains("</html>"), "{path}");
            assert!(!text.contains("style=\"") && !text.contains("<style"), "{path}");
            assert_eq!(expected != StatusCode::OK, text.contains("What happened"), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn pages_say_what_is_there() {
    let site = Site::start().await;
    let (max, ann, rob) = (site.browser("max").await, site.browser("ann").await, site.browser("rob").await);
    let base = format!("/projects/{}", site.project);
    for (client, path, words) in [
        (&max, "/projects".to_owned(), vec!["Cells &#60;&#38;&#62;", "10 images", "4 members", "model v2"]),
        (&max, base.clone(), vec!["Label next image", "ANN", "mean IoU on 4 held-out images"]),
        (&max, format!("{base}/images"), vec!["cell-3.png", "by people", "mask.png?colour=1", "Drop images"]),
        (&max, format!("{base}/images?state=done"), vec!["cell-", "by people"]),
        (&max, format!("{base}/images/{}", site.image), vec!["ANN", "0:30", "/adjust", "Send back"]),
        (&max, format!("{base}/work"), vec!["id=\"assign\"", "waiting<span class=\"count\">9", "done<span class=\"count\">1"]),
        (&max, format!("{base}/models"), vec!["<b>v2</b>", "in use", "Train now", "nucleus"]),
        (&max, format!("{base}/exports"), vec!["PNG masks", "/masks/a%20b.png", "1.2\u{a0}kB"]),
        (&max, format!("{base}/settings"), vec!["data-in-use", "STRANGER", "Save the policy", "(you)"]),
        (&ann, format!("{base}/settings"), vec!["Only managers", "MAX"]),
        (&ann, format!("{base}/label"), vec!["data-task=\"\"", "data-back=\"/projects/"]),
        (&rob, format!("{base}/work?state=done"), vec!["cell-", "ann"]),
    ] {
        let answer = client.get(site.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.unwrap();
        for word in words {
            assert!(text.contains(word), "{path} lacks '{word}':\n{text}");
        }
    }
}

#[tokio::test]
async fn signing_in_leads_back_and_out_again() {
    let site = Site::start().await;
    let client = stranger();
    let work = format!("/projects/{}/work?state=done", site.project);
    let answer = client.get(site.url(&work)).send().await.unwrap();
    let door = location(&answer).to_owned();
    assert!(door.starts_with("/sign-in?next=%2Fprojects%2F") && door.ends_with("%3Fstate%3Ddone"), "{door}");
    let form = client.get(site.url(&door)).send().await.unwrap().text().await.unwrap();
    assert!(form.contains("work?state=done"), "{form}");

    let wrong = post(&client, &site.url("/sign-in"), "login=rob&password=wrong&next=/x".into()).await;
    assert_eq!(wrong.status(), 401);
    let text = wrong.text().await.unwrap();
    assert!(text.contains("Login or password is wrong.") && text.contains("value=\"rob\""), "{text}");

    let rob = site.browser("rob").await;
    assert_eq!(location(&rob.get(site.url("/")).send().await.unwrap()), "/projects");
    assert_eq!(location(&rob.get(site.url("/sign-in?next=//evil.example")).send().await.unwrap()), "/projects");
    assert_eq!(location(&post(&rob, &site.url("/sign-out"), String::new()).await), "/sign-in");
    assert_eq!(location(&rob.get(site.url("/")).send().await.unwrap()), "/sign-in");
}

#[tokio::test]
async fn a_one_time_link_sets_the_password_once() {
    let site = Site::start().await;
    let old = site.browser("ann").await;
    let ann = crate::store::users::by_login(&mut site.ctx.db.read().await.unwrap(), "ann").await.unwrap().unwrap();
    let link = auth::issue(&site.ctx, ann.id, SecretKind::Link, 600).await.unwrap();
    let url = site.url(&format!("/welcome/{link}"));
    let client = stranger();
    assert!(client.get(&url).send().await.unwrap().text().await.unwrap().contains("Welcome, ANN"));
    for (form, why) in [("password=short&password_again=short", "at least 10"), ("password=0123456789&password_again=x", "differ")] {
        let answer = post(&client, &url, form.into()).await;
        assert_eq!(answer.status(), 422);
        assert!(answer.text().await.unwrap().contains(why));
    }
    let form = "password=a+new+password&password_again=a+new+password".to_owned();
    let answer = post(&client, &url, form.clone()).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/projects"));
    assert_eq!(client.get(site.url("/projects")).send().await.unwrap().status(), 200);
    assert_eq!(post(&stranger(), &url, form).await.status(), 404);
    assert_eq!(old.get(site.url("/projects")).send().await.unwrap().status(), 303, "other sign-ins end with the old password");
    let gone = stranger().get(&url).send().await.unwrap();
    assert_eq!(gone.status(), 404);
    assert!(gone.text().await.unwrap().contains("ask an admin for a new one"));
}

#[tokio::test]
async fn a_project_is_made_by_a_form_that_keeps_what_was_typed() {
    let site = Site::start().await;
    let client = site.browser("stranger").await;
    let url = site.url("/projects/new");
    let refused = post(&client, &url, "name=Roads&class_name=road&class_color=%23zz&class_kind=stuff&mode=target".into()).await;
    assert_eq!(refused.status(), 422);
    let text = refused.text().await.unwrap();
    assert!(text.contains("value=\"Roads\"") && text.contains("is not a colour") && text.contains("value=\"road\""), "{text}");
    let made = post(&client, &url, "name=Roads&class_name=road&class_color=%234cc38a&class_kind=stuff&mode=target&opinions=2".into()).await;
    assert_eq!(made.status(), 303);
    let page = client.get(site.url(location(&made))).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Roads") && page.contains("Upload images"), "{page}");
}

#[tokio::test]
async fn adjusting_an_image_twice_opens_the_same_task() {
    let site = Site::start().await;
    let rob = site.browser("rob").await;
    let url = site.url(&format!("/projects/{}/images/{}/adjust", site.project, site.image));
    let first = location(&post(&rob, &url, String::new()).await).to_owned();
    assert!(first.contains("/label?task="), "{first}");
    assert_eq!(location(&post(&rob, &url, String::new()).await), first);
    let task = first.split('=').nth(1).unwrap();
    assert_eq!(rob.get(site.url(&format!("/api/v1/tasks/{task}"))).send().await.unwrap().status(), 200);
    assert!(rob.get(site.url(&first)).send().await.unwrap().text().await.unwrap().contains(task));
    let other =
        images::list(&mut site.ctx.db.read().await.unwrap(), site.project, &images::Filter::default(), Uuid::nil(), 1).await.unwrap();
    let elsewhere = site.url(&format!("/projects/{}/images/{}/adjust", Uuid::now_v7(), other[0].id));
    assert_eq!(post(&rob, &elsewhere, String::new()).await.status(), 404);
    assert_eq!(post(&site.browser("ann").await, &url, String::new()).await.status(), 403);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_readers_language() {
    let site = Site::start().await;
    for (path, kind) in
        [("/nowhere", "text/html; charset=utf-8"), ("/api/v1/nowhere", "application/problem+json"), ("/api/x", "application/problem+json")]
    {
        let answer = stranger().get(site.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], kind, "{path}");
    }
    let foreign = stranger().post(site.url("/sign-out")).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn the_board_lists_the_queue_by_priority_page_by_page() {
    let site = Site::start().await;
    let policy = crate::flow::images::policy_of(&site.ctx, site.project).await.unwrap();
    for seed in 10..130 {
        crate::flow::images::add(&site.ctx, site.project, &policy, &format!("cell-{seed}.png"), picture(seed), None).await.unwrap();
    }
    let max = site.browser("max").await;
    let mut url = format!("/projects/{}/work?state=waiting", site.project);
    let (mut names, mut pages) = (std::collections::HashSet::new(), 0);
    loop {
        let text = max.get(site.url(&url)).send().await.unwrap().text().await.unwrap();
        names.extend(text.split("data-task=\"").skip(1).map(|rest| rest[..36].to_owned()));
        pages += 1;
        let Some(at) = text.find("rel=\"next\"") else { break };
        let tag = &text[text[..at].rfind("<a ").unwrap()..at];
        let href = tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        url = format!("/projects/{}/work{}", site.project, href.replace("&#38;", "&"));
    }
    assert_eq!((names.len(), pages), (129, 3));
}
