//! What every part of the server works with.

use std::sync::Arc;

use crate::{
    blobs::{BlobError, Blobs},
    config::Config,
    flow::{inference::Inference, suggest::Suggester},
    jobs::features::Backbone,
    store::{self, Db},
};

/// The open database, the blobs and the settings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    pub db: Db,
    pub blobs: Blobs,
    pub config: Arc<Config>,
    /// Images that somebody points at.
    pub suggester: Arc<Suggester>,
    /// Pictures that models are asked about.
    pub inference: Arc<Inference>,
    /// The network that features come from.
    pub backbone: Arc<Backbone>,
}

/// Why the server can't begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {0} can't be created: {1}")]
    Folder(String, std::io::Error),
    #[error("the database {0} can't be opened: {1}")]
    Database(String, #[source] store::Error),
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl Context {
    /// Opens what the settings name; creates and migrates what is missing.
    ///
    /// # Errors
    /// The data folder can't be written, or the database can't be opened.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        std::fs::create_dir_all(&config.data).map_err(|e| OpenError::Folder(config.data.display().to_string(), e))?;
        let url = config.database_url();
        let db = Db::open(&url, config.durability, config.connections).await.map_err(|e| OpenError::Database(without_password(&url), e))?;
        let blobs = Blobs::folder(&config.data.join("blobs"))?;
        let inference = Arc::new(Inference::new(&config));
        Ok(Self { db, blobs, config: Arc::new(config), suggester: Arc::default(), inference, backbone: Arc::default() })
    }
}

/// A database address that may be shown.
#[must_use]
pub fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}
