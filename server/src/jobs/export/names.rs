//! File names inside an export: those of the images as they came, made different where they would collide.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Bytes of a stem at most: with the hash and the ending, the name fits into a `.tar`, and on every disk.
const LONGEST: usize = 70;

/// Gives out names. Remembers eight bytes a name.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<u64>);

impl Names {
    /// The name of an image in the export: its own stem and the ending of its format. Masks have the stem of their image, so stems must
    /// differ, also where upper and lower case are the same; the later of two gets the beginning of its hash.
    pub fn unique(&mut self, name: &str, hash: &str, format: &str) -> String {
        let (stem, ending) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""));
        let ending = match (format, ending.to_ascii_lowercase().as_str()) {
            ("jpeg", "jpg" | "jpeg" | "jpe" | "jfif") | ("png", "png") | ("webp", "webp") => ending,
            ("jpeg", _) => "jpg",
            (format, _) => format,
        };
        // Names that some system can't write are made of letters that all can.
        let stem: String = stem.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
        let mut stem = if stem.starts_with('.') { format!("_{stem}") } else { stem };
        stem.truncate(stem.floor_char_boundary(LONGEST));
        if self.take(&stem) {
            return format!("{stem}.{ending}");
        }
        let longer = format!("{stem}_{}", &hash[..hash.len().min(16)]);
        self.take(&longer);
        format!("{longer}.{ending}")
    }

    fn take(&mut self, stem: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        stem.to_lowercase().hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_stem_and_never_collide() {
        let mut names = Names::default();
        assert_eq!(names.unique("a.JPG", "0123456789abcdef0", "jpeg"), "a.JPG");
        assert_eq!(names.unique("A.png", "0123456789abcdef0", "png"), "A_0123456789abcdef.png");
        assert_eq!(names.unique("scan.tif", "ff", "png"), "scan.png");
        assert_eq!(names.unique("noending", "ff", "jpeg"), "noending.jpg");
        assert_eq!(names.unique(".hidden", "ff", "png"), "_.hidden.png");
        assert_eq!(names.unique("a:b?.png", "ff", "png"), "a_b_.png");
        assert_eq!(names.unique(&format!("{}.png", "é".repeat(200)), "ff", "png"), format!("{}.png", "é".repeat(35)));
    }
}
