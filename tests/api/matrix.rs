//! Who may do what, for every route there is. A route that is missing here fails the test.

use std::collections::{BTreeMap, BTreeSet};

use labelwright_tests::{
    app::App,
    model,
    person::{Person, send},
    pictures::square,
};
use reqwest::Method;
use serde_json::{Value, json};

/// What a route asks for: nothing, a sign-in, the workspace's admin, or a role in the project.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Needs {
    Nothing,
    SignIn,
    Admin,
    Viewer,
    Annotator,
    Reviewer,
    Manager,
}

use Needs::*;

/// Every operation of the API with what it needs and a body to send. `{project}` and so on are filled in.
fn api() -> Vec<(&'static str, &'static str, Needs, Value)> {
    vec![
        ("POST", "/api/v1/session", Nothing, json!({ "login": "nobody", "password": "nothing at all" })),
        ("DELETE", "/api/v1/session", SignIn, json!(null)),
        ("GET", "/api/v1/me", SignIn, json!(null)),
        ("GET", "/api/v1/me/tokens", SignIn, json!(null)),
        ("POST", "/api/v1/me/tokens", SignIn, json!({})),
        ("DELETE", "/api/v1/me/tokens/{token}", SignIn, json!(null)),
        ("GET", "/api/v1/me/keymap", SignIn, json!(null)),
        ("PUT", "/api/v1/me/keymap", SignIn, json!({ "keys": {} })),
        ("GET", "/api/v1/users", Admin, json!(null)),
        ("POST", "/api/v1/users", Admin, json!({ "login": "a", "name": "" })),
        ("POST", "/api/v1/users/{user}/link", Admin, json!({})),
        ("GET", "/api/v1/projects", SignIn, json!(null)),
        ("POST", "/api/v1/projects", SignIn, json!({ "name": "one more" })),
        ("GET", "/api/v1/projects/{project}", Viewer, json!(null)),
        ("PATCH", "/api/v1/projects/{project}", Manager, json!({})),
        ("PUT", "/api/v1/projects/{project}/classes", Manager, json!([{ "index": 1, "name": "cell" }, { "index": 2, "name": "tissue" }])),
        ("GET", "/api/v1/projects/{project}/instructions", Viewer, json!(null)),
        ("PUT", "/api/v1/projects/{project}/instructions", Manager, json!({ "text": "", "version": 0 })),
        ("GET", "/api/v1/projects/{project}/members", Annotator, json!(null)),
        ("PUT", "/api/v1/projects/{project}/members/{user}", Manager, json!({ "role": "viewer" })),
        ("DELETE", "/api/v1/projects/{project}/members/{user}", Manager, json!(null)),
        ("POST", "/api/v1/projects/{project}/images", Manager, json!(null)),
        ("GET", "/api/v1/projects/{project}/images", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/file", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/thumb", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/tiles/{level}/{x}/{y}", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/uncertainty.png", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/comments", Viewer, json!(null)),
        (
            "POST",
            "/api/v1/images/{image}/comments",
            Annotator,
            json!({ "key": "00000000-0000-4000-8000-000000000001", "at": [1, 1], "text": "" }),
        ),
        ("POST", "/api/v1/comments/{comment}/replies", Annotator, json!({ "key": "00000000-0000-4000-8000-000000000002", "text": "" })),
        ("PATCH", "/api/v1/comments/{comment}", Reviewer, json!({ "resolved": true })),
        ("GET", "/api/v1/images/{image}/label", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/mask.png", Viewer, json!(null)),
        ("GET", "/api/v1/images/{image}/prediction", Viewer, json!(null)),
        ("POST", "/api/v1/images/{image}/adjust", Reviewer, json!({})),
        ("POST", "/api/v1/projects/{project}/labels/withdraw", Manager, json!({})),
        ("POST", "/api/v1/projects/{project}/labels/commit", Manager, json!({})),
        ("POST", "/api/v1/projects/{project}/tasks/next", Annotator, json!({})),
        ("GET", "/api/v1/tasks/{task}", Annotator, json!(null)),
        ("POST", "/api/v1/tasks/{task}/heartbeat", Annotator, json!({})),
        ("POST", "/api/v1/tasks/{task}/submit", Annotator, json!({ "key": "00000000-0000-4000-8000-000000000000", "shapes": [] })),
        ("POST", "/api/v1/tasks/{task}/suggest", Annotator, json!({ "points": [] })),
        ("PUT", "/api/v1/tasks/{task}/draft", Annotator, json!({ "shapes": [] })),
        ("GET", "/api/v1/tasks/{task}/revisions", Annotator, json!(null)),
        ("GET", "/api/v1/tasks/{task}/revisions/{revision}", Annotator, json!(null)),
        ("POST", "/api/v1/tasks/{task}/skip", Annotator, json!({ "reason": "x" })),
        ("POST", "/api/v1/tasks/{task}/release", Annotator, json!({})),
        ("GET", "/api/v1/projects/{project}/tasks", Reviewer, json!(null)),
        ("POST", "/api/v1/projects/{project}/tasks/assign", Manager, json!({ "task_ids": [], "user": null })),
        ("POST", "/api/v1/tasks/{task}/reclaim", Manager, json!({})),
        ("POST", "/api/v1/tasks/{task}/priority", Manager, json!({ "priority": 0.5 })),
        ("GET", "/api/v1/projects/{project}/progress", Viewer, json!(null)),
        ("GET", "/api/v1/projects/{project}/people", Reviewer, json!(null)),
        ("GET", "/api/v1/projects/{project}/events", Viewer, json!(null)),
        ("GET", "/api/v1/projects/{project}/models", Viewer, json!(null)),
        ("POST", "/api/v1/projects/{project}/invocations", Viewer, json!({})),
        ("POST", "/api/v1/models/{model}/invocations", Viewer, json!({})),
        ("POST", "/api/v1/projects/{project}/tunings", Manager, json!({ "trials": 1 })),
        ("GET", "/api/v1/projects/{project}/tunings", Viewer, json!(null)),
        ("GET", "/api/v1/tunings/{tuning}", Viewer, json!(null)),
        ("GET", "/api/v1/tunings/{tuning}/belief?parameter=width", Viewer, json!(null)),
        ("POST", "/api/v1/tunings/{tuning}/use", Manager, json!({ "trial": 0 })),
        ("POST", "/api/v1/tunings/{tuning}/stop", Manager, json!({})),
        ("POST", "/api/v1/projects/{project}/jobs", Manager, json!({ "kind": "features" })),
        ("GET", "/api/v1/projects/{project}/jobs", Viewer, json!(null)),
        ("GET", "/api/v1/jobs/{job}", Viewer, json!(null)),
        ("POST", "/api/v1/jobs/{job}/cancel", Manager, json!({})),
        ("POST", "/api/v1/jobs/{job}/retry", Manager, json!({})),
        ("POST", "/api/v1/projects/{project}/exports", Reviewer, json!({ "format": "recordio-seg" })),
        ("GET", "/api/v1/projects/{project}/exports", Reviewer, json!(null)),
        ("GET", "/api/v1/formats", SignIn, json!(null)),
        ("GET", "/api/v1/exports/{job}.tar", Reviewer, json!(null)),
        ("GET", "/api/v1/exports/{job}/{file}", Reviewer, json!(null)),
        ("GET", "/api/v1/openapi.json", Nothing, json!(null)),
        ("GET", "/ping", Nothing, json!(null)),
        ("POST", "/invocations", SignIn, json!({})),
        ("POST", "/invocations?target={project}", Viewer, json!({})),
        ("POST", "/invocations?target={model}", Viewer, json!({})),
    ]
}

#[test]
fn every_operation_of_the_document_is_in_the_matrix() {
    let document = serde_json::to_value(labelwright::http::openapi()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| ["get", "put", "post", "delete", "patch"].contains(&key.as_str())) {
            documented.insert(format!("{} {}", method.to_uppercase(), path.replace(":.*}", "}")));
        }
    }
    let tested: BTreeSet<String> =
        api().into_iter().map(|(method, path, _, _)| format!("{method} {}", path.split('?').next().unwrap())).collect();
    assert_eq!(documented, tested);
}

/// Somebody in the matrix, and what they may.
struct Actor {
    name: &'static str,
    person: Person,
    may: fn(Needs) -> bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_may_do_exactly_what_it_should() {
    let app = App::sqlite().await;
    // Enough images for a tuning, and some that nobody labeled.
    let project = app.project(11, json!({ "validation_share": 0.0 })).await;
    let foreign = app.project(9, json!({ "validation_share": 0.0 })).await;
    let admin = app.admin().await;
    let ids = ids(&app, &admin, &project).await;
    let foreign_ids = self::ids(&app, &admin, &foreign).await;
    let actors = [
        Actor { name: "nobody", person: Person::nobody(&app.url), may: |needs| needs == Nothing },
        Actor { name: "stranger", person: app.stranger("stranger").await, may: |needs| needs <= SignIn },
        Actor { name: "viewer", person: app.member("viewer", &project, "viewer").await, may: |n| n <= SignIn || n == Viewer },
        Actor {
            name: "annotator",
            person: app.member("annotator", &project, "annotator").await,
            may: |n| n <= SignIn || (Viewer..=Annotator).contains(&n),
        },
        Actor {
            name: "reviewer",
            person: app.member("reviewer", &project, "reviewer").await,
            may: |n| n <= SignIn || (Viewer..=Reviewer).contains(&n),
        },
        Actor { name: "manager", person: app.member("manager", &project, "manager").await, may: |n| n <= SignIn || n >= Viewer },
        Actor { name: "admin", person: admin, may: |_| true },
    ];
    let mut wrong = Vec::new();
    for actor in &actors {
        for (method, path, needs, body) in api() {
            // Signing out would end the session that the other routes need; it is tried with an own one.
            if (method, path) == ("DELETE", "/api/v1/session") && actor.name != "nobody" {
                continue;
            }
            let status = ask(&actor.person, method, &fill(path, &ids), &body).await;
            let refused = matches!(status, 401 | 403) || (status == 404 && actor.name == "stranger" && needs >= Viewer);
            if refused == (actor.may)(needs) && !(needs == Nothing && path.ends_with("/session")) {
                wrong.push(format!("{} {method} {path}: {status}", actor.name));
            }
            // What belongs to a project one is not in does not exist, whatever one's role elsewhere is.
            if needs >= Viewer && !matches!(actor.name, "nobody" | "admin") {
                let status = ask(&actor.person, method, &fill(path, &foreign_ids), &body).await;
                if status != 404 {
                    wrong.push(format!("{} {method} {path} of another project: {status}", actor.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.stop().await;
}

/// A token that may only ask models: every other route refuses it, also those that its owner may use as the workspace's admin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_for_inference_is_refused_wherever_no_model_is_asked() {
    let app = App::sqlite().await;
    let project = app.project(9, json!({ "validation_share": 0.0 })).await;
    let admin = app.admin().await;
    let ids = ids(&app, &admin, &project).await;
    let made = admin.post("/api/v1/me/tokens", &json!({ "name": "x", "scope": "inference" })).await;
    let token = made.json["token"].as_str().unwrap();
    let nobody = Person::nobody(&app.url);
    let mut wrong = Vec::new();
    for (method, path, needs, body) in api() {
        let request = nobody.request(Method::from_bytes(method.as_bytes()).unwrap(), &fill(path, &ids)).bearer_auth(token);
        let status = send(if body.is_null() { request } else { request.json(&body) }).await.status;
        if needs != Nothing && (status == 403) == path.contains("/invocations") {
            wrong.push(format!("{method} {path}: {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.stop().await;
}

async fn ask(person: &Person, method: &str, path: &str, body: &Value) -> u16 {
    let request = person.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
    let request = if path.ends_with("/images") && method == "POST" {
        request.multipart(reqwest::multipart::Form::new())
    } else if body.is_null() {
        request
    } else {
        request.json(body)
    };
    if path.ends_with("/events") {
        // The answer never ends; its status is enough.
        return request.send().await.unwrap().status().as_u16();
    }
    send(request).await.status
}

/// An id of each kind in a project: an image with a label, a task that is open, a finished job.
async fn ids(app: &App, admin: &Person, project: &str) -> BTreeMap<&'static str, String> {
    let task = admin.next(project).await.unwrap();
    admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
    let image = task["image"]["id"].as_str().unwrap().to_owned();
    for _ in 0..7 {
        let next = admin.next(project).await.unwrap();
        admin.submit(&next, json!([square(1, 5.0, 5.0, 20.0)])).await;
    }
    let tuning = admin.post(&format!("/api/v1/projects/{project}/tunings"), &json!({ "trials": 2 })).await;
    assert_eq!(tuning.status, 202, "{}", tuning.json);
    let tuning = tuning.json["id"].as_str().unwrap().to_owned();
    let board = admin.get(&format!("/api/v1/projects/{project}/tasks")).await.json;
    let job = admin.post(&format!("/api/v1/projects/{project}/jobs"), &json!({ "kind": "features" })).await.json;
    let user = admin.get("/api/v1/me").await.json["id"].as_str().unwrap().to_owned();
    let pinned = json!({ "key": uuid::Uuid::new_v4(), "at": [1, 1], "text": "?" });
    let comment = admin.post(&format!("/api/v1/images/{image}/comments"), &pinned).await.json["id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("project", project.to_owned()),
        ("tuning", tuning),
        ("image", image),
        ("task", board["items"][0]["id"].as_str().unwrap().to_owned()),
        ("model", model::add_with(&app.ctx, project, b"").await.id.to_string()),
        ("job", job["id"].as_str().unwrap().to_owned()),
        ("comment", comment),
        ("token", "00000000-0000-4000-8000-00000000000a".to_owned()),
        ("revision", "00000000-0000-4000-8000-000000000009".to_owned()),
        ("level", "0".to_owned()),
        ("x", "0".to_owned()),
        ("y", "0".to_owned()),
        ("user", user),
        ("file", "classes.json".to_owned()),
    ])
}

fn fill(path: &str, ids: &BTreeMap<&'static str, String>) -> String {
    ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
}
