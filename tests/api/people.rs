//! Accounts and membership.

use labelwright_tests::{app::PASSWORD, on_both, person::Person};
use serde_json::json;

on_both! {
    async fn an_admin_adds_people_and_a_manager_gives_them_roles(app: &App) {
        let admin = app.admin().await;
        let made = admin.post("/api/v1/users", &json!({ "login": "Mara", "name": "M.", "password": PASSWORD })).await;
        assert_eq!((made.status, &made.json["login"]), (201, &json!("mara")));
        assert_eq!(admin.post("/api/v1/users", &json!({ "login": "mara", "name": "again", "password": PASSWORD })).await.status, 409);
        let short = admin.post("/api/v1/users", &json!({ "login": "short", "name": "s", "password": "123" })).await;
        assert_eq!(short.json["detail"], "a password has at least 10 characters");
        let linked = admin.post("/api/v1/users", &json!({ "login": "link", "name": "l" })).await;
        assert!(linked.json["link"].as_str().unwrap().starts_with("/welcome/"));

        let project = app.project(0, json!({})).await;
        let mara = Person::sign_in(&app.url, "mara", PASSWORD).await;
        assert_eq!(mara.get(&format!("/api/v1/projects/{project}")).await.status, 404);
        admin.put(&format!("/api/v1/projects/{project}/members/mara"), &json!({ "role": "manager" })).await;
        assert_eq!(mara.get(&format!("/api/v1/projects/{project}")).await.json["role"], "manager");
        let step_down = mara.put(&format!("/api/v1/projects/{project}/members/mara"), &json!({ "role": "viewer" })).await;
        assert_eq!(step_down.status, 409);
        assert_eq!(admin.delete(&format!("/api/v1/projects/{project}/members/mara")).await.status, 204);
        assert_eq!(mara.get(&format!("/api/v1/projects/{project}")).await.status, 404);
    }
}
