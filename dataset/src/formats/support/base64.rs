//! Bytes within text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes in base64, with line ends or without, and perhaps with `data:…;base64,` before them.
pub(crate) fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    let text = match text.split_once(";base64,") {
        Some((kind, text)) if kind.starts_with("data:") => text,
        _ => text,
    };
    let plain: String;
    let text = if text.contains(|c: char| c.is_ascii_whitespace()) {
        plain = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        &plain
    } else {
        text
    };
    STANDARD.decode(text).map_err(|error| format!("this is not base64: {error}"))
}
