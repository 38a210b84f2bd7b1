//! Figures that arrive by themselves.

use std::time::Duration;

use labelwright_tests::{on_both, pictures::square};
use serde_json::json;

on_both! {
    async fn progress_is_sent_when_it_changes(app: &App) {
        let project = app.project(2, json!({})).await;
        let admin = app.admin().await;
        let mut events = admin.request(reqwest::Method::GET, &format!("/api/v1/projects/{project}/events")).send().await.unwrap();
        assert!(events.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let task = admin.next(&project).await.unwrap();
        admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
        let mut seen = String::new();
        let heard = tokio::time::timeout(Duration::from_secs(20), async {
            while !seen.contains("\"people\":1") {
                seen.push_str(&String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap()));
            }
        });
        heard.await.unwrap_or_else(|_| panic!("only this was sent: {seen}"));
        assert!(seen.contains("event: progress") && seen.contains("event: jobs") && seen.contains("event: people"), "{seen}");
    }
}
