//! Names of files that come from outside.

/// A name that may lead out of its folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file name {0:?} is not a plain path below the dataset's folder")]
pub struct UnsafeName(pub String);

/// The longest name in bytes.
const LONGEST: usize = 1024;

/// Makes a name from a dataset safe to be opened or created below a folder: backslashes become slashes, `./` goes away; what is absolute,
/// empty, too long, has a drive, a control character or a `..` is refused.
///
/// # Errors
/// The name is not safe.
pub fn safe_name(name: &str) -> Result<String, UnsafeName> {
    let unsafe_name = || UnsafeName(name.chars().take(200).collect());
    let slashed = name.replace('\\', "/");
    if slashed.starts_with('/') || slashed.len() > LONGEST || slashed.chars().any(char::is_control) {
        return Err(unsafe_name());
    }
    let parts: Vec<&str> = slashed.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let drive = |part: &&str| part.len() == 2 && part.ends_with(':');
    if parts.is_empty() || parts.contains(&"..") || parts.first().is_some_and(drive) {
        return Err(unsafe_name());
    }
    Ok(parts.join("/"))
}

/// A name without the ending of its last part.
#[must_use]
pub fn stem(name: &str) -> &str {
    let file = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[file..].rfind('.') {
        Some(dot) if dot > 0 => &name[..file + dot],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for bad in ["", "/", "/etc/passwd", "..", "a/../b", "..\\b", "C:\\x.png", "a\0b", "\\\\host\\share", "a\nb"] {
            assert!(safe_name(bad).is_err(), "{bad:?}");
        }
        assert!(safe_name(&"a".repeat(1025)).is_err());
    }

    #[test]
    fn plain_names_stay() {
        assert_eq!(safe_name("./a//b\\c.png").as_deref(), Ok("a/b/c.png"));
        assert_eq!(safe_name("..a/b..png").as_deref(), Ok("..a/b..png"));
        assert_eq!((stem("a.b/c.tar.gz"), stem("a.b/c"), stem(".hidden"), stem("x/.h")), ("a.b/c.tar", "a.b/c", ".hidden", "x/.h"));
    }
}
