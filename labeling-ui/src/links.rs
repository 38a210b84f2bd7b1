//! Addresses with a query.

/// A query of the pairs that have a value, `?` in front; just `?` when none has one, which is the same page without a query.
#[must_use]
pub fn query(pairs: &[(&str, &str)]) -> String {
    let given: Vec<_> =
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key}={}", escape(value))).collect();
    format!("?{}", given.join("&"))
}

/// Percent-encodes everything but letters, digits and `-._~`.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
