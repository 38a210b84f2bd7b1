//! A disk that is full, a database that is locked or gone: what a user is told, and that work goes on when the trouble is over.

use labelwright::store::Db;
use labelwright_tests::{app::App, pictures::square};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

/// A project with one image, and a task of it that is held.
async fn held_task(app: &App) -> Value {
    let project = app.project(1, json!({})).await;
    app.admin().await.next(&project).await.unwrap()
}

#[tokio::test]
async fn a_full_disk_refuses_the_write_and_keeps_the_rest() {
    let app = App::sqlite().await;
    let (admin, task) = (app.admin().await, held_task(&app).await);
    let Db::Sqlite { write, .. } = &app.ctx.db else { unreachable!() };
    // SQLite answers as on a full disk when its file may not grow; the one writer's connection is told so.
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await.unwrap();
    write.execute(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).await.unwrap();
    let runs: Vec<u32> = (0..64 * 96).map(|_| 1).collect();
    let large: Vec<Value> = (0..40).map(|_| json!({ "class": 2, "type": "mask", "size": [64, 96], "counts": runs })).collect();
    let refused = admin.submit(&task, json!(large)).await;
    assert_eq!(refused.status, 507, "{refused:?}");
    assert_eq!(refused.json["detail"], "the disk of the server is full");
    assert_eq!(refused.json["kept"], "Everything that was acknowledged before is kept; this request was not stored.");

    write.execute("PRAGMA max_page_count = 1000000").await.unwrap();
    assert_eq!(admin.submit(&task, json!(large)).await.status, 200, "with room again, the same submission is stored");
    app.stop().await;
}

#[tokio::test]
async fn a_locked_database_is_told_and_waits_for_nobody_for_ever() {
    let app = App::sqlite().await;
    let (admin, task) = (app.admin().await, held_task(&app).await);
    let file = SqliteConnectOptions::new().filename(app.ctx.config.data.join("labelwright.db"));
    let mut other = SqliteConnection::connect_with(&file).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let busy = admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
    assert_eq!((busy.status, &busy.json["detail"]), (503, &json!("the database is busy")), "{busy:?}");
    assert_eq!(busy.json["kept"], "This request was not stored; your work in the editor is kept.");
    assert_eq!(admin.get("/api/v1/me").await.status, 200, "who only reads is not held up");

    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_told() {
    let app = App::postgres().await;
    let (admin, task) = (app.admin().await, held_task(&app).await);
    app.postgres.as_ref().unwrap().take_away().await;
    let gone = admin.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
    assert_eq!((gone.status, &gone.json["detail"]), (503, &json!("the database does not answer")), "{gone:?}");
    assert!(gone.json["kept"].as_str().unwrap().contains("your work in the editor is kept"));
    assert_eq!(admin.get("/health").await.status, 503);
    app.stop().await;
}
