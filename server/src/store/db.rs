//! The open database: SQLite (one writer, several readers) or a PostgreSQL pool.

use std::{path::Path, time::Duration};

use sqlx::{
    Connection, Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

#[derive(Clone, Debug)]
pub enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A transaction on either database.
pub enum Tx {
    Sqlite(Held<Sqlite>),
    Postgres(Held<Postgres>),
}

/// A connection with a transaction begun on it, or without one, where each statement is a transaction by itself.
pub enum Held<DB: Database> {
    Begun(Transaction<'static, DB>),
    Plain(PoolConnection<DB>),
}

impl<DB: Database> std::ops::Deref for Held<DB> {
    type Target = DB::Connection;
    fn deref(&self) -> &DB::Connection {
        match self {
            Self::Begun(tx) => tx,
            Self::Plain(connection) => connection,
        }
    }
}

impl<DB: Database> std::ops::DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Self::Begun(tx) => tx,
            Self::Plain(connection) => connection,
        }
    }
}

impl<DB: Database> Held<DB> {
    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Begun(tx) => tx.commit().await,
            // Its statements are lasting already.
            Self::Plain(_) => Ok(()),
        }
    }
}

/// A transaction that may change rows. Reading functions take `&mut Tx`, writing ones `&mut WriteTx`.
pub struct WriteTx(Tx);

impl std::ops::Deref for WriteTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl std::ops::DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

impl WriteTx {
    /// Makes the changes lasting. When this returns, they are on disk.
    ///
    /// # Errors
    /// The database could not write; then nothing of the transaction is kept.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// How much of a commit SQLite forces to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// Survives a power cut.
    #[default]
    Full,
    /// Survives the death of the process, but a power cut may take the last seconds.
    Normal,
}

impl Db {
    /// Opens (and creates, and migrates) what `url` names: `sqlite:PATH`, `sqlite://PATH` or `postgres://…`.
    ///
    /// # Errors
    /// The address is of neither kind, the database can't be opened, or it was written by a newer version of Labelwright.
    pub async fn open(url: &str, durability: Durability, connections: u32) -> Result<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Self::postgres(url, connections).await;
        }
        match url.strip_prefix("sqlite:") {
            Some(path) => Self::sqlite(Path::new(path.strip_prefix("//").unwrap_or(path)), durability).await,
            None => Err(Error::Address(url.to_owned())),
        }
    }

    /// # Errors
    /// The file can't be opened or created, or a newer version wrote it.
    pub async fn sqlite(path: &Path, durability: Durability) -> Result<Self> {
        let base = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Normal => SqliteSynchronous::Normal,
            })
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864")
            .pragma("cache_size", "-8192")
            .optimize_on_close(true, 400);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            // A file does not hang up; asking each time whether it has costs a change of thread.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            // On a full disk SQLite ends the transaction by itself, and the driver still counts it: such a connection can't begin another
            // one, and is replaced so that writing works again when there is room.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(base.clone())
            .await?;
        sqlx::migrate!("../migrations/sqlite").run(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .connect_with(base.pragma("query_only", "on"))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    /// # Errors
    /// The server does not answer or refuses, or a newer version of Labelwright wrote the database.
    pub async fn postgres(url: &str, connections: u32) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
        sqlx::migrate!("../migrations/postgres").run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// # Errors
    /// No connection was to be had in time.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(Held::Begun(read.begin().await?)),
            Self::Postgres(pool) => Tx::Postgres(Held::Begun(pool.begin().await?)),
        })
    }

    /// For few reading statements that may see different states of the database: nothing is begun or ended around them.
    ///
    /// # Errors
    /// No connection was to be had in time.
    pub async fn glance(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(Held::Plain(read.acquire().await?)),
            Self::Postgres(pool) => Tx::Postgres(Held::Plain(pool.acquire().await?)),
        })
    }

    /// `BEGIN IMMEDIATE` takes SQLite's write lock at once, so a transaction never fails half way because another process wrote first.
    /// A request opens at most one: a second one would wait for the first.
    ///
    /// # Errors
    /// No connection was to be had in time.
    pub async fn write(&self) -> Result<WriteTx> {
        Ok(WriteTx(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(Held::Begun(write.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => Tx::Postgres(Held::Begun(pool.begin().await?)),
        }))
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Lets `on!` take a `Tx` or, through `Deref`, a `WriteTx`.
    pub fn either(&mut self) -> &mut Self {
        self
    }
}

/// Runs `$query` on the database that `$tx` is open on; the compiler checks it for both.
#[macro_export]
macro_rules! on {
    ($tx:expr, $sql:expr, |$text:ident, $conn:ident| $query:expr) => {
        match $tx.either() {
            $crate::store::db::Tx::Sqlite(tx) => {
                let ($text, $conn) = ($sql.sqlite, &mut **tx);
                $query.await.map_err($crate::store::Error::from)
            }
            $crate::store::db::Tx::Postgres(tx) => {
                let ($text, $conn) = ($sql.postgres, &mut **tx);
                $query.await.map_err($crate::store::Error::from)
            }
        }
    };
}

/// Like `on!`, for a statement that returns no rows: how many it touched.
#[macro_export]
macro_rules! run {
    ($tx:expr, $sql:expr, |$text:ident| $query:expr) => {
        $crate::on!($tx, $sql, |$text, conn| async { $query.execute(conn).await.map(|done| $crate::store::db::Rows::rows(&done)) })
    };
}

/// How many rows a statement touched, whichever database ran it.
pub trait Rows {
    fn rows(&self) -> u64;
}

impl Rows for sqlx::sqlite::SqliteQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}

impl Rows for sqlx::postgres::PgQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}
