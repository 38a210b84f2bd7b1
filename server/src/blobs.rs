//! Images, masks, features and weights: bytes under a name made of their own hash, in an object store.
//!
//! A blob is never changed, so it can be cached for ever, stored twice without harm, and checked when it is read.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};

/// What a blob is; the first part of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Image,
    Thumbnail,
    Mask,
    Features,
    Weights,
    /// All tiles of a large image.
    Tiles,
}

impl Kind {
    const fn folder(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Thumbnail => "thumbnails",
            Self::Mask => "masks",
            Self::Features => "features",
            Self::Weights => "weights",
            Self::Tiles => "tiles",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the disk of the data folder is full")]
    DiskFull,
    #[error("a file that belongs to the data is missing ({0})")]
    Missing(String),
    #[error("the data folder can't be used: {0}")]
    Store(String),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = source {
            if inner.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull) {
                return Self::DiskFull;
            }
            source = inner.source();
        }
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            other => Self::Store(other.to_string()),
        }
    }
}

/// The store of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Blobs in a folder, which is created if need be. Every blob is on disk before it is acknowledged.
    ///
    /// # Errors
    /// The folder can't be created or written.
    pub fn folder(path: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(path).map_err(|e| BlobError::Store(format!("{}: {e}", path.display())))?;
        let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Stores `bytes` and returns the key: `KIND/ab/abcdef….EXTENSION`, after their SHA-256.
    ///
    /// # Errors
    /// The disk is full or the store refuses; then nothing is stored.
    pub async fn put(&self, kind: Kind, extension: &str, bytes: Bytes) -> Result<String, BlobError> {
        let hash = hex(&Sha256::digest(&bytes));
        let key = format!("{}/{}/{hash}.{extension}", kind.folder(), &hash[..2]);
        let path = Key::from(key.as_str());
        if self.store.head(&path).await.is_err() {
            self.store.put(&path, PutPayload::from_bytes(bytes)).await?;
        }
        Ok(key)
    }

    /// Stores a small blob, reads it and deletes it again.
    ///
    /// # Errors
    /// One of that failed; the error says why.
    pub async fn check(&self) -> Result<(), BlobError> {
        let path = Key::from(format!("checks/{}", uuid::Uuid::now_v7()));
        let sent = Bytes::from_static(b"labelwright");
        self.store.put(&path, PutPayload::from_bytes(sent.clone())).await?;
        let back = self.store.get(&path).await?.bytes().await?;
        self.store.delete(&path).await?;
        if back == sent { Ok(()) } else { Err(BlobError::Store("what was read is not what was stored".into())) }
    }

    /// Some of the bytes of a blob.
    ///
    /// # Errors
    /// There is no such blob, it is shorter, or the store does not answer.
    pub async fn range(&self, key: &str, range: std::ops::Range<u64>) -> Result<Bytes, BlobError> {
        let wanted = range.end.saturating_sub(range.start);
        let bytes = self.store.get_range(&Key::from(key), range).await?;
        if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(BlobError::Store(format!("{key} is shorter than it should be"))) }
    }

    /// # Errors
    /// There is no such blob, or the store does not answer.
    pub async fn get(&self, key: &str) -> Result<Bytes, BlobError> {
        Ok(self.store.get(&Key::from(key)).await?.bytes().await?)
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string never fails.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
