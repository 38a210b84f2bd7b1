//! What stands before the annotations: the labels, and the size of a video.

use super::events::{Events, Next, Tag};
use crate::exchange::{ExchangeError, Input};
use crate::formats::support::{NamesFound, rgb};

/// What a file begins with.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub labels: Vec<(String, Option<[u8; 3]>)>,
    /// Width and height of a video.
    pub size: Option<(u32, u32)>,
    /// Where the first image or track is; none if there is none.
    pub first: Option<(bool, u64)>,
}

impl Header {
    pub fn read(input: &dyn Input, file: &str) -> Result<Self, ExchangeError> {
        let mut events = Events::open(input, file, 0, 1 << 16)?;
        let mut header = Self::default();
        let (mut width, mut height) = (None, None);
        loop {
            match events.next(input)? {
                Next::Start(tag) if events.path().len() == 1 && tag.name != "annotations" => {
                    return Err(events.wrong(input, format!("'annotations' was expected instead of '{}'", tag.name)));
                }
                Next::Start(Tag { name, offset, .. }) if events.path().len() == 2 && matches!(&*name, "image" | "track") => {
                    header.first = Some((name == "track", offset));
                    break;
                }
                Next::Start(tag) => {
                    if tag.name == "label" && header.labels.len() < 10_000 {
                        header.labels.push((String::new(), None));
                    }
                }
                Next::End(name, text) => {
                    let parent = events.path().last().map_or("", String::as_str);
                    let text = text.trim();
                    match (parent, &*name, header.labels.last_mut()) {
                        ("label", "name", Some(label)) => text.clone_into(&mut label.0),
                        ("label", "color", Some(label)) => label.1 = rgb(text),
                        ("original_size", "width", _) => width = text.parse().ok(),
                        ("original_size", "height", _) => height = text.parse().ok(),
                        _ => {}
                    }
                }
                Next::Done => break,
            }
        }
        header.size = width.zip(height);
        header.labels.retain(|(name, _)| !name.is_empty());
        Ok(header)
    }
}

/// The labels of all shapes, for files that list none.
pub(super) fn labels_used(input: &dyn Input, file: &str, names: &mut NamesFound) -> Result<(), ExchangeError> {
    let mut events = Events::open(input, file, 0, 1 << 16)?;
    loop {
        match events.next(input)? {
            Next::Start(tag) => {
                if let Some(label) = tag.get("label") {
                    names.add(label);
                }
            }
            Next::End(..) => {}
            Next::Done => return Ok(()),
        }
    }
}
