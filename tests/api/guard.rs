//! What keeps browsers from being used against their owners.

use labelwright_tests::{app::App, person::send, pictures};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn changes_from_other_sites_are_refused() {
    let app = App::sqlite().await;
    let admin = app.admin().await;
    let post = || admin.request(Method::POST, "/api/v1/projects").json(&json!({ "name": "x" }));
    assert_eq!(send(post().header("sec-fetch-site", "cross-site")).await.status, 403);
    assert_eq!(send(post().header("sec-fetch-site", "same-site")).await.status, 403);
    assert_eq!(send(post().header("origin", "https://elsewhere.example")).await.status, 403);
    assert_eq!(send(post().header("sec-fetch-site", "same-origin")).await.status, 201);
    assert_eq!(send(post().header("origin", &app.url)).await.status, 201);
    app.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_safe() {
    let app = App::sqlite().await;
    let admin = app.admin().await;
    let project = app.project(1, json!({})).await;
    let image = admin.get(&format!("/api/v1/projects/{project}/images")).await.json["items"][0]["url"].as_str().unwrap().to_owned();
    for path in ["/health", "/api/v1/me", "/sign-in", &image] {
        let answer = admin.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
    }
    app.stop().await;
}

/// Whatever a file is called and claims to be, it is shown as a picture or not at all.
#[tokio::test]
async fn uploads_are_never_served_as_pages() {
    let app = App::sqlite().await;
    let admin = app.admin().await;
    let project = app.project(0, json!({})).await;
    let script = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#.to_vec();
    let page = b"<!doctype html><script>alert(1)</script>".to_vec();
    let files = vec![("a.svg".into(), script), ("b.png".into(), page), ("../../evil<b>.html".into(), pictures::png(20, 20, 1))];
    let answer = admin.upload(&format!("/api/v1/projects/{project}/images"), files).await;
    assert_eq!(answer.json["items"][0]["outcome"], "rejected");
    assert_eq!(answer.json["items"][1]["outcome"], "rejected");
    assert_eq!(answer.json["items"][2]["outcome"], "added");
    assert_eq!(answer.json["items"][2]["name"], "evil<b>.html");
    let id = answer.json["items"][2]["id"].as_str().unwrap();
    let file = admin.get(&format!("/api/v1/images/{id}/file")).await;
    assert_eq!(file.headers["content-type"], "image/png");
    app.stop().await;
}
