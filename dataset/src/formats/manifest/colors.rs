//! The colours of masks.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::exchange::Origin;
use crate::formats::png_masks::Palette;
use crate::formats::support::rgb;
use crate::schema::{BACKGROUND, Schema, VOID};

/// What Ground Truth calls pixels without a class.
pub(super) const BACKGROUND_NAME: &str = "BACKGROUND";

/// What we call pixels that were not labeled, which Ground Truth doesn't know.
pub(super) const VOID_NAME: &str = "VOID";

/// The palette of the masks: the classes' own colours, white for background, light gray for void. A colour that another class has already
/// becomes the next free one.
pub(super) fn palette(schema: &Schema) -> Palette {
    let mut palette = [[0; 3]; 256];
    (palette[usize::from(BACKGROUND)], palette[usize::from(VOID)]) = ([255; 3], [224; 3]);
    let mut used = HashSet::from([[255; 3], [224; 3]]);
    for class in &schema.classes {
        let [r, g, b] = rgb(&class.color).unwrap_or_default();
        let mut color = u32::from_be_bytes([0, r, g, b]);
        let free = loop {
            let [_, r, g, b] = color.to_be_bytes();
            if used.insert([r, g, b]) {
                break [r, g, b];
            }
            color = (color + 1) & 0xff_ffff;
        };
        palette[usize::from(class.index)] = free;
    }
    palette
}

/// The `internal-color-map` of a mask with those classes in it.
pub(super) fn color_map(schema: &Schema, palette: &Palette, void: bool, origin: &Origin) -> Map<String, Value> {
    let names = schema.classes.iter().map(|class| (class.index, &*class.name));
    let all = [(BACKGROUND, BACKGROUND_NAME)].into_iter().chain(names).chain(void.then_some((VOID, VOID_NAME)));
    let entry = |(index, name): (u8, &str)| {
        let [r, g, b] = palette[usize::from(index)];
        let mut entry = json!({"class-name": name, "hex-color": format!("#{r:02x}{g:02x}{b:02x}")});
        if let Some(confidence) = origin.confidence {
            entry["confidence"] = json!(confidence);
        }
        (index.to_string(), entry)
    };
    all.map(entry).collect()
}
