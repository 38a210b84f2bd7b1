//! Pascal VOC: boxes as XML, classes and objects as PNGs with a palette, and lists of images.
//!
//! `JPEGImages/NAME`, `Annotations/STEM.xml`, `SegmentationClass/STEM.png` and `SegmentationObject/STEM.png` for images with areas, and
//! `ImageSets/Main/train.txt` (`ImageSets/Segmentation/train.txt` for those with masks), `val` and `test` alike, `default` for images
//! without a subset. The values of class masks are class indices, 0 is background and 255 void; `labelmap.txt` has the colours.
//! Coordinates in XML count pixels from 1, and the last pixel belongs to the box.
//!
//! Source: the development kit of <http://host.robots.ox.ac.uk/pascal/VOC/voc2012/>.

mod labelmap;
mod reader;
mod sets;
mod writer;
mod xml;

use super::registry::{Format, FormatOption, Holds};

/// Boxes, class masks and object masks.
pub static FORMAT: Format = Format {
    id: "voc",
    title: "Pascal VOC",
    about: "Boxes as XML, masks of classes and of objects as PNGs with a palette, and lists of images.",
    holds: HOLDS,
    options: &[
        FormatOption::PICTURES,
        FormatOption::choice("palette", &["classes", "voc"], "Colours of class masks: those of the classes, or VOC's own by index."),
        FormatOption::flag("zero_based", false, "Take coordinates in XML as counted from 0, as many newer tools write them.").for_reading(),
    ],
    writer: Some(writer::make),
    reader: Some(reader::make),
    detect: |clues| {
        let folder = |name: &str| {
            name.contains("Annotations/") && name.ends_with(".xml") || name.contains("SegmentationClass/") && name.ends_with(".png")
        };
        clues.names.iter().any(|name| folder(name))
    },
};

const HOLDS: Holds = Holds {
    polygons: false,
    holes: true,
    parts: true,
    masks: true,
    boxes: true,
    points: false,
    tags: false,
    void: true,
    instances: true,
    confidence: false,
    attributes: false,
    subsets: true,
};

/// The most objects of one image that 8 bits can tell apart: 0 is none and 255 void.
const MOST_OBJECTS: u32 = 254;
