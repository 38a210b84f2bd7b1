//! What lies around the work: comments, instructions, keys, tiles.

use labelwright_tests::{app::App, on_both, pictures};
use serde_json::{Value, json};
use uuid::Uuid;

fn comment(at: [f64; 2], text: &str) -> Value {
    json!({ "key": Uuid::new_v4(), "at": at, "text": text })
}

on_both! {
    async fn comments_are_pinned_answered_and_settled(app: &App) {
        let project = app.project(1, json!({})).await;
        let (ada, grace) = (app.member("ada", &project, "annotator").await, app.member("grace", &project, "annotator").await);
        let image = ada.next(&project).await.unwrap()["image"]["id"].as_str().unwrap().to_owned();
        let list = format!("/api/v1/images/{image}/comments");
        let new = comment([12.5, 30.0], "  One nucleus or two?\n");
        let made = ada.post(&list, &new).await;
        assert_eq!((made.status, &made.json["text"], &made.json["at"]), (201, &json!("One nucleus or two?"), &json!([12.5, 30.0])), "{made:?}");
        // Sent again, because the answer was lost: still one.
        assert_eq!(ada.post(&list, &new).await.json["id"], made.json["id"]);
        assert_eq!(grace.post(&list, &new).await.status, 409);

        let id = made.json["id"].as_str().unwrap();
        let reply = json!({ "key": Uuid::new_v4(), "text": "Two, I think." });
        for _ in 0..2 {
            let answered = grace.post(&format!("/api/v1/comments/{id}/replies"), &reply).await;
            assert_eq!(answered.status, 200, "{answered:?}");
        }
        let items = ada.get(&list).await.json["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["replies"][0]["author"]), (1, &json!("The grace")));
        assert_eq!(items[0]["replies"].as_array().unwrap().len(), 1);

        // Whoever wrote it, or a reviewer, says that it is settled.
        let settle = json!({ "resolved": true });
        assert_eq!(grace.patch(&format!("/api/v1/comments/{id}"), &settle).await.status, 403);
        assert_eq!(ada.patch(&format!("/api/v1/comments/{id}"), &settle).await.json["resolved"], true);
        assert_eq!(app.admin().await.patch(&format!("/api/v1/comments/{id}"), &json!({ "resolved": false })).await.json["resolved"], false);
    }

    async fn comments_that_can_not_be_are_refused(app: &App) {
        let project = app.project(1, json!({})).await;
        let ada = app.member("ada", &project, "annotator").await;
        let image = ada.next(&project).await.unwrap()["image"]["id"].as_str().unwrap().to_owned();
        let list = format!("/api/v1/images/{image}/comments");
        for (body, status) in [
            (comment([-1.0, 3.0], "left of it"), 400),
            (comment([3.0, 64.5], "below it"), 400),
            (comment([3.0, 3.0], " \n"), 400),
            (comment([3.0, 3.0], &"x".repeat(4001)), 413),
            (json!({ "at": [1, 2], "text": "no key" }), 400),
        ] {
            assert_eq!(ada.post(&list, &body).await.status, status, "{body}");
        }
        assert_eq!(ada.post(&format!("/api/v1/comments/{}/replies", Uuid::new_v4()), &json!({ "key": Uuid::new_v4(), "text": "?" })).await.status, 404);
    }

    /// Where several people label an image without seeing each other's work, their comments don't show it either.
    async fn comments_stay_blind_where_opinions_do(app: &App) {
        let project = app.project(1, json!({ "opinions": 2 })).await;
        let (ada, grace) = (app.member("ada", &project, "annotator").await, app.member("grace", &project, "annotator").await);
        let reviewer = app.member("reviewer", &project, "reviewer").await;
        let image = ada.next(&project).await.unwrap()["image"]["id"].as_str().unwrap().to_owned();
        let list = format!("/api/v1/images/{image}/comments");
        let id = ada.post(&list, &comment([3.0, 3.0], "I drew two.")).await.json["id"].as_str().unwrap().to_owned();
        reviewer.post(&list, &comment([9.0, 3.0], "Mind the edge.")).await;
        let texts = |json: Value| json["items"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(grace.get(&list).await.json), ["Mind the edge."]);
        assert_eq!(texts(ada.get(&list).await.json), ["I drew two.", "Mind the edge."]);
        assert_eq!(texts(reviewer.get(&list).await.json).len(), 2);
        let reply = json!({ "key": Uuid::new_v4(), "text": "?" });
        assert_eq!(grace.post(&format!("/api/v1/comments/{id}/replies"), &reply).await.status, 404);
        assert_eq!(reviewer.post(&format!("/api/v1/comments/{id}/replies"), &reply).await.status, 200);
    }

    async fn instructions_change_while_people_work_and_nobody_writes_over_anothers(app: &App) {
        let project = app.project(1, json!({})).await;
        let manager = app.member("manager", &project, "manager").await;
        let ada = app.member("ada", &project, "annotator").await;
        let path = format!("/api/v1/projects/{project}/instructions");
        let start = ada.get(&path).await.json;
        assert_eq!((&start["version"], &start["text"]), (&json!(1), &json!("")));
        assert_eq!(ada.next(&project).await.unwrap()["can"]["edit_instructions"], false);
        let written = manager.put(&path, &json!({ "text": "Draw **every** cell.", "version": 1 })).await;
        assert_eq!((written.status, &written.json["version"], &written.json["author"]), (200, &json!(2), &json!("The manager")), "{written:?}");
        assert_eq!(app.admin().await.put(&path, &json!({ "text": "No.", "version": 1 })).await.status, 409);
        let bundle = ada.next(&project).await.unwrap();
        assert_eq!((&bundle["instructions"], &bundle["instructions_version"]), (&json!("Draw **every** cell."), &json!(2)));
        // The settings page writes them too, and is counted.
        assert_eq!(manager.patch(&format!("/api/v1/projects/{project}"), &json!({ "instructions": "Draw all." })).await.status, 200);
        assert_eq!(ada.get(&path).await.json["version"], 3);
        assert_eq!(manager.put(&path, &json!({ "text": "x".repeat(50_001), "version": 3 })).await.status, 413);
    }

    async fn keys_belong_to_the_account(app: &App) {
        let (ada, grace) = (app.stranger("ada").await, app.stranger("grace").await);
        assert_eq!(ada.get("/api/v1/me/keymap").await.json, json!({ "keys": {} }));
        let keys = json!({ "keys": { "tool.brush": ["K", "Ctrl+B"], "edit.undo": [] } });
        assert_eq!(ada.put("/api/v1/me/keymap", &keys).await.status, 200);
        assert_eq!(ada.get("/api/v1/me/keymap").await.json, keys);
        assert_eq!(grace.get("/api/v1/me/keymap").await.json, json!({ "keys": {} }));
        let many: serde_json::Map<_, _> = (0..301).map(|i| (format!("action{i}"), json!(["A"]))).collect();
        for wrong in [json!({ "keys": many }), json!({ "keys": { "a": vec!["A"; 9] } }), json!({ "keys": { "a": ["x".repeat(61)] } }), json!({ "keys": 3 })] {
            assert_eq!(ada.put("/api/v1/me/keymap", &wrong).await.status, 400);
        }
        assert_eq!(ada.get("/api/v1/me/keymap").await.json, keys);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_images_come_as_tiles() {
    let app = App::sqlite().await;
    let project = app.project(0, json!({})).await;
    let admin = app.admin().await;
    let uploaded = admin.upload(&format!("/api/v1/projects/{project}/images"), vec![("wide.png".into(), pictures::png(8200, 40, 3))]).await;
    assert_eq!(uploaded.json["items"][0]["outcome"], "added", "{uploaded:?}");
    let task = admin.next(&project).await.unwrap();
    assert_eq!(task["tiles"], json!({ "side": 512, "levels": 6 }));
    assert!(task["offers"].as_array().unwrap().contains(&json!("tiles")));
    let image = task["image"]["id"].as_str().unwrap().to_owned();
    let whole = image::load_from_memory(&pictures::png(8200, 40, 3)).unwrap().to_rgb8();
    for (level, x, size) in [(0, 0, (512, 40)), (0, 16, (8, 40)), (5, 0, (257, 2))] {
        let answer = admin.request(reqwest::Method::GET, &format!("/api/v1/images/{image}/tiles/{level}/{x}/0")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let tile = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap().to_rgb8();
        assert_eq!(tile.dimensions(), size);
        if level == 0 {
            assert!(tile.enumerate_pixels().all(|(px, py, pixel)| whole.get_pixel(512 * x + px, py) == pixel));
        }
    }
    for outside in ["0/17/0", "0/0/1", "6/0/0", "0/0/4294967295"] {
        assert_eq!(admin.get(&format!("/api/v1/images/{image}/tiles/{outside}")).await.status, 404);
    }
    app.stop().await;
}
