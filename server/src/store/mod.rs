//! The only place that knows SQL. One text a query wherever both databases allow it.
//!
//! Functions that change rows take [`WriteTx`], those that read take [`Tx`]; a request opens at most one `WriteTx`.

pub mod annotations;
pub mod comments;
pub mod db;
pub mod features;
pub mod images;
pub mod jobs;
pub mod kinds;
pub mod labels;
pub mod models;
pub mod predictions;
pub mod projects;
pub mod pyramids;
pub mod revisions;
pub mod sql;
pub mod tasks;
pub mod tokens;
pub mod tunings;
pub mod users;
pub mod value;

pub use db::{Db, Tx, WriteTx};
pub use kinds::*;
pub use value::Millis;

/// What the database answers when it does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("'{0}' is neither an SQLite address (sqlite:PATH) nor a PostgreSQL one (postgres://…)")]
    Address(String),
    #[error("the database is busy: another program holds its lock")]
    Busy,
    #[error("the disk is full")]
    DiskFull,
    #[error("the database does not answer: {0}")]
    Gone(String),
    /// A unique or foreign key refused the change; the name of the constraint or column follows.
    #[error("the change breaks a rule of the database ({0})")]
    Constraint(String),
    #[error("the database was written by a newer version of Labelwright, or its migrations were changed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("stored data of {0} can't be read: {1}")]
    Corrupt(&'static str, String),
    #[error(transparent)]
    Sql(sqlx::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                // SQLite codes are numbers (primary code in the low byte), PostgreSQL's are five characters.
                let lite = code.parse::<i64>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
                match (lite, code.as_ref()) {
                    (Some(5 | 6), _) | (None, "55P03" | "40P01" | "40001") => Self::Busy,
                    (Some(13), _) | (None, "53100") => Self::DiskFull,
                    (Some(14 | 26), _) | (None, "57P01" | "57P02" | "57P03" | "3D000") => Self::Gone(db.message().to_owned()),
                    _ if db.is_unique_violation() || db.is_foreign_key_violation() || db.is_check_violation() => {
                        Self::Constraint(db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned))
                    }
                    _ => Self::Sql(error),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Gone("no connection became free in time".into()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Gone("the connection was closed".into()),
            sqlx::Error::Io(io) => Self::Gone(io.to_string()),
            _ => Self::Sql(error),
        }
    }
}

/// Every statement of the store, by name.
pub fn statements() -> impl Iterator<Item = (&'static str, sql::Sql)> {
    [
        annotations::STATEMENTS,
        comments::STATEMENTS,
        features::STATEMENTS,
        images::STATEMENTS,
        jobs::STATEMENTS,
        labels::STATEMENTS,
        models::STATEMENTS,
        predictions::STATEMENTS,
        projects::STATEMENTS,
        pyramids::STATEMENTS,
        revisions::STATEMENTS,
        tasks::STATEMENTS,
        tokens::STATEMENTS,
        tunings::STATEMENTS,
        users::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
