//! Models asked by other programs: every form of answer, several pictures at once, and every way it can go wrong.

use image::ImageFormat;
use labelwright_tests::{
    app::App,
    model::{self, SIZE, on_disc},
    on_both,
    person::{Answer, Person, send},
    pictures,
};
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::{Value, json};
use uuid::Uuid;

fn path(project: &str) -> String {
    format!("/api/v1/projects/{project}/invocations")
}

fn sent(person: &Person, path: &str, picture: Vec<u8>) -> RequestBuilder {
    person.request(Method::POST, path).header("content-type", "image/png").body(picture)
}

async fn ask(person: &Person, path: &str, picture: Vec<u8>) -> Answer {
    send(sent(person, path, picture)).await
}

async fn bytes(request: RequestBuilder) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    (response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

/// Share of pixels on which a mask and the drawn disc agree on what is disc, of those that either says are.
fn overlap(found: impl Fn(u32, u32) -> bool, seed: u64) -> f64 {
    let picture = image::load_from_memory(&pictures::png(SIZE.0, SIZE.1, seed)).unwrap().into_rgb8();
    let (mut both, mut either) = (0, 0);
    for (x, y, _) in picture.enumerate_pixels() {
        let (found, drawn) = (found(x, y), on_disc(&picture, x, y));
        both += u32::from(found && drawn);
        either += u32::from(found || drawn);
    }
    f64::from(both) / f64::from(either)
}

on_both! {
    async fn a_picture_is_answered_in_every_form(app: &App) {
        let project = app.project(0, json!({})).await;
        let model = model::add(&app.ctx, &project).await;
        let viewer = app.member("viewer", &project, "viewer").await;
        let picture = pictures::png(SIZE.0, SIZE.1, 4);

        let answer = ask(&viewer, &path(&project), picture.clone()).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "application/json"), "{answer:?}");
        let said = &answer.json;
        assert_eq!((&said["width"], &said["height"], &said["empty"]), (&json!(96), &json!(64), &json!(false)));
        assert_eq!((&said["model"]["id"], &said["model"]["version"]), (&json!(model.id), &json!(1)));
        assert_eq!((&said["classes"][0]["name"], &said["classes"][0]["color"]), (&json!("cell"), &json!("#4cc38a")));
        assert!(said["confidence"].as_f64().unwrap() > 0.5 && said["shapes"][0]["confidence"].as_f64().unwrap() > 0.5, "{said}");
        assert_eq!((&said["shapes"][0]["class"], &said["shapes"][0]["type"], &said["shapes"][0]["instance"]), (&json!(1), &json!("polygon"), &json!(1)));
        assert!(said.get("overlay").is_none() && said["milliseconds"]["model"].as_f64().unwrap() > 0.0);
        assert_eq!(answer.headers["cache-control"], "no-store");

        // The class map: indices with the classes' colours.
        let (headers, mask) = bytes(sent(&viewer, &path(&project), picture.clone()).header("accept", "image/png")).await;
        assert!(headers["content-type"] == "image/png" && headers["x-labelwright-version"] == "1", "{headers:?}");
        let coloured = image::load_from_memory(&mask).unwrap().into_rgb8();
        assert_eq!(coloured.dimensions(), SIZE);
        assert!(coloured.pixels().all(|pixel| pixel.0 == [0; 3] || pixel.0 == [0x4c, 0xc3, 0x8a]));
        let iou = overlap(|x, y| coloured.get_pixel(x, y)[0] != 0, 4);
        assert!(iou > 0.7, "{iou}");

        let (headers, gray) = bytes(sent(&viewer, &path(&project), picture.clone()).header("accept", "image/png; of=confidence")).await;
        assert_eq!(headers["content-type"], "image/png; of=confidence");
        let gray = image::load_from_memory_with_format(&gray, ImageFormat::Png).unwrap().into_luma8();
        assert_eq!(gray.dimensions(), SIZE);
        // Of two classes, the winner has at least half.
        assert!(gray.pixels().all(|pixel| pixel[0] >= 127) && gray.get_pixel(95, 63)[0] > 200);

        let (headers, array) = bytes(sent(&viewer, &path(&project), picture.clone()).header("accept", "application/x-npy")).await;
        assert_eq!(headers["x-labelwright-classes"], "0,1");
        assert!(array.starts_with(b"\x93NUMPY\x01\x00"));
        // A canvas of 96 by 64, half as large in each direction, two classes.
        assert!(String::from_utf8_lossy(&array[..128]).contains("(32, 48, 2)"));
        let values: Vec<f32> = array[128..].as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        assert_eq!(values.len(), 32 * 48 * 2);
        assert!(values.as_chunks::<2>().0.iter().all(|[a, b]| (a + b - 1.0).abs() < 1e-3));

        // All in one, as the page asks.
        let all = ask(&viewer, &format!("{}?include=overlay,certainty", path(&project)), picture.clone()).await;
        assert!(all.json["overlay"].as_str().unwrap().starts_with("iVBORw0KGgo") && all.json["certainty"].is_string());
        // A JPEG, and the very model by its id.
        let jpeg = pictures::encode(SIZE.0, SIZE.1, 4, ImageFormat::Jpeg);
        let by_id = viewer.request(Method::POST, &format!("/api/v1/models/{}/invocations", model.id));
        let again = send(by_id.header("content-type", "image/jpeg").body(jpeg)).await;
        assert_eq!((again.status, again.json["shapes"].as_array().unwrap().len()), (200, 1), "{again:?}");
    }

    async fn a_new_model_answers_from_its_first_moment_on(app: &App) {
        let project = app.project(0, json!({})).await;
        let admin = app.admin().await;
        let none = ask(&admin, &path(&project), pictures::png(96, 64, 4)).await;
        assert_eq!((none.status, &none.json["type"]), (409, &json!("no-model")), "{none:?}");
        assert!(none.json["action"].as_str().unwrap().contains("train the first model"));
        let first = model::add(&app.ctx, &project).await;
        assert_eq!(ask(&admin, &path(&project), pictures::png(96, 64, 4)).await.json["model"]["version"], 1);
        model::add(&app.ctx, &project).await;
        assert_eq!(ask(&admin, &path(&project), pictures::png(96, 64, 4)).await.json["model"]["version"], 2);
        let old = ask(&admin, &format!("/api/v1/models/{}/invocations", first.id), pictures::png(96, 64, 4)).await;
        assert_eq!(old.json["model"]["version"], 1);
        // Weights that are none are told as such, and cost the others nothing.
        let bad = model::add_with(&app.ctx, &project, b"no weights").await;
        let broken = ask(&admin, &path(&project), pictures::png(96, 64, 4)).await;
        assert_eq!(broken.status, 409, "{broken:?}");
        assert!(broken.json["detail"].as_str().unwrap().contains("version 3"), "{broken:?}");
        assert_eq!(ask(&admin, &format!("/api/v1/models/{}/invocations", bad.id), vec![]).await.status, 409);
        assert_eq!(ask(&admin, &format!("/api/v1/models/{}/invocations", first.id), pictures::png(96, 64, 4)).await.status, 200);
    }

    async fn several_pictures_are_answered_in_order_each_by_itself(app: &App) {
        let project = app.project(0, json!({})).await;
        model::add(&app.ctx, &project).await;
        let admin = app.admin().await;
        let good = pictures::png(96, 64, 4);
        let files = vec![
            ("one.png".to_owned(), good.clone()),
            ("torn.png".to_owned(), good[..good.len() / 2].to_vec()),
            ("other size.png".to_owned(), pictures::png(200, 90, 6)),
            ("notes.txt".to_owned(), b"This is no picture.".to_vec()),
            ("last.png".to_owned(), good),
        ];
        let answer = admin.upload(&path(&project), files.clone()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.json["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["name"].as_str().unwrap()).collect::<Vec<_>>(), files.iter().map(|(name, _)| name).collect::<Vec<_>>());
        let statuses: Vec<u64> = items.iter().map(|item| item["error"]["status"].as_u64().unwrap_or(200)).collect();
        assert_eq!(statuses, [200, 400, 200, 415, 200]);
        assert_eq!((&items[2]["result"]["width"], &items[2]["result"]["height"]), (&json!(200), &json!(90)));
        assert_eq!(items[0]["result"]["shapes"], items[4]["result"]["shapes"]);
        assert!(items.iter().all(|item| item.get("result").is_some() != item.get("error").is_some()));

        let form = multipart::Form::new().part("a", multipart::Part::bytes(pictures::png(96, 64, 4)).file_name("a.png"));
        let wrong = send(admin.request(Method::POST, &path(&project)).header("accept", "image/png").multipart(form)).await;
        assert_eq!(wrong.status, 406, "{wrong:?}");
        assert_eq!(admin.upload(&path(&project), vec![]).await.status, 400);
        let many = (0..65).map(|i| (format!("{i}.png"), vec![1, 2, 3])).collect();
        assert_eq!(admin.upload(&path(&project), many).await.status, 413);
    }

    async fn what_is_wrong_is_told_by_status_and_words(app: &App) {
        let project = app.project(0, json!({})).await;
        let foreign = app.project(0, json!({})).await;
        let model = model::add(&app.ctx, &project).await;
        let viewer = app.member("viewer", &project, "viewer").await;
        let stranger = app.stranger("stranger").await;
        let good = pictures::png(96, 64, 4);
        // A header that claims far more pixels than the file has.
        let mut bomb = pictures::encode(96, 64, 4, ImageFormat::Bmp);
        bomb[18..22].copy_from_slice(&60_000u32.to_le_bytes());
        bomb[22..26].copy_from_slice(&60_000u32.to_le_bytes());
        let own = path(&project);
        let post = |body: Vec<u8>| viewer.request(Method::POST, &own).body(body);
        for (request, status, word) in [
            (post(good.clone()).header("content-type", "application/x-www-form-urlencoded"), 415, "image/jpeg"),
            (post(b"{}".to_vec()).header("content-type", "application/json"), 415, "image/jpeg"),
            (post(b"plain words".to_vec()).header("content-type", "image/png"), 415, "PNG, JPEG"),
            (post(good.clone()).header("content-type", "image/png").header("accept", "text/csv"), 406, "application/x-npy"),
            (post(good.clone()).header("content-type", "image/png").header("accept", "image/png; of=depth"), 406, "of=confidence"),
            (post(good[..good.len() / 2].to_vec()).header("content-type", "image/png"), 400, "cut off"),
            (post(Vec::new()).header("content-type", "image/png"), 400, "empty"),
            (post(bomb).header("content-type", "image/bmp"), 413, "60000×60000"),
        ] {
            let answer = send(request).await;
            assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (status, "application/problem+json"), "{answer:?}");
            assert!(answer.json["detail"].as_str().unwrap().contains(word), "{answer:?}");
            assert!(answer.json["action"].is_string());
        }
        let wrong = ask(&viewer, &format!("{own}?include=everything"), good.clone()).await;
        assert_eq!(wrong.status, 400);

        // To a stranger, a project, its model, and one that doesn't exist look alike.
        let nowhere = Uuid::new_v4();
        let answers = [
            ask(&stranger, &own, good.clone()).await,
            ask(&viewer, &path(&foreign), good.clone()).await,
            ask(&viewer, &path(&nowhere.to_string()), good.clone()).await,
        ];
        assert!(answers.iter().all(|answer| answer.status == 404 && answer.text == answers[0].text), "{answers:?}");
        let models = [
            ask(&stranger, &format!("/api/v1/models/{}/invocations", model.id), good.clone()).await,
            ask(&stranger, &format!("/api/v1/models/{nowhere}/invocations"), good.clone()).await,
        ];
        assert!(models.iter().all(|answer| answer.status == 404 && answer.text == models[0].text), "{models:?}");
        assert_eq!(ask(&Person::nobody(&app.url), &own, good).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limits_are_those_of_uploads() {
    let app = App::with(|config| {
        config.max_image_bytes = 20_000;
        config.max_image_pixels = 10_000;
    })
    .await;
    let project = app.project(0, json!({})).await;
    model::add(&app.ctx, &project).await;
    let admin = app.admin().await;
    let long = ask(&admin, &path(&project), vec![7; 30_000]).await;
    assert_eq!((long.status, &long.json["detail"]), (413, &json!("the picture has more than the 20000 bytes that are taken")));
    let large = ask(&admin, &path(&project), pictures::png(200, 200, 1)).await;
    assert_eq!((large.status, &large.json["detail"]), (413, &json!("the picture has 200×200 pixels; at most 10000 are taken")));
    let files = vec![("long.png".into(), vec![7; 30_000]), ("good.png".into(), pictures::png(96, 64, 4))];
    let items = admin.upload(&path(&project), files).await.json["items"].clone();
    assert_eq!((&items[0]["error"]["status"], &items[1]["result"]["width"]), (&json!(413), &json!(96)), "{items}");
    app.stop().await;
}

/// Sixteen programs at once: everybody gets the answer to their own picture, and some were answered together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_come_together_are_worked_on_together() {
    let app = App::with(|config| config.inference_wait_ms = 200).await;
    let project = app.project(0, json!({})).await;
    model::add(&app.ctx, &project).await;
    let admin = app.admin().await;
    let alone = ask(&admin, &path(&project), pictures::png(96, 64, 4)).await.json;
    assert_eq!(alone["together"], 1);
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..16u64 {
        let (admin, path) = (admin.clone(), path(&project));
        // Different sizes in one batch, too.
        let picture = if number % 4 == 3 { pictures::png(64, 96, 4) } else { pictures::png(96, 64, 4) };
        asked.spawn(async move { (number, ask(&admin, &path, picture).await.json) });
    }
    let answers: Vec<(u64, Value)> = asked.join_all().await;
    for (number, answer) in &answers {
        let size = if number % 4 == 3 { (64, 96) } else { (96, 64) };
        assert_eq!((answer["width"].as_u64().unwrap(), answer["height"].as_u64().unwrap()), size);
        if size == (96, 64) {
            let (a, b) = (answer["confidence"].as_f64().unwrap(), alone["confidence"].as_f64().unwrap());
            assert!((a - b).abs() < 1e-3, "{a} in a batch, {b} alone");
        }
    }
    let together: Vec<u64> = answers.iter().map(|(_, answer)| answer["together"].as_u64().unwrap()).collect();
    assert!(together.iter().any(|&n| n > 1) && together.iter().all(|&n| n <= 8), "{together:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_says_when_to_come_again() {
    let app = App::with(|config| config.inference_queue = 1).await;
    let project = app.project(0, json!({})).await;
    model::add(&app.ctx, &project).await;
    let admin = app.admin().await;
    let place = app.ctx.inference.place().await.unwrap();
    let refused = ask(&admin, &path(&project), pictures::png(96, 64, 4)).await;
    assert_eq!(
        (refused.status, &refused.json["type"], &refused.headers["retry-after"]),
        (503, &json!("queue-full"), &"1".parse().unwrap()),
        "{refused:?}"
    );
    assert_eq!(admin.upload(&path(&project), vec![("a.png".into(), pictures::png(96, 64, 4))]).await.status, 503);
    drop(place);
    assert_eq!(ask(&admin, &path(&project), pictures::png(96, 64, 4)).await.status, 200);
    // Several pictures in one request wait for each other instead.
    let files = (0..5).map(|i| (format!("{i}.png"), pictures::png(96, 64, 4))).collect();
    let items = admin.upload(&path(&project), files).await.json["items"].clone();
    assert!(items.as_array().unwrap().iter().all(|item| item.get("result").is_some()), "{items}");
    app.stop().await;
}
