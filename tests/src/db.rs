//! A database of its own for each test.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// A database on the PostgreSQL server of this test run, dropped by [`Postgres::drop`].
pub struct Postgres {
    admin: String,
    name: String,
    pub url: String,
}

impl Postgres {
    /// # Panics
    /// `TEST_POSTGRES_URL` is not set: a test that was not run must not look as if it had passed.
    pub async fn create() -> Self {
        let admin = std::env::var("TEST_POSTGRES_URL")
            .expect("TEST_POSTGRES_URL is not set; 'cargo xtask test' starts a PostgreSQL of its own and sets it");
        let name = format!("t_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&admin).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = admin.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Self { admin, name, url }
    }

    /// Takes the database away while it is in use.
    pub async fn take_away(&self) {
        let mut connection = PgConnection::connect(&self.admin).await.unwrap();
        connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))).await.unwrap();
    }

    pub async fn drop(self) {
        self.take_away().await;
    }
}
