//! JSON files of any size: an object of arrays, whose elements are handed out one by one as text, with their places.
//!
//! Only brackets, commas and strings are looked at here; what is in an element is for serde to understand.

use std::io::{Read, Seek, SeekFrom};

use super::files::MAX_TEXT;
use crate::exchange::{ExchangeError, Input, ReadSeek};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 16;

/// Where an element is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: u64,
    pub length: u32,
    /// Counted from 1.
    pub line: u32,
}

/// Walks through one file.
pub(crate) struct Elements {
    file: Box<dyn ReadSeek>,
    name: String,
    chunk: Vec<u8>,
    at: usize,
    /// Place of the chunk's end in the file, which is where the file is read on.
    end: u64,
    line: u64,
    /// Whether an element was given since the array or object began.
    inside: bool,
}

impl Elements {
    /// Begins a file, whose value must be an object.
    pub fn open(input: &dyn Input, name: &str) -> Result<Self, ExchangeError> {
        let mut elements = Self::begin(input, name)?;
        elements.expect(b'{', "an object")?;
        Ok(elements)
    }

    /// Begins a file whose value is an array, and steps into it; none if it is something else.
    pub fn open_array(input: &dyn Input, name: &str) -> Result<Option<Self>, ExchangeError> {
        let mut elements = Self::begin(input, name)?;
        elements.blanks()?;
        if elements.peek()? != Some(b'[') {
            return Ok(None);
        }
        elements.at += 1;
        Ok(Some(elements))
    }

    fn begin(input: &dyn Input, name: &str) -> Result<Self, ExchangeError> {
        let file = input.open(name).map_err(ExchangeError::io(name))?;
        let mut elements = Self { file, name: name.to_owned(), chunk: Vec::new(), at: 0, end: 0, line: 1, inside: false };
        if elements.peek()? == Some(0xef) {
            elements.at = elements.chunk.len().min(3);
        }
        Ok(elements)
    }

    /// The next name of the object at the top; its value comes next and must be taken ([`Self::array`] and its elements, or [`Self::skip`]).
    pub fn key(&mut self) -> Result<Option<String>, ExchangeError> {
        if !self.more(b'}')? {
            return Ok(None);
        }
        let mut text = Vec::new();
        let place = self.raw(&mut text)?;
        let key = serde_json::from_slice(&text).map_err(|error| self.wrong(place.line.into(), format!("a name was expected: {error}")))?;
        self.expect(b':', "a colon")?;
        self.inside = true;
        Ok(Some(key))
    }

    /// Steps into the array that comes next; false, and it is skipped, if it is no array.
    pub fn array(&mut self) -> Result<bool, ExchangeError> {
        self.blanks()?;
        if self.peek()? != Some(b'[') {
            self.raw(&mut Vec::new())?;
            return Ok(false);
        }
        self.at += 1;
        self.inside = false;
        Ok(true)
    }

    /// The next element of the array as text in `text`, and its place; none at the array's end.
    pub fn element(&mut self, text: &mut Vec<u8>) -> Result<Option<Place>, ExchangeError> {
        if !self.more(b']')? {
            self.inside = true;
            return Ok(None);
        }
        let place = self.raw(text)?;
        self.inside = true;
        Ok(Some(place))
    }

    /// Skips the value that comes next, of any size; where it is.
    pub fn skip(&mut self) -> Result<Mark, ExchangeError> {
        self.blanks()?;
        let mark = self.mark();
        self.walk(&mut |_| Ok(()))?;
        Ok(mark)
    }

    /// The value that comes next as text in `text`, and its place.
    pub fn value(&mut self, text: &mut Vec<u8>) -> Result<Place, ExchangeError> {
        self.raw(text)
    }

    /// Where the next value is.
    pub fn mark(&self) -> Mark {
        Mark { offset: self.offset(), line: self.line }
    }

    /// Goes back to a value that was skipped.
    pub fn go_back(&mut self, mark: Mark) -> Result<(), ExchangeError> {
        self.file.seek(SeekFrom::Start(mark.offset)).map_err(ExchangeError::io(&*self.name))?;
        (self.end, self.line, self.at) = (mark.offset, mark.line, 0);
        self.chunk.clear();
        Ok(())
    }

    /// Reads an element again.
    pub fn again(&mut self, place: Place, text: &mut Vec<u8>) -> Result<(), ExchangeError> {
        text.clear();
        let begin = self.end - self.chunk.len() as u64;
        if !(begin..=self.end).contains(&place.offset) {
            self.go_back(Mark { offset: place.offset, line: place.line.into() })?;
        } else {
            self.at = (place.offset - begin) as usize;
        }
        let mut left = place.length as usize;
        while left > 0 {
            if self.peek()?.is_none() {
                return Err(self.wrong(place.line.into(), "the file became shorter while it was read"));
            }
            let take = left.min(self.chunk.len() - self.at);
            text.extend_from_slice(&self.chunk[self.at..self.at + take]);
            self.at += take;
            left -= take;
        }
        Ok(())
    }

    /// A fault of the file at that line.
    pub fn wrong(&self, line: u64, reason: impl std::fmt::Display) -> ExchangeError {
        ExchangeError::file(&*self.name, Some(line), reason)
    }

    fn offset(&self) -> u64 {
        self.end - (self.chunk.len() - self.at) as u64
    }

    fn fault(&self, reason: &str) -> ExchangeError {
        self.wrong(self.line, format!("{reason} at byte {}", self.offset()))
    }

