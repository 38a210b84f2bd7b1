//! What the values, or the colours, of other people's class masks stand for.

use std::collections::HashMap;

use super::colors::rgb;
use crate::formats::png_masks::{MAX_MASK_PIXELS, MaskPng, MaskPngError, read_mask_png, read_rgb_png};
use crate::raster::ClassMap;
use crate::schema::{BACKGROUND, Schema, VOID};

/// Values of masks to class indices.
pub(crate) struct Values {
    classes: [Option<u8>; 256],
    colors: HashMap<[u8; 3], u8>,
}

impl Values {
    /// Nothing is known.
    pub fn none() -> Self {
        Self { classes: [None; 256], colors: HashMap::new() }
    }

    /// Values are class indices, colours those of the classes; background is black, and void one of the two light grays that are used.
    pub fn indices(schema: &Schema) -> Self {
        let mut values = Self::none();
        values.add(BACKGROUND, Some([0; 3]), BACKGROUND);
        values.add(VOID, Some([224; 3]), VOID);
        values.colors.insert([224, 224, 192], VOID);
        for class in &schema.classes {
            values.add(class.index, rgb(&class.color), class.index);
        }
        values
    }

    /// A value and a colour, of which the first one that says it counts.
    pub fn add(&mut self, value: u8, color: Option<[u8; 3]>, class: u8) {
        self.classes[usize::from(value)].get_or_insert(class);
        if let Some(color) = color {
            self.colors.entry(color).or_insert(class);
        }
    }

    /// Reads a mask: by its values if it is gray or has a palette, else by its colours.
    pub fn read(&self, bytes: &[u8]) -> Result<ClassMap, String> {
        let mut unknown = None;
        let map = match read_mask_png(bytes, MAX_MASK_PIXELS) {
            Ok(MaskPng::Classes(mut map)) => {
                for value in &mut map.classes {
                    *value = self.classes[usize::from(*value)].unwrap_or_else(|| {
                        unknown = Some(value.to_string());
                        BACKGROUND
                    });
                }
                map
            }
            Ok(MaskPng::Instances(_)) => return Err("a class mask has 8 bits a pixel, but this one has 16".to_owned()),
            Err(MaskPngError::Kind { .. }) => {
                let ((width, height), pixels) = read_rgb_png(bytes, MAX_MASK_PIXELS).map_err(|error| error.to_string())?;
                let class = |rgb: &[u8]| {
                    let color = [rgb[0], rgb[1], rgb[2]];
                    self.colors.get(&color).copied().unwrap_or_else(|| {
                        unknown = Some(format!("{color:?}"));
                        BACKGROUND
                    })
                };
                ClassMap { width, height, classes: pixels.chunks_exact(3).map(class).collect() }
            }
            Err(error) => return Err(error.to_string()),
        };
        match unknown {
            Some(value) => Err(format!("the value {value} is not one of the classes")),
            None => Ok(map),
        }
    }
}
