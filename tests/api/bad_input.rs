//! Bad input: the message that a user gets, and that nothing is lost.

use labelwright_tests::{
    app::App,
    on_both,
    person::{id_of, send},
    pictures::{self, square},
};
use reqwest::Method;
use serde_json::{Value, json};

/// Submits shapes that must be refused, and returns what the user is told.
async fn refused(app: &App, shapes: Value) -> String {
    let admin = app.admin().await;
    let project = app.project(1, json!({})).await;
    let task = admin.next(&project).await.unwrap();
    let answer = admin.submit(&task, shapes).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(answer.json["kept"], "Nothing was stored on the server; your work in the editor is kept.");
    // The task is still held, so a mended submission goes through.
    assert_eq!(admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await.status, 200);
    answer.json["detail"].as_str().unwrap().to_owned()
}

on_both! {
    async fn shapes_that_can_not_be_stored_are_named(app: &App) {
        assert_eq!(refused(app, json!([square(1, 5.0, 5.0, 20.0), square(7, 5.0, 5.0, 20.0)])).await,
            "shape 2: class 7 is not one of the project's classes; choose another class");
        assert_eq!(refused(app, json!([square(1, 500.0, 500.0, 20.0)])).await,
            "shape 1: the shape lies outside the image of 96×64 pixels; move it into the image");
        assert_eq!(refused(app, json!([square(1, 5.0, 5.0, 1.0)])).await,
            "shape 1: the shape covers 1 pixels, but at least 4 are needed; draw it larger or remove it");
        assert!(refused(app, json!([{ "class": 1, "type": "mask", "size": [5, 5], "counts": [0, 25] }])).await.contains("the mask is of 5×5 pixels"));
        assert!(refused(app, json!([{ "class": 1, "type": "mask", "size": [64, 96], "counts": [1, 2] }])).await.contains("the runs cover 3 pixels"));
        assert!(refused(app, json!([{ "class": 1, "type": "circle" }])).await.contains("unknown variant `circle`"));
    }

    async fn requests_that_make_no_sense(app: &App) {
        let admin = app.admin().await;
        let broken = send(admin.request(Method::POST, "/api/v1/projects").header("content-type", "application/json").body("{\"name\": ")).await;
        assert_eq!(broken.status, 400);
        assert!(broken.json["detail"].as_str().unwrap().starts_with("the body can't be read as JSON"), "{broken:?}");
        assert_eq!(broken.json["kept"], "Nothing was changed.");
        let unnamed = admin.post("/api/v1/projects", &json!({ "name": " " })).await;
        assert_eq!(unnamed.json["detail"], "a project's name has 1 to 120 characters");
        let class = admin.post("/api/v1/projects", &json!({ "name": "x", "classes": [{ "name": "a", "index": 255 }] })).await;
        assert_eq!(class.json["detail"], "class index 255 is not between 1 and 254; 0 is background and 255 is void");
        let twice = admin.post("/api/v1/projects", &json!({ "name": "x", "classes": [{ "name": "a" }, { "name": "a" }] })).await;
        assert!(twice.json["detail"].as_str().unwrap().contains("stands twice"));
        let certified = admin.post("/api/v1/projects", &json!({ "name": "x", "policy": { "mode": "certified" } })).await;
        assert_eq!(certified.json["detail"], "mode 'certified' is not available yet; choose off, fixed or target");
        for path in ["/api/v1/images/not-an-id", "/api/v1/tasks/00000000-0000-0000-0000-000000000000", "/api/v1/nothing/here"] {
            assert_eq!(admin.get(path).await.status, 404, "{path}");
        }
    }

    async fn a_class_in_use_stays(app: &App) {
        let project = app.project(1, json!({})).await;
        let admin = app.admin().await;
        let task = admin.next(&project).await.unwrap();
        admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
        let path = format!("/api/v1/projects/{project}/classes");
        let gone = admin.put(&path, &json!([{ "index": 2, "name": "tissue" }])).await;
        assert_eq!(gone.status, 409);
        assert_eq!(gone.json["detail"], "class 'cell' (index 1) is used by annotations and can't be removed");
        assert_eq!(admin.put(&path, &json!([{ "index": 1, "name": "nucleus" }])).await.json[0]["name"], "nucleus");
    }
}

#[tokio::test]
async fn large_things_are_refused_before_they_cost_anything() {
    let app = App::with(|config| {
        config.max_image_bytes = 20_000;
        config.max_image_pixels = 10_000;
        config.max_json_bytes = 5_000;
    })
    .await;
    let admin = app.admin().await;
    let project = app.project(1, json!({})).await;
    let mut bomb = pictures::png(20, 20, 1);
    bomb[16..20].copy_from_slice(&50_000u32.to_be_bytes());
    let files = vec![
        ("noise.png".into(), vec![7; 30_000]),
        ("large.png".into(), pictures::png(200, 200, 1)),
        ("bomb.png".into(), bomb),
        ("good.png".into(), pictures::png(50, 50, 2)),
    ];
    let items = admin.upload(&format!("/api/v1/projects/{project}/images"), files).await.json["items"].clone();
    assert_eq!(items[0]["reason"], "the file has more than the 20000 bytes that are taken");
    assert_eq!(items[1]["reason"], "the picture has 200×200 pixels; at most 10000 are taken");
    assert_eq!(items[2]["outcome"], "rejected");
    assert_eq!(items[3]["outcome"], "added", "a bad file does not stop the ones after it");

    let task = admin.next(&project).await.unwrap();
    let points: Vec<[f64; 2]> = (0..2000).map(|i| [f64::from(i % 90), f64::from(i % 60)]).collect();
    let huge = json!([{ "class": 1, "type": "polygon", "parts": [{ "outer": points }] }]);
    let answer = admin.submit(&task, huge).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json["detail"], "the request has more than 5000 bytes");
    assert_eq!(admin.get(&format!("/api/v1/tasks/{}", id_of(&task))).await.status, 200);
    app.stop().await;
}
