//! `.lst`: id, labels and path of each image.

use std::io::{BufRead, Write};

use super::lines::{Lines, TextError, excerpt};

/// A line of a `.lst`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListEntry {
    pub id: u64,
    /// At least one.
    pub labels: Vec<f64>,
    /// The picture's path below the folder of pictures.
    pub path: String,
}

impl ListEntry {
    /// Writes the line: `id TAB label … TAB path LF`, labels with six decimals. Control characters in the path become `_`,
    /// because a tab or line end would break the file. A line without labels gets the label 0, which readers need.
    ///
    /// # Errors
    /// The sink fails.
    pub fn write(&self, sink: &mut impl Write) -> Result<(), TextError> {
        let mut line = self.id.to_string();
        let none = [0.0];
        for label in if self.labels.is_empty() { &none[..] } else { &self.labels } {
            line += &format!("\t{label:.6}");
        }
        line.push('\t');
        line.extend(self.path.chars().map(|c| if c.is_control() { '_' } else { c }));
        line.push('\n');
        sink.write_all(line.as_bytes()).map_err(|source| TextError::Io { line: 0, source })
    }

    fn parse(text: &str, line: u64) -> Result<Self, TextError> {
        let columns: Vec<&str> = text.split('\t').map(str::trim).collect();
        let [id, labels @ .., path] = &columns[..] else {
            return Err(TextError::Columns { line, needed: "an id, one or more labels and a path" });
        };
        if labels.is_empty() {
            return Err(TextError::Columns { line, needed: "an id, one or more labels and a path" });
        }
        let id = id.parse().map_err(|_| TextError::Number { line, text: excerpt(id), needed: "an id" })?;
        let label = |text: &&str| text.parse().map_err(|_| TextError::Number { line, text: excerpt(text), needed: "a label" });
        Ok(Self { id, labels: labels.iter().map(label).collect::<Result<_, _>>()?, path: (*path).to_owned() })
    }
}

/// Reads a `.lst` line by line. Empty lines are skipped. After an error the iterator ends, unless it is to [keep going](Self::keep_going).
pub struct ListReader<R> {
    lines: Lines<R>,
    keep_going: bool,
    failed: bool,
}

impl<R: BufRead> ListReader<R> {
    pub fn new(source: R) -> Self {
        Self { lines: Lines::new(source), keep_going: false, failed: false }
    }

    /// Goes on after a line that can't be understood, once that was said.
    #[must_use]
    pub fn keep_going(mut self) -> Self {
        self.keep_going = true;
        self
    }

    fn read(&mut self) -> Result<Option<ListEntry>, TextError> {
        self.lines.read_line()?.map(|(line, text)| ListEntry::parse(text, line)).transpose()
    }
}

impl<R: BufRead> Iterator for ListReader<R> {
    type Item = Result<ListEntry, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let entry = self.read();
        self.failed = entry.as_ref().is_err_and(|error| !(self.keep_going && error.is_of_one_line()));
        entry.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_and_bad_ones_are_told() {
        let entry = ListEntry { id: 3, labels: vec![1.0, -0.5], path: "a b/c\td.jpg".into() };
        let mut text = Vec::new();
        entry.write(&mut text).unwrap();
        assert_eq!(text, b"3\t1.000000\t-0.500000\ta b/c_d.jpg\n");
        let read: Vec<_> = ListReader::new(&text[..]).collect::<Result<_, _>>().unwrap();
        assert_eq!(read[0].labels, entry.labels);
        let error = |text: &[u8]| ListReader::new(text).find_map(Result::err).unwrap();
        assert!(matches!(error(b"1\tx.jpg\n"), TextError::Columns { line: 1, .. }));
        assert!(matches!(error(b"1\t2\tx.jpg\nz\t2\tx.jpg\n"), TextError::Number { line: 2, .. }));
        let kept: Vec<_> = ListReader::new(&b"z\t2\tx.jpg\n\xff\n3\t4\ty.jpg\n"[..]).keep_going().collect();
        assert!(matches!(&kept[..], [Err(_), Err(TextError::NotText { line: 2 }), Ok(ListEntry { id: 3, .. })]));
        assert!(matches!(error(b"1\tfast\tx.jpg\n"), TextError::Number { line: 1, .. }));
    }
}
