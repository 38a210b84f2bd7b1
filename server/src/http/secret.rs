//! Random secrets and passwords.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::flow::{self, FlowError};

/// Shortest password that is taken.
pub const MIN_PASSWORD: usize = 10;

/// 256 random bits as 64 hexadecimal digits.
#[must_use]
pub fn random() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    crate::blobs::hex(&bytes)
}

/// What the database keeps of a secret. The secret has 256 random bits, so one round of SHA-256 is enough.
#[must_use]
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Argon2id with the library's default costs, off the async threads.
///
/// # Errors
/// The hash could not be made.
pub async fn hash_password(password: String) -> flow::Result<String> {
    tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await
        .map_err(|_| FlowError::Aborted)?
        .map_err(|_| FlowError::Aborted)
}

/// Whether the password fits. With no hash to compare (no such login, or no password set yet) a made-up one is verified, so that the
/// time it takes tells nothing.
///
/// # Errors
/// The server is stopping.
pub async fn password_fits(password: String, hash: Option<String>) -> flow::Result<bool> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$UdyoIXtoTFkxfgbxbHyMgD3vZ0cYlKTa8vU0l9hEmzs";
    tokio::task::spawn_blocking(move || {
        let real = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&text).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && real
    })
    .await
    .map_err(|_| FlowError::Aborted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("correct horse".into()).await.unwrap();
        assert!(password_fits("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!password_fits("wrong".into(), Some(hash)).await.unwrap());
        assert!(!password_fits("nobody".into(), None).await.unwrap());
        assert_ne!(random(), random());
    }
}
