//! Settings: built-in defaults, then a TOML file, then `LABELWRIGHT_*` variables, then flags.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::store::db::Durability;

/// Everything that can be set. `labelwright config` prints it with the values in force.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to serve on; port 0 takes a free one.
    pub listen: String,
    /// Folder of the database (when it is SQLite), the blobs and the exports.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; empty is SQLite inside `data`.
    pub database: String,
    /// How much of a commit SQLite forces to disk: `full` or `normal`.
    pub durability: Durability,
    /// Connections to PostgreSQL at most.
    pub connections: u32,
    /// Threads that answer requests; 0 is one per core.
    pub threads: usize,
    /// Whether `serve` starts a worker process of its own.
    pub worker: bool,
    /// Largest file taken as an image, in bytes.
    pub max_image_bytes: u64,
    /// Largest picture taken, in pixels; checked before anything is decoded.
    pub max_image_pixels: u64,
    /// Largest submission of shapes, in bytes.
    pub max_json_bytes: usize,
    /// Days after which a sign-in ends.
    pub session_days: i64,
    /// Set when people reach the server over HTTPS, so that browsers send the cookie on nothing else.
    pub secure_cookies: bool,
    /// What is logged, as in `info,sqlx=warn`.
    pub log: String,
    /// One JSON object a log line instead of text.
    pub log_json: bool,
    /// Where models run: `auto` or `cpu`.
    pub device: String,
    /// Pictures of different requests that go through the network together at most; 1 takes each by itself.
    pub inference_batch: usize,
    /// How long a picture waits for others that are on the way, in milliseconds.
    pub inference_wait_ms: u64,
    /// Pictures that may be with the model at the same time; who comes then is told to come again.
    pub inference_queue: usize,
    /// Id of the project whose model answers `/invocations` when a request names none; empty is none.
    pub inference_project: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            data: "labelwright-data".into(),
            database: String::new(),
            durability: Durability::Full,
            connections: 10,
            threads: 0,
            worker: true,
            max_image_bytes: 64 << 20,
            max_image_pixels: 80_000_000,
            max_json_bytes: 16 << 20,
            session_days: 14,
            secure_cookies: false,
            log: "info".into(),
            log_json: false,
            device: "auto".into(),
            inference_batch: 8,
            inference_wait_ms: 4,
            inference_queue: 64,
            inference_project: String::new(),
        }
    }
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings can't be read: {0}")]
    Figment(Box<figment::Error>),
    #[error("there is no settings file {}", .0.display())]
    NoFile(PathBuf),
}

impl Config {
    /// Reads the settings. `file` must exist when given; otherwise `labelwright.toml` in the working folder is read if there is one.
    /// `overrides` are the flags that were given.
    ///
    /// # Errors
    /// A value has the wrong type, a name is unknown, or the file does not exist or parse.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        if let Some(file) = file.filter(|file| !file.is_file()) {
            return Err(ConfigError::NoFile(file.to_owned()));
        }
        let path = file.map_or_else(|| PathBuf::from("labelwright.toml"), Path::to_owned);
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(path))
            .merge(Env::prefixed("LABELWRIGHT_").ignore(&["config"]))
            .merge(Serialized::defaults(overrides))
            .extract()
            .map_err(|error| ConfigError::Figment(Box::new(error)))
    }

    /// Address of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        if self.database.is_empty() { format!("sqlite:{}", self.data.join("labelwright.db").display()) } else { self.database.clone() }
    }
}

/// Flags that win over file and environment; those not given are absent.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
pub struct Overrides {
    /// Address and port to serve on (default 127.0.0.1:8080)
    #[arg(long, global = true, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Folder for the database, images and exports (default ./labelwright-data)
    #[arg(id = "data_dir", long = "data-dir", global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME (default: SQLite inside the data folder)
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// What to log, as in 'info,sqlx=warn'
    #[arg(long, global = true, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}
