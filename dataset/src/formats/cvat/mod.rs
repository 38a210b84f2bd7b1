//! CVAT's XML 1.1, 'for images' and 'for video'. It is read only.
//!
//! `annotations.xml` with pictures below `images/`. Of a video each frame at which a track has a key frame is an image, with all shapes
//! that the file has of that frame, and is called `frame_000000`; a track's number, counted from 1, is the number of the thing.
//!
//! Source: <https://docs.cvat.ai/docs/manual/advanced/xml_format/>.

mod events;
mod header;
mod reader;
mod shapes;
mod tracks;

use super::registry::{Format, FormatOption, Holds};

/// CVAT's own XML.
pub static FORMAT: Format = Format {
    id: "cvat",
    title: "CVAT XML 1.1",
    about: "CVAT's own XML, for images and for video.",
    holds: HOLDS,
    options: &[] as &[FormatOption],
    writer: None,
    reader: Some(reader::make),
    detect: |clues| {
        let files = clues.names.iter().filter(|name| name.ends_with(".xml") && name.matches('/').count() <= 1);
        files.take(3).any(|name| String::from_utf8_lossy(&clues.head(name, 1 << 10)).contains("<annotations>"))
    },
};

const HOLDS: Holds = Holds {
    polygons: true,
    holes: false,
    parts: false,
    masks: true,
    boxes: true,
    points: true,
    tags: true,
    void: false,
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};
