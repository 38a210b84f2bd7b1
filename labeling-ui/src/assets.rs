//! Files for the browser: everything under `static/`, and the addresses that pages use for them.

use askama::filters::Safe;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{borrow::Cow, collections::BTreeMap, sync::OnceLock};

/// Everything under `static/`. A debug build reads the files from disk, a release build carries them.
#[derive(RustEmbed)]
#[folder = "../static"]
struct Static;

/// A file of `static/`, and whether it is brotli-compressed.
///
/// `path` is relative to `static/` and uses forward slashes. A compressed file has the same name with `.br` behind it; it is chosen when
/// there is one and the browser takes it. Names under `build/` hold a hash of the content, so they may be kept for ever.
#[must_use]
pub fn file(path: &str, accepts_brotli: bool) -> Option<(EmbeddedFile, bool)> {
    if accepts_brotli && let Some(file) = Static::get(&format!("{path}.br")) {
        return Some((file, true));
    }
    Static::get(path).map(|file| (file, false))
}

/// The address of a bundled script by its entry's name, such as `overview` or `editor`.
///
/// The bundler's manifest tells the hashed name. A release build reads it once; a debug build reads it for every page, so that a bundle
/// built meanwhile is found. Without a manifest (a build without npm) the address leads nowhere and the page works without its script.
#[must_use]
pub fn asset(entry: &str) -> String {
    static MANIFEST: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let name = if cfg!(debug_assertions) { manifest().remove(entry) } else { MANIFEST.get_or_init(manifest).get(entry).cloned() };
    format!("/static/build/{}", name.unwrap_or_else(|| format!("{entry}.js")))
}

fn manifest() -> BTreeMap<String, String> {
    Static::get("build/manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
}

/// The address of a file of `static/` that has no hash in its name, with the start of its content's hash as the query: the address
/// changes when the file does, so browsers may keep it.
#[must_use]
pub fn static_url(path: &str) -> String {
    match Static::get(path) {
        Some(file) => format!("/static/{path}?v={}", hex(&file.metadata.sha256_hash()[..6])),
        None => format!("/static/{path}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A Lucide icon of the sprite `static/icons.svg` as inline SVG, hidden from screen readers.
#[must_use]
pub fn icon(name: &str) -> Safe<String> {
    static SPRITE: OnceLock<String> = OnceLock::new();
    let sprite = if cfg!(debug_assertions) {
        Cow::Owned(static_url("icons.svg"))
    } else {
        Cow::Borrowed(SPRITE.get_or_init(|| static_url("icons.svg")))
    };
    Safe(format!(r##"<svg class="icon" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"></use></svg>"##))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_none_and_a_known_one_is_found_uncompressed() {
        assert!(file("nothing/here.css", true).is_none());
        assert!(file("../Cargo.toml", false).is_none());
        let (css, compressed) = file("app.css", false).unwrap();
        assert!(!css.data.is_empty() && !compressed);
    }

    #[test]
    fn a_static_address_carries_the_hash_of_the_content() {
        let url = static_url("app.css");
        assert!(url.starts_with("/static/app.css?v=") && url.len() == "/static/app.css?v=".len() + 12, "{url}");
        assert_eq!(static_url("nothing.css"), "/static/nothing.css");
    }
}
