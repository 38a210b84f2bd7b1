//! Colours: VOC's own palette, and `labelmap.txt`, in which later tools name the classes (`name:r,g,b:parts:actions`).

use std::fmt::Write as _;

use crate::exchange::{ExchangeError, Input};
use crate::formats::classes::read_classes;
use crate::formats::png_masks::{Palette, palette};
use crate::formats::support::{Values, class_named, read_text, usable};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};

pub(super) const FILE: &str = "labelmap.txt";

/// The classes of the original datasets by index from 1.
pub(super) const CLASSES: [&str; 20] = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
];

/// VOC's palette: the bits of the index are spread over the high bits of the three colours.
pub(super) fn voc_palette() -> Palette {
    let mut palette = [[0; 3]; 256];
    for (index, color) in palette.iter_mut().enumerate() {
        for bit in 0..8 {
            let place = 7 - bit / 3;
            color[bit % 3] |= (((index >> bit) & 1) as u8) << place;
        }
    }
    palette
}

/// The palette of class masks: the classes' own colours, with the light yellowish gray of VOC for void.
pub(super) fn class_palette(schema: &Schema) -> Palette {
    let mut palette = palette(schema);
    palette[usize::from(VOID)] = [224, 224, 192];
    palette
}

/// The text of `labelmap.txt`.
pub(super) fn text(schema: &Schema, palette: &Palette) -> String {
    let mut text = "# label:color_rgb:parts:actions\nbackground:0,0,0::\n".to_owned();
    for class in &schema.classes {
        let [r, g, b] = palette[usize::from(class.index)];
        // The name is a field between colons, on a line.
        let name: String = class.name.chars().map(|c| if c == ':' || c.is_control() { '_' } else { c }).collect();
        let _ = writeln!(text, "{name}:{r},{g},{b}::");
    }
    text + "void:224,224,192::\n"
}

/// The classes and what the values and colours of masks stand for; none if nothing in the dataset names the classes.
pub(super) fn read(input: &dyn Input, root: &str) -> Result<Option<(Schema, Values)>, ExchangeError> {
    if let Some(schema) = read_classes(input)? {
        let mut values = Values::indices(&schema);
        let palette = voc_palette();
        schema.classes.iter().for_each(|class| values.add(class.index, Some(palette[usize::from(class.index)]), class.index));
        return Ok(Some((schema, values)));
    }
    let file = format!("{root}{FILE}");
    let Some(text) = read_text(input, &file)? else { return Ok(None) };
    let (mut classes, mut values) = (Vec::new(), Values::none());
    values.add(VOID, Some([224, 224, 192]), VOID);
    let lines = (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    for (value, (number, line)) in lines.enumerate() {
        let wrong = |reason: &str| ExchangeError::file(&*file, Some(number), reason);
        let value = u8::try_from(value).ok().filter(|&value| value < VOID).ok_or_else(|| wrong("there are more than 254 classes"))?;
        let mut fields = line.split(':');
        let name = fields.next().unwrap_or_default().trim();
        let numbers: Vec<u8> = fields.next().unwrap_or_default().split(',').filter_map(|n| n.trim().parse().ok()).collect();
        let color = <[u8; 3]>::try_from(numbers).ok();
        let class = match name {
            "background" => BACKGROUND,
            "void" | "ignored" => VOID,
            _ => {
                classes.push(class_named(classes.len() as u8 + 1, name, color, ClassKind::Thing));
                classes.len() as u8
            }
        };
        values.add(value, color, class);
    }
    let schema = usable(classes).map_err(|reason| ExchangeError::file(&*file, None, reason))?;
    Ok(Some((schema, values)))
}

/// The classes of a dataset that doesn't name them, but for its objects: VOC's own if all of these are, else the objects' in the order of
/// the alphabet.
pub(super) fn guessed(mut names: Vec<String>) -> Result<(Schema, Values), ExchangeError> {
    names.sort_unstable();
    names.dedup();
    if names.iter().all(|name| CLASSES.contains(&name.as_str())) {
        names = CLASSES.map(str::to_owned).to_vec();
    }
    if names.len() > 254 {
        return Err(ExchangeError::Format("the objects are of more than 254 classes".into()));
    }
    let palette = voc_palette();
    let class = |(index, name): (u8, &String)| class_named(index, name, Some(palette[usize::from(index)]), ClassKind::Thing);
    let schema = usable((1..).zip(&names).map(class).collect()).map_err(ExchangeError::Format)?;
    let values = Values::indices(&schema);
    Ok((schema, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_is_that_of_the_development_kit() {
        let palette = voc_palette();
        assert_eq!((palette[0], palette[1], palette[2], palette[3]), ([0; 3], [128, 0, 0], [0, 128, 0], [128, 128, 0]));
        assert_eq!((palette[8], palette[15], palette[20], palette[255]), ([64, 0, 0], [192, 128, 128], [0, 64, 128], [224, 224, 192]));
    }
}
