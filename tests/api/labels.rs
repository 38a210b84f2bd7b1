//! From shapes to labels: stored exactly, drawn by one rule, changed only by adding.

use image::GenericImageView;
use labelwright_tests::{
    on_both,
    person::id_of,
    pictures::{self, square},
};
use serde_json::json;
use uuid::Uuid;

on_both! {
    async fn shapes_come_back_exactly_as_they_went_in(app: &App) {
        let project = app.project(1, json!({})).await;
        let admin = app.admin().await;
        let task = admin.next(&project).await.unwrap();
        let image = task["image"]["id"].as_str().unwrap();
        let shapes = json!([
            { "class": 1, "instance": 1, "type": "polygon", "parts": [
                { "outer": [[10.123456789012345, 5.1], [40.0, 5.300000000000001], [40.7, 30.2], [10.0, 30.0]],
                  "holes": [[[20.0, 10.0], [30.0, 10.0], [30.0, 20.0], [20.0, 20.0]]] },
                { "outer": [[60.0, 40.0], [70.5, 40.25], [65.125, 55.0]] } ] },
            { "class": 2, "type": "mask", "size": [64, 96], "counts": [0, 96, 6048] },
            { "class": 1, "instance": 2, "type": "box", "box": [1.5, 2.5, 20.25, 30.75] },
            { "class": 1, "type": "point", "point": [12.5, 13.5] },
            { "class": 2, "type": "tag" },
        ]);
        let answer = admin.submit(&task, shapes.clone()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json["repaired"], json!([]));
        assert_eq!(answer.json["revision"], 1);
        let label = admin.get(&format!("/api/v1/images/{image}/label")).await.json;
        assert_eq!(label["shapes"], shapes);
        assert_eq!((&label["source"], &label["status"]), (&json!("people"), &json!("committed")));

        // The mask: later shapes on top, the hole is background again where nothing else lies.
        let png = admin.request(reqwest::Method::GET, &format!("/api/v1/images/{image}/mask.png")).send().await.unwrap().bytes().await.unwrap();
        let mask = image::load_from_memory(&png).unwrap().to_luma8();
        assert_eq!(mask.dimensions(), (96, 64));
        let at = |x, y| mask.get_pixel(x, y)[0];
        assert_eq!((at(15, 15), at(25, 15), at(65, 45), at(50, 50), at(50, 0)), (1, 0, 1, 0, 2));
        let coloured = admin.request(reqwest::Method::GET, &format!("/api/v1/images/{image}/mask.png?colour=1")).send().await.unwrap().bytes().await.unwrap();
        let overlay = image::load_from_memory(&coloured).unwrap();
        assert_eq!(overlay.get_pixel(15, 15).0[..3], [0x4c, 0xc3, 0x8a]);
        assert_eq!(overlay.get_pixel(25, 15).0[3], 0);
    }

    async fn sending_twice_stores_once(app: &App) {
        let project = app.project(1, json!({})).await;
        let admin = app.admin().await;
        let task = admin.next(&project).await.unwrap();
        let body = json!({ "key": Uuid::new_v4(), "seconds": 3.0, "shapes": [square(1, 5.0, 5.0, 20.0)] });
        let path = format!("/api/v1/tasks/{}/submit", id_of(&task));
        let first = admin.post(&path, &body).await;
        let second = admin.post(&path, &body).await;
        assert_eq!((first.status, second.status), (200, 200), "{second:?}");
        assert_eq!(first.json, second.json);
        let image = task["image"]["id"].as_str().unwrap();
        assert_eq!(admin.get(&format!("/api/v1/images/{image}")).await.json["annotations"].as_array().unwrap().len(), 1);
    }

    async fn small_faults_are_mended_and_told(app: &App) {
        let project = app.project(1, json!({})).await;
        let admin = app.admin().await;
        let task = admin.next(&project).await.unwrap();
        let bow_tie = json!({ "class": 1, "type": "polygon", "parts": [{ "outer": [[10.0, 10.0], [50.0, 50.0], [50.0, 10.0], [10.0, 50.0]] }] });
        let answer = admin.submit(&task, json!([square(1, 80.0, 5.0, 30.0), bow_tie])).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let repaired = answer.json["repaired"].as_array().unwrap();
        assert!(repaired.iter().any(|r| r.as_str().unwrap() == "shape 1: the part outside the image was cut off"), "{repaired:?}");
        assert!(repaired.iter().any(|r| r.as_str().unwrap().starts_with("shape 2: the outline crossed itself")), "{repaired:?}");
    }

    async fn a_reviewer_adjusts_a_label_and_the_history_keeps_both(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let reviewer = app.member("reviewer", &project, "reviewer").await;
        let task = person.next(&project).await.unwrap();
        person.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
        let image = task["image"]["id"].as_str().unwrap();
        assert_eq!(person.post(&format!("/api/v1/images/{image}/adjust"), &json!({})).await.status, 403);
        let made = reviewer.post(&format!("/api/v1/images/{image}/adjust"), &json!({})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let bundle = reviewer.get(&format!("/api/v1/tasks/{}", made.json["task"].as_str().unwrap())).await.json;
        assert_eq!(bundle["shapes"].as_array().unwrap().len(), 1, "the label is where to start from");
        let moved = json!([square(1, 30.0, 5.0, 20.0)]);
        assert_eq!(reviewer.submit(&bundle, moved.clone()).await.json["revision"], 2);
        assert_eq!(reviewer.get(&format!("/api/v1/images/{image}/label")).await.json["shapes"], moved);
        let history = reviewer.get(&format!("/api/v1/images/{image}")).await.json["annotations"].clone();
        assert_eq!(history.as_array().unwrap().len(), 2);
    }

    async fn the_same_file_twice_is_one_image(app: &App) {
        let project = app.project(0, json!({})).await;
        let admin = app.admin().await;
        let path = format!("/api/v1/projects/{project}/images");
        let file = pictures::png(30, 20, 5);
        let files = vec![("a.png".into(), file.clone()), ("b.png".into(), file.clone()), ("c.txt".into(), b"hello".to_vec()), ("d.png".into(), file[..40].to_vec())];
        let items = admin.upload(&path, files).await.json["items"].clone();
        let outcomes: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["added", "duplicate", "rejected", "rejected"]);
        assert_eq!(items[0]["id"], items[1]["id"]);
        assert_eq!(items[2]["reason"], "the file is not a PNG, JPEG, WebP, BMP or TIFF picture");
        assert!(items[3]["reason"].as_str().unwrap().starts_with("the picture can't be decoded, it may be cut off or damaged"));
        assert_eq!(admin.get(&path).await.json["items"].as_array().unwrap().len(), 1);
    }
}
