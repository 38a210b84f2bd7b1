//! Where the shapes of a video's frames are: a few numbers for each.

use super::events::{Events, Next, Tag};
use crate::exchange::{ExchangeError, Input};

/// One shape of a track at one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub frame: u32,
    pub z: i32,
    pub offset: u64,
    /// Counted from 1.
    pub track: u32,
    pub label: u32,
    key: bool,
}

/// The shapes of all frames that are images.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    /// By frames, and within them from bottom to top.
    pub entries: Vec<Entry>,
    pub labels: Vec<String>,
    /// How many tracks there are, and how many frames without a key frame were left out.
    pub tracks: u32,
    pub skipped: u64,
}

impl Tracks {
    pub fn read(input: &dyn Input, file: &str, first: u64) -> Result<Self, ExchangeError> {
        let mut events = Events::open(input, file, 0, 1 << 16)?;
        let (mut tracks, mut label) = (Self::default(), 0);
        loop {
            match events.next(input)? {
                Next::Start(tag) if tag.offset < first || events.path().first().is_none_or(|root| root != "annotations") => {}
                Next::Start(tag) => match events.path().len() {
                    2 if tag.name == "track" => {
                        tracks.tracks = tracks.tracks.saturating_add(1);
                        label = tracks.label(tag.get("label").unwrap_or_default());
                    }
                    3 if events.path()[1] == "track" => {
                        let entry = tracks.entry(&tag, label).ok_or_else(|| events.wrong(input, "a shape of a track has no frame"))?;
                        // Where a track is outside, it has no shape.
                        if tag.get("outside") != Some("1") {
                            tracks.entries.push(entry);
                        }
                    }
                    _ => {}
                },
                Next::End(..) => {}
                Next::Done => break,
            }
        }
        tracks.entries.sort_by_key(|entry| (entry.frame, entry.z, entry.offset));
        tracks.keep_key_frames();
        Ok(tracks)
    }

    fn label(&mut self, name: &str) -> u32 {
        let at = self.labels.iter().position(|known| known == name).unwrap_or_else(|| {
            self.labels.push(name.to_owned());
            self.labels.len() - 1
        });
        at as u32
    }

    fn entry(&self, tag: &Tag, label: u32) -> Option<Entry> {
        let z = tag.get("z_order").and_then(|z| z.trim().parse().ok()).unwrap_or(0);
        let key = tag.get("keyframe") != Some("0");
        Some(Entry { frame: tag.get("frame")?.trim().parse().ok()?, z, offset: tag.offset, track: self.tracks, label, key })
    }

    fn keep_key_frames(&mut self) {
        let mut kept = Vec::with_capacity(self.entries.len());
        for frame in self.entries.chunk_by(|one, other| one.frame == other.frame) {
            if frame.iter().any(|entry| entry.key) {
                kept.extend_from_slice(frame);
            } else {
                self.skipped += 1;
            }
        }
        self.entries = kept;
    }
}