    fn peek(&mut self) -> Result<Option<u8>, ExchangeError> {
        if self.at == self.chunk.len() {
            self.chunk.resize(CHUNK, 0);
            let read = loop {
                match self.file.read(&mut self.chunk) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    other => break other.map_err(ExchangeError::io(&*self.name)),
                }
            };
            let read = read.inspect_err(|_| self.chunk.clear())?;
            self.chunk.truncate(read);
            self.end += read as u64;
            self.at = 0;
        }
        Ok(self.chunk.get(self.at).copied())
    }

    fn blanks(&mut self) -> Result<(), ExchangeError> {
        while let Some(byte) = self.peek()?.filter(u8::is_ascii_whitespace) {
            self.line += u64::from(byte == b'\n');
            self.at += 1;
        }
        Ok(())
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), ExchangeError> {
        self.blanks()?;
        if self.peek()? != Some(byte) {
            return Err(self.fault(&format!("{what} was expected")));
        }
        self.at += 1;
        self.inside = false;
        Ok(())
    }

    /// Whether another element follows before `end`, which is taken otherwise.
    fn more(&mut self, end: u8) -> Result<bool, ExchangeError> {
        self.blanks()?;
        match self.peek()? {
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if self.inside => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if !self.inside => Ok(true),
            Some(_) => Err(self.fault("a comma was expected")),
            None => Err(self.fault("the file ends too early")),
        }
    }

    fn raw(&mut self, text: &mut Vec<u8>) -> Result<Place, ExchangeError> {
        self.blanks()?;
        text.clear();
        let Mark { offset, line } = self.mark();
        self.walk(&mut |bytes| {
            text.extend_from_slice(bytes);
            if text.len() as u64 > MAX_TEXT { Err(format!("one value has more than {MAX_TEXT} bytes")) } else { Ok(()) }
        })?;
        if text.is_empty() {
            return Err(self.fault("a value was expected"));
        }
        Ok(Place { offset, length: text.len() as u32, line: u32::try_from(line).unwrap_or(u32::MAX) })
    }

    /// Goes over one value and hands out its bytes.
    fn walk(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<(), String>) -> Result<(), ExchangeError> {
        let (mut depth, mut string, mut escaped) = (0u64, false, false);
        loop {
            if self.peek()?.is_none() {
                return if depth == 0 && !string { Ok(()) } else { Err(self.fault("the file ends too early")) };
            }
            let begin = self.at;
            let mut done = false;
            while self.at < self.chunk.len() && !done {
                let byte = self.chunk[self.at];
                self.at += 1;
                if string {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => {
                            string = false;
                            done = depth == 0;
                        }
                        b'\n' => self.line += 1,
                        _ => {}
                    }
                    continue;
                }
                match byte {
                    b'"' => string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        done = depth == 0;
                    }
                    b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => {
                        self.at -= 1;
                        done = true;
                    }
                    b'\n' => self.line += 1,
                    _ => {}
                }
            }
            if let Err(reason) = take(&self.chunk[begin..self.at]) {
                return Err(self.fault(&reason));
            }
            if done {
                return Ok(());
            }
        }
    }
}

/// A place to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    offset: u64,
    line: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::MemoryFiles;

    fn open(text: &str) -> Result<Elements, ExchangeError> {
        let files = MemoryFiles([("x.json".to_owned(), text.as_bytes().to_vec())].into());
        Elements::open(&files, "x.json")
    }

    #[test]
    fn elements_come_one_by_one_and_again() {
        let text = "{\"a\": 1,\n \"b\" : [ {\"x\": \"]}\\\"\"},\n[1,[2]] , 3 ],\"c\":[],\"d\":[\"e\"]}";
        let mut file = open(text).unwrap();
        let (mut bytes, mut found, mut places) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(key) = file.key().unwrap() {
            if key == "a" {
                file.skip().unwrap();
                continue;
            }
            assert!(file.array().unwrap());
            while let Some(place) = file.element(&mut bytes).unwrap() {
                found.push(String::from_utf8(bytes.clone()).unwrap());
                places.push(place);
            }
        }
        assert_eq!(found, ["{\"x\": \"]}\\\"\"}", "[1,[2]]", "3", "\"e\""]);
        assert_eq!(places.iter().map(|place| place.line).collect::<Vec<_>>(), [2, 3, 3, 3]);
        for (place, text) in places.into_iter().zip(&found).rev() {
            file.again(place, &mut bytes).unwrap();
            assert_eq!(bytes, text.as_bytes());
        }
    }

    #[test]
    fn elements_longer_than_a_chunk_are_whole() {
        let long = "y".repeat(3 * CHUNK);
        let mut file = open(&format!("{{\"a\":[\"{long}\", 1]}}")).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(file.key().unwrap().as_deref(), Some("a"));
        assert!(file.array().unwrap());
        assert_eq!(file.element(&mut bytes).unwrap().unwrap().length as usize, long.len() + 2);
        assert_eq!((file.element(&mut bytes).unwrap().is_some(), &bytes[..]), (true, &b"1"[..]));
    }

    #[test]
    fn broken_files_are_told_with_their_line() {
        for text in ["", "[1]", "{\"a\" 1}", "{\"a\":[1", "{\"a\":[1 2]}", "{\"a\":\n[1,]}", "{a:1}", "{\"a\":[\"x"] {
            let all = || {
                let mut file = open(text)?;
                let mut bytes = Vec::new();
                while file.key()?.is_some() {
                    if file.array()? {
                        while file.element(&mut bytes)?.is_some() {}
                    }
                }
                Ok(())
            };
            let error: Result<(), ExchangeError> = all();
            assert!(matches!(error, Err(ExchangeError::File { line: Some(_), .. })), "{text}: {error:?}");
        }
    }
}
