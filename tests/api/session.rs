//! Signing in, out, and being nobody.

use labelwright_tests::{
    app::{App, PASSWORD},
    on_both,
    person::Person,
};
use serde_json::json;

on_both! {
    async fn a_session_begins_works_and_ends(app: &App) {
        let nobody = Person::nobody(&app.url);
        let refused = nobody.get("/api/v1/me").await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        assert_eq!(refused.json["kept"], "Your work in the editor is kept on this computer.");

        let signed = nobody.post("/api/v1/session", &json!({ "login": "admin", "password": PASSWORD })).await;
        assert_eq!(signed.status, 200);
        let cookie = signed.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
        assert_eq!(nobody.get("/api/v1/me").await.json["login"], "admin");

        assert_eq!(nobody.delete("/api/v1/session").await.status, 204);
        assert_eq!(nobody.get("/api/v1/me").await.status, 401);
    }

    async fn a_token_works_without_a_cookie(app: &App) {
        let nobody = Person::nobody(&app.url);
        let signed = nobody.post("/api/v1/session", &json!({ "login": "admin", "password": PASSWORD, "token": true })).await;
        assert!(!signed.headers.contains_key("set-cookie"));
        let token = signed.json["token"].as_str().unwrap();
        let me = nobody.request(reqwest::Method::GET, "/api/v1/me").bearer_auth(token).send().await.unwrap();
        assert_eq!(me.status(), 200);
        let wrong = nobody.request(reqwest::Method::GET, "/api/v1/me").bearer_auth("lw_nonsense").send().await.unwrap();
        assert_eq!(wrong.status(), 401);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_look_the_same() {
    let app = App::sqlite().await;
    let nobody = Person::nobody(&app.url);
    let wrong = nobody.post("/api/v1/session", &json!({ "login": "admin", "password": "not this one" })).await;
    let unknown = nobody.post("/api/v1/session", &json!({ "login": "nobody-here", "password": "not this one" })).await;
    assert_eq!((wrong.status, &wrong.text), (401, &unknown.text));
    app.stop().await;
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let app = App::sqlite().await;
    let nobody = Person::nobody(&app.url);
    let mut statuses = Vec::new();
    for i in 0..12 {
        statuses.push(nobody.post("/api/v1/session", &json!({ "login": "admin", "password": format!("guess number {i}") })).await.status);
    }
    assert_eq!(statuses[0], 401);
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    // Somebody else is not held up by it.
    app.stranger("bystander").await;
    app.stop().await;
}
