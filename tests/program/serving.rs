//! Starting, stopping, dying and going on.

use labelwright_tests::{
    app::PASSWORD,
    person::{Person, id_of},
    pictures::{self, square},
};
use serde_json::json;

use crate::support::{Serving, program, run, text};

/// A token for the first account of that data folder.
fn token(data: &std::path::Path) -> String {
    let out = run(data, &["user", "token", "admin"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    text(&out.stdout).trim().to_owned()
}

fn with_token(url: &str, token: &str) -> Person {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    Person { http: reqwest::Client::builder().default_headers(headers).build().unwrap(), url: url.to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let serving = Serving::start(&data, &["--no-worker", "--no-sample"]);
    let admin = with_token(&serving.url, &token(&data));
    let project =
        admin.post("/api/v1/projects", &json!({ "name": "p", "classes": [{ "name": "a" }] })).await.json["id"].as_str().unwrap().to_owned();
    let files = (0..30).map(|i| (format!("{i}.png"), pictures::png(60, 60, i))).collect();
    admin.upload(&format!("/api/v1/projects/{project}/images"), files).await;

    // The server is killed while several people hand in; whatever was answered with 200 must be there afterwards.
    let killer = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        tokio::task::spawn_blocking(move || serving.kill()).await.unwrap();
    });
    let mut acknowledged = Vec::new();
    loop {
        let next = admin.request(reqwest::Method::POST, &format!("/api/v1/projects/{project}/tasks/next")).json(&json!({})).send().await;
        let Ok(next) = next else { break };
        let Ok(bundle) = next.json::<serde_json::Value>().await else { break };
        let body = json!({ "key": uuid::Uuid::new_v4(), "seconds": 1.0, "shapes": [square(1, 5.0, 5.0, 20.0)] });
        let sent = admin.request(reqwest::Method::POST, &format!("/api/v1/tasks/{}/submit", id_of(&bundle))).json(&body).send().await;
        match sent {
            Ok(answer) if answer.status() == 200 => acknowledged.push(bundle["image"]["id"].as_str().unwrap().to_owned()),
            _ => break,
        }
    }
    killer.await.unwrap();
    assert!(!acknowledged.is_empty(), "nothing was handed in before the kill");

    let serving = Serving::start(&data, &["--no-worker"]);
    assert_eq!(serving.link, None, "the first account is made once");
    let admin = with_token(&serving.url, &token(&data));
    for image in &acknowledged {
        assert_eq!(admin.get(&format!("/api/v1/images/{image}/label")).await.status, 200);
    }
    assert!(serving.terminate().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_gives_a_link_that_works_once_and_a_sample() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(&folder.path().join("data"), &["--no-worker"]);
    let link = serving.link.clone().expect("a link is printed");
    let nobody = Person::nobody(&serving.url);
    let page = nobody.http.get(&link).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let path = link.strip_prefix(&serving.url).unwrap();
    let chosen = nobody.http.post(&link).form(&[("password", PASSWORD), ("password_again", PASSWORD)]).send().await.unwrap();
    assert_eq!(chosen.status(), 303, "{path}");
    assert_eq!(nobody.get("/api/v1/me").await.json["login"], "admin");
    let again = Person::nobody(&serving.url).http.get(&link).send().await.unwrap();
    assert_ne!(again.status(), 200, "the link works once");

    let mut images = 0;
    for _ in 0..100 {
        images = nobody.get("/api/v1/projects").await.json["items"][0]["images"].as_i64().unwrap_or(0);
        if images == 24 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(images, 24, "the sample project has its images");
    assert!(serving.terminate().success());
}

#[tokio::test]
async fn a_port_in_use_is_told_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let out = program(&folder.path().join("data")).args(["serve", "--listen", &address]).output().unwrap();
    assert!(!out.status.success());
    let said = text(&out.stderr);
    assert!(
        said.contains(&format!("another program listens on {address} already; end it, or choose another port with --listen")),
        "{said}"
    );
}

#[test]
fn a_data_folder_that_can_not_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let out = program(&folder.path().join("x")).env("LABELWRIGHT_DATA", file.join("data")).args(["serve"]).output().unwrap();
    let said = text(&out.stderr);
    assert!(!out.status.success() && said.contains("can't be created"), "{said}");
}

#[test]
fn a_database_that_does_not_answer_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let out = run(&folder.path().join("data"), &["serve", "--database", "postgres://someone:secret@127.0.0.1:1/nothing"]);
    let said = text(&out.stderr);
    assert!(!out.status.success() && said.contains("can't be opened"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}
