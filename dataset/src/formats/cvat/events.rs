//! XML of any size, tag by tag.

use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use crate::exchange::{ExchangeError, Input, ReadSeek};
use crate::formats::support::MAX_TEXT;

/// Tags within tags at most.
const DEEPEST: usize = 32;

/// What comes next in a file. Empty elements are a start and an end.
#[derive(Debug)]
pub(super) enum Next {
    Start(Tag),
    /// The text within the element that ends, without what its children have.
    End(String, String),
    Done,
}

/// The start of an element.
#[derive(Debug, Default)]
pub(super) struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A file that is read; one tag or text is no longer than a limit.
struct Limited {
    file: BufReader<Box<dyn ReadSeek>>,
    left: u64,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("one tag or text has more than {MAX_TEXT} bytes")));
        }
        self.file.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.left = self.left.saturating_sub(length as u64);
        self.file.consume(length);
    }
}

/// Walks through one file.
pub(super) struct Events {
    name: String,
    reader: Reader<Limited>,
    /// Where reading began.
    base: u64,
    path: Vec<String>,
    content: String,
    buffer: Vec<u8>,
}

impl Events {
    /// Begins a file at a place where an element begins.
    pub fn open(input: &dyn Input, name: &str, base: u64, ahead: usize) -> Result<Self, ExchangeError> {
        let mut file = input.open(name).map_err(ExchangeError::io(name))?;
        file.seek(SeekFrom::Start(base)).map_err(ExchangeError::io(name))?;
        let mut reader = Reader::from_reader(Limited { file: BufReader::with_capacity(ahead, file), left: MAX_TEXT });
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { name: name.to_owned(), reader, base, path: Vec::new(), content: String::new(), buffer: Vec::new() })
    }

    /// The names of the elements at hand, the innermost last.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// A fault at the place at hand.
    pub fn wrong(&self, input: &dyn Input, reason: impl std::fmt::Display) -> ExchangeError {
        let place = self.base + self.reader.buffer_position();
        ExchangeError::file(&*self.name, line_at(input, &self.name, place), reason)
    }

    pub fn next(&mut self, input: &dyn Input) -> Result<Next, ExchangeError> {
        loop {
            self.reader.get_mut().left = MAX_TEXT;
            let offset = self.base + self.reader.buffer_position();
            self.buffer.clear();
            let mut buffer = std::mem::take(&mut self.buffer);
            let taken = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => take(event, &mut self.content),
                Err(error) => Err(error.to_string()),
            };
            self.buffer = buffer;
            match taken.map_err(|reason| self.wrong(input, reason))? {
                Taken::Start(name, attributes) => {
                    self.path.push(name.clone());
                    if self.path.len() > DEEPEST {
                        return Err(self.wrong(input, format!("tags lie within more than {DEEPEST} others")));
                    }
                    self.content.clear();
                    return Ok(Next::Start(Tag { name, attributes, offset }));
                }
                Taken::End => {
                    let name = self.path.pop().ok_or_else(|| self.wrong(input, "an element ends that never began"))?;
                    return Ok(Next::End(name, std::mem::take(&mut self.content)));
                }
                Taken::More if self.content.len() as u64 > MAX_TEXT => {
                    return Err(self.wrong(input, format!("one text has more than {MAX_TEXT} bytes")));
                }
                Taken::More => {}
                Taken::Done if self.path.is_empty() => return Ok(Next::Done),
                Taken::Done => return Err(self.wrong(input, "the file ends too early")),
            }
        }
    }
}

enum Taken {
    Start(String, Vec<(String, String)>),
    End,
    More,
    Done,
}

fn take(event: Event<'_>, content: &mut String) -> Result<Taken, String> {
    Ok(match event {
        Event::Start(tag) => Taken::Start(tag.name().as_ref().to_owned(), attributes(&tag)?),
        Event::End(_) => Taken::End,
        Event::Text(part) => {
            content.push_str(&part);
            Taken::More
        }
        Event::CData(part) => {
            content.push_str(&part);
            Taken::More
        }
        // Only XML's own five entities are known: what a file defines itself is never expanded.
        Event::GeneralRef(entity) => {
            let character = entity.resolve_char_ref().map_err(|error| error.to_string())?.map(String::from);
            let resolved = character.or_else(|| resolve_xml_entity(&entity).map(str::to_owned));
            content.push_str(&resolved.ok_or_else(|| format!("the entity '{}' is not known", &*entity))?);
            Taken::More
        }
        Event::Eof => Taken::Done,
        _ => Taken::More,
    })
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, String> {
    let attribute = |attribute: Result<quick_xml::events::attributes::Attribute<'_>, _>| {
        let attribute = attribute.map_err(|error: quick_xml::events::attributes::AttrError| error.to_string())?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).map_err(|error| error.to_string())?;
        Ok((attribute.key.as_ref().to_owned(), value.into_owned()))
    };
    tag.attributes().map(attribute).collect()
}

/// The line of a byte, if the file can be read again.
pub(super) fn line_at(input: &dyn Input, name: &str, place: u64) -> Option<u64> {
    let mut file = input.open(name).ok()?.take(place);
    let (mut chunk, mut line) = (vec![0; 1 << 16], 1);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Some(line),
            Ok(read) => line += chunk[..read].iter().filter(|&&byte| byte == b'\n').count() as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}
