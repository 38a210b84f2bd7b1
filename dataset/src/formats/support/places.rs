//! Where a file lies that a label file calls by an address of its own: a bucket, a server, another machine's folder.

use crate::exchange::{Input, UnsafeName, safe_name};

/// The path of an address without scheme, bucket or host, query and drive.
pub(crate) fn path_of(address: &str) -> &str {
    let path = match address.split_once("://") {
        Some((scheme, rest)) => {
            let path = if scheme == "file" { rest } else { rest.split_once('/').map_or(rest, |(_, path)| path) };
            // Keys of buckets may have any character.
            if scheme.starts_with("http") { path.split(['?', '#']).next().unwrap_or(path) } else { path }
        }
        None => address,
    };
    let path = if path.as_bytes().get(1) == Some(&b':') { &path[2..] } else { path };
    path.trim_start_matches(['/', '\\'])
}

/// A name for the address, and the file of the dataset that it means, if there is one: the longest end of its path that exists, as it is or
/// below `images/`.
///
/// # Errors
/// The address leads out of the dataset.
pub(crate) fn locate(input: &dyn Input, address: &str) -> Result<(String, Option<String>), UnsafeName> {
    let path = safe_name(path_of(address))?;
    let mut rest = Some(path.as_str());
    while let Some(end) = rest {
        for candidate in [end.to_owned(), format!("images/{end}")] {
            if matches!(input.size(&candidate), Ok(Some(_))) {
                let name = candidate.strip_prefix("images/").unwrap_or(&candidate).to_owned();
                return Ok((name, Some(candidate)));
            }
        }
        rest = end.split_once('/').map(|(_, rest)| rest);
    }
    Ok((path.strip_prefix("images/").unwrap_or(&path).to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::MemoryFiles;

    #[test]
    fn the_longest_end_that_exists_is_meant() {
        let files = ["images/a/1.jpg", "1.jpg", "images/images/2.jpg"].map(|name| (name.to_owned(), Vec::new()));
        let files = MemoryFiles(files.into());
        let located = |address: &str| locate(&files, address).map(|(name, file)| (name, file.unwrap_or_default()));
        let found = |name: &str, file: &str| Ok((name.to_owned(), file.to_owned()));
        assert_eq!(located("s3://bucket/x/a/1.jpg"), found("a/1.jpg", "images/a/1.jpg"));
        assert_eq!(located("https://host/b/1.jpg?token=%2e"), found("1.jpg", "1.jpg"));
        assert_eq!(located("C:\\data\\a\\1.jpg"), found("a/1.jpg", "images/a/1.jpg"));
        assert_eq!(located("images/images/2.jpg"), found("images/2.jpg", "images/images/2.jpg"));
        assert_eq!(located("s3://bucket/x/none.jpg"), found("x/none.jpg", ""));
        assert!(located("s3://bucket/../x.jpg").is_err());
    }
}
