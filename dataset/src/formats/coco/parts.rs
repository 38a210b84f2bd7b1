//! The files of an export while it grows: images go into the file itself, annotations beside it until the end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::categories::head;
use crate::exchange::{ExchangeError, Losses, Output};
use crate::schema::Schema;

/// What is known of an export that goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// Subsets that have a file, and how many annotations each has.
    pub files: BTreeMap<String, u64>,
    pub images: u64,
    pub annotations: u64,
    pub losses: Losses,
}

/// The name of an annotation file without its ending.
pub(super) fn base(kind: &str, subset: &str) -> String {
    format!("annotations/{kind}_{subset}")
}

impl State {
    /// Appends an image and its annotations, which are JSON objects, to the files of a subset.
    pub fn append(
        &mut self,
        (kind, subset): (&str, &str),
        schema: &Schema,
        image: &str,
        annotations: &[String],
        out: &mut dyn Output,
    ) -> Result<(), ExchangeError> {
        let base = base(kind, subset);
        let begin = match self.files.get(subset) {
            Some(_) => ",\n".to_owned(),
            None => head(schema)? + "\n",
        };
        let mut put = |ending: &str, text: String| {
            let name = format!("{base}.{ending}");
            out.append(&name, text.as_bytes()).map_err(ExchangeError::io(name))
        };
        put("json", begin + image)?;
        let known = self.files.entry(subset.to_owned()).or_default();
        if !annotations.is_empty() {
            put("part", format!("{}{}", if *known > 0 { ",\n" } else { "" }, annotations.join(",\n")))?;
        }
        *known += annotations.len() as u64;
        self.images += 1;
        self.annotations += annotations.len() as u64;
        Ok(())
    }

    /// Puts the files together. A dataset without images gets an empty file, so that its classes are known.
    pub fn finish(mut self, kind: &str, schema: &Schema, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        if self.files.is_empty() {
            let name = base(kind, "default") + ".json";
            out.append(&name, head(schema)?.as_bytes()).map_err(ExchangeError::io(name))?;
            self.files.insert("default".to_owned(), 0);
        }
        for subset in self.files.keys() {
            let base = base(kind, subset);
            let (name, part) = (format!("{base}.json"), format!("{base}.part"));
            let failed = || ExchangeError::io(name.clone());
            out.append(&name, b"\n],\n\"annotations\":[\n").map_err(failed())?;
            out.join(&name, &part).map_err(failed())?;
            out.append(&name, b"\n]}\n").map_err(failed())?;
        }
        Ok(self.losses)
    }
}
