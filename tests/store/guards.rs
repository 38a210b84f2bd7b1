//! Every statement of the store prepares on both databases, with the same parameters and columns; the tables agree; nothing scans.

use std::collections::{BTreeMap, BTreeSet};

use labelwright::store::{
    db::{Db, Durability},
    statements,
};
use labelwright_tests::db::Postgres;
use sqlx::{AssertSqlSafe, Column, Either, Executor, PgPool, Row, SqlSafeStr, SqlitePool, Statement};

/// Statements that read all rows of a project on purpose: figures, never on the way of an annotator.
const MAY_SCAN: [&str; 0] = [];

async fn sqlite() -> (SqlitePool, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let Db::Sqlite { write, .. } = Db::sqlite(&folder.path().join("t.db"), Durability::Full).await.unwrap() else { unreachable!() };
    (write, folder)
}

async fn postgres() -> (PgPool, Postgres) {
    let database = Postgres::create().await;
    let Db::Postgres(pool) = Db::postgres(&database.url, 2).await.unwrap() else { unreachable!() };
    (pool, database)
}

fn count(parameters: Option<Either<&[impl Sized], usize>>) -> usize {
    match parameters {
        Some(Either::Left(types)) => types.len(),
        Some(Either::Right(n)) => n,
        None => 0,
    }
}

/// Neither database's own words: `INTEGER`, `BIGINT` and so on fold into one.
fn kind(declared: &str) -> &'static str {
    match declared.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "boolean" => "integer",
        "text" => "text",
        "blob" | "bytea" | "uuid" => "bytes",
        "real" | "double precision" => "real",
        other => panic!("no rule for column type {other}"),
    }
}

#[tokio::test]
async fn statements_agree_on_parameters_and_columns() {
    let ((lite, _folder), (post, database)) = (sqlite().await, postgres().await);
    let mut names = BTreeSet::new();
    for (name, sql) in statements() {
        assert!(names.insert(name), "{name} stands twice");
        let a = lite.prepare(AssertSqlSafe(sql.sqlite).into_sql_str()).await.unwrap_or_else(|e| panic!("{name} on SQLite: {e}"));
        let b = post.prepare(AssertSqlSafe(sql.postgres).into_sql_str()).await.unwrap_or_else(|e| panic!("{name} on PostgreSQL: {e}"));
        // SQLite takes an unbound parameter for NULL without a word, so the numbers must be the same.
        assert_eq!(count(a.parameters()), count(b.parameters()), "{name}: parameters");
        assert_eq!(a.columns().len(), b.columns().len(), "{name}: number of columns");
        for (left, right) in a.columns().iter().zip(b.columns()) {
            // A computed column without a name is called differently, and read by position.
            let computed = left.name().contains(['(', ' ']);
            assert!(computed || left.name() == right.name(), "{name}: columns {} and {}", left.name(), right.name());
        }
    }
    assert!(names.len() > 80, "only {} statements were looked at", names.len());
    post.close().await;
    database.drop().await;
}

#[tokio::test]
async fn no_statement_scans_a_whole_table() {
    let (lite, _folder) = sqlite().await;
    let mut scans = Vec::new();
    for (name, sql) in statements().filter(|(name, _)| !MAY_SCAN.contains(name)) {
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sqlite))).fetch_all(&lite).await.unwrap();
        for step in plan.iter().map(|row| row.get::<String, _>("detail")) {
            let whole =
                step.starts_with("SCAN ") && !step.contains("USING") && !step.contains("SUBQUERY") && !step.contains("CONSTANT ROW");
            if whole && !step.starts_with("SCAN counted") {
                scans.push(format!("{name}: {step}"));
            }
        }
    }
    assert!(scans.is_empty(), "{scans:#?}");
}

#[tokio::test]
async fn tables_agree() {
    type Table = BTreeMap<String, (&'static str, bool)>;
    let ((lite, _folder), (post, database)) = (sqlite().await, postgres().await);
    let mut a: BTreeMap<String, Table> = BTreeMap::new();
    let text = "SELECT m.name AS t, p.name AS c, p.type AS k, p.\"notnull\" AS n FROM sqlite_master m, pragma_table_info(m.name) p
                 WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    for row in sqlx::query(text).fetch_all(&lite).await.unwrap() {
        a.entry(row.get("t")).or_default().insert(row.get("c"), (kind(row.get("k")), row.get::<i64, _>("n") == 1));
    }
    let mut b: BTreeMap<String, Table> = BTreeMap::new();
    let text = "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS k, is_nullable = 'NO' AS n
                  FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    for row in sqlx::query(text).fetch_all(&post).await.unwrap() {
        b.entry(row.get("t")).or_default().insert(row.get("c"), (kind(row.get("k")), row.get("n")));
    }
    assert_eq!(a, b);
    assert!(a.len() >= 14, "only {} tables were compared", a.len());

    let versions = |migrator: sqlx::migrate::Migrator| migrator.iter().map(|m| m.version).collect::<BTreeSet<_>>();
    assert_eq!(versions(sqlx::migrate!("../migrations/sqlite")), versions(sqlx::migrate!("../migrations/postgres")));
    post.close().await;
    database.drop().await;
}

/// What was written stays: the databases themselves refuse to change an annotation.
#[tokio::test]
async fn annotations_can_only_be_added() {
    let ((lite, _folder), (post, database)) = (sqlite().await, postgres().await);
    let triggers: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'annotations'")
        .fetch_one(&lite)
        .await
        .unwrap();
    assert_eq!(triggers, 1);
    let triggers: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM information_schema.triggers WHERE event_object_table = 'annotations'")
        .fetch_one(&post)
        .await
        .unwrap();
    assert_eq!(triggers, 1);
    assert!(!statements().any(|(_, sql)| sql.sqlite.contains("UPDATE annotations") || sql.sqlite.contains("DELETE FROM annotations")));
    post.close().await;
    database.drop().await;
}
