//! Tokens of programs: told once, listed, limited, taken back; and the two routes that containers of SageMaker have.

use labelwright_tests::{
    app::App,
    model, on_both,
    person::{Answer, Person, send},
    pictures,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A program that brings a token along, and no cookie.
struct Program {
    nobody: Person,
    token: String,
}

impl Program {
    async fn with(person: &Person, body: Value) -> Self {
        let made = person.post("/api/v1/me/tokens", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        Self { nobody: Person::nobody(&person.url), token: made.json["token"].as_str().unwrap().to_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.nobody.request(Method::GET, path).bearer_auth(&self.token)).await
    }

    async fn ask(&self, path: &str, target: Option<&str>) -> Answer {
        let request = self.nobody.request(Method::POST, path).bearer_auth(&self.token).header("content-type", "image/png");
        let request = match target {
            Some(target) => request.header("X-Amzn-SageMaker-Target-Model", target),
            None => request,
        };
        send(request.body(pictures::png(96, 64, 4))).await
    }
}

on_both! {
    async fn a_token_is_told_once_and_worth_nothing_when_taken_back(app: &App) {
        let (ada, grace) = (app.stranger("ada").await, app.stranger("grace").await);
        let made = ada.post("/api/v1/me/tokens", &json!({ "name": " nightly script ", "days": 7 })).await;
        assert_eq!((made.status, &made.json["name"], &made.json["scope"]), (201, &json!("nightly script"), &json!("all")), "{made:?}");
        let token = made.json["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with("lw_") && token.len() > 60);
        let days = (made.json["expires_ms"].as_i64().unwrap() - made.json["created_ms"].as_i64().unwrap()) / 86_400_000;
        assert_eq!(days, 7);

        let program = Program { nobody: Person::nobody(&app.url), token };
        assert_eq!(program.get("/api/v1/me").await.json["login"], "ada");
        let listed = ada.get("/api/v1/me/tokens").await;
        let mine = listed.json.as_array().unwrap();
        assert_eq!((mine.len(), &mine[0]["id"]), (1, &made.json["id"]));
        assert!(mine[0]["used_ms"].is_i64() && mine[0].get("token").is_none() && !listed.text.contains("lw_"), "{}", listed.text);
        assert_eq!(grace.get("/api/v1/me/tokens").await.json, json!([]));

        let path = format!("/api/v1/me/tokens/{}", made.json["id"].as_str().unwrap());
        assert_eq!(grace.delete(&path).await.status, 404);
        assert_eq!(program.get("/api/v1/me").await.status, 200);
        assert_eq!((ada.delete(&path).await.status, ada.delete(&path).await.status), (204, 404));
        assert_eq!(program.get("/api/v1/me").await.status, 401);

        // Signing in with a password for a token is listed, and signing out ends just that token.
        let signed = Person::nobody(&app.url).post("/api/v1/session", &json!({ "login": "ada", "password": labelwright_tests::app::PASSWORD, "token": true })).await;
        let program = Program { nobody: Person::nobody(&app.url), token: signed.json["token"].as_str().unwrap().to_owned() };
        assert_eq!(ada.get("/api/v1/me/tokens").await.json.as_array().unwrap().len(), 1);
        let out = send(program.nobody.request(Method::DELETE, "/api/v1/session").bearer_auth(&program.token)).await;
        assert_eq!((out.status, program.get("/api/v1/me").await.status), (204, 401));
        assert_eq!(ada.get("/api/v1/me/tokens").await.json, json!([]));
    }

    async fn tokens_that_can_not_be_are_refused(app: &App) {
        let project = app.project(0, json!({})).await;
        let ada = app.stranger("ada").await;
        for (body, status) in [
            (json!({}), 400),
            (json!({ "name": "x".repeat(101) }), 400),
            (json!({ "name": "two\nlines" }), 400),
            (json!({ "name": "x", "days": 0 }), 400),
            (json!({ "name": "x", "days": 4000 }), 400),
            (json!({ "name": "x", "scope": "everything" }), 400),
            (json!({ "name": "x", "scope": "all", "project": project }), 400),
            (json!({ "name": "x", "scope": "inference", "project": project }), 404),
            (json!({ "name": "x", "scope": "inference", "project": Uuid::new_v4() }), 404),
        ] {
            assert_eq!(ada.post("/api/v1/me/tokens", &body).await.status, status, "{body}");
        }
        for number in 0..100 {
            assert_eq!(ada.post("/api/v1/me/tokens", &json!({ "name": number.to_string() })).await.status, 201);
        }
        assert_eq!(ada.post("/api/v1/me/tokens", &json!({ "name": "one too many" })).await.status, 409);
    }

    async fn a_token_for_inference_opens_nothing_else(app: &App) {
        let (project, other) = (app.project(0, json!({})).await, app.project(0, json!({})).await);
        let (mine, theirs) = (model::add(&app.ctx, &project).await, model::add(&app.ctx, &other).await);
        let admin = app.admin().await;
        let all = Program::with(&admin, json!({ "name": "all projects", "scope": "inference" })).await;
        let one = Program::with(&admin, json!({ "name": "one project", "scope": "inference", "project": project })).await;
        for path in ["/api/v1/me", "/api/v1/projects", "/api/v1/me/tokens", "/api/v1/users", "/projects"] {
            assert_eq!((all.get(path).await.status, one.get(path).await.status), (403, 403), "{path}");
        }
        let path = |project: &str| format!("/api/v1/projects/{project}/invocations");
        assert_eq!((all.ask(&path(&project), None).await.status, all.ask(&path(&other), None).await.status), (200, 200));
        assert_eq!((one.ask(&path(&project), None).await.status, one.ask(&path(&other), None).await.status), (200, 404));
        assert_eq!(one.ask(&format!("/api/v1/models/{}/invocations", theirs.id), None).await.status, 404);

        // At the root: the token's own project, or whatever the request names.
        let named = one.ask("/invocations", None).await;
        assert_eq!((named.status, &named.json["model"]["id"]), (200, &json!(mine.id)), "{named:?}");
        let missing = all.ask("/invocations", None).await;
        assert_eq!(missing.status, 400);
        assert!(missing.json["detail"].as_str().unwrap().contains("x-amzn-sagemaker-target-model"));
        for target in [other.clone(), theirs.id.to_string()] {
            assert_eq!(all.ask("/invocations", Some(&target)).await.json["model"]["id"], json!(theirs.id));
            assert_eq!(all.ask(&format!("/invocations?target={target}"), None).await.json["model"]["id"], json!(theirs.id));
            assert_eq!(one.ask("/invocations", Some(&target)).await.status, 404);
        }
        assert_eq!(all.ask("/invocations", Some("model.tar.gz")).await.status, 404);
        assert_eq!(send(Person::nobody(&app.url).request(Method::POST, "/invocations")).await.status, 401);

        // Whoever leaves the project can't ask its model any more, whatever their tokens say.
        let guest = app.member("guest", &project, "viewer").await;
        let theirs = Program::with(&guest, json!({ "name": "a guest's", "scope": "inference", "project": project })).await;
        assert_eq!(theirs.ask("/invocations", None).await.status, 200);
        let id = guest.get("/api/v1/me").await.json["id"].as_str().unwrap().to_owned();
        admin.delete(&format!("/api/v1/projects/{project}/members/{id}")).await;
        assert_eq!(theirs.ask("/invocations", None).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_tells_whether_the_project_of_the_settings_can_be_asked() {
    let app = App::sqlite().await;
    let ping = Person::nobody(&app.url).get("/ping").await;
    assert_eq!((ping.status, ping.text.as_str()), (200, ""));
    app.stop().await;

    let chosen = Uuid::now_v7();
    let app = App::with(|config| config.inference_project = chosen.to_string()).await;
    assert_eq!(Person::nobody(&app.url).get("/ping").await.status, 503);
    app.stop().await;
}

/// The project that the settings name answers for programs that name none, and `/ping` follows its first model.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_name_a_project_for_programs_that_name_none() {
    let app = App::sqlite().await;
    let project = app.project(0, json!({})).await;
    let token = Program::with(&app.admin().await, json!({ "name": "x", "scope": "inference" })).await.token;
    // Another server on the same data, as after a change of the settings.
    let second = app.beside(|config| config.inference_project = project.clone()).await;
    let program = Program { nobody: Person::nobody(&second.url), token };
    assert_eq!(program.get("/ping").await.status, 503);
    assert_eq!(program.ask("/invocations", None).await.json["type"], "no-model");
    model::add(&app.ctx, &project).await;
    assert_eq!(program.get("/ping").await.status, 200);
    assert_eq!(program.ask("/invocations", None).await.status, 200);
    second.stop().await;
    app.stop().await;
}
