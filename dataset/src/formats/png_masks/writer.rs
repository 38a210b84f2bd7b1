//! Writing pictures, class masks and instance masks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{HOLDS, Palette, palette, png_gray8, png_gray16, png_palette8};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::support::{Painted, check, count_unsaid, in_folder, is_area, resume, settings, thing_numbers};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
    palette: bool,
    instances: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, palette: true, instances: true }
    }
}

#[derive(Debug)]
struct Writer {
    schema: Schema,
    palette: Box<Palette>,
    options: Options,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let mut options: Options = settings(options)?;
    options.instances &= schema.classes.iter().any(|class| class.kind == ClassKind::Thing);
    Ok(Box::new(Writer { schema: schema.clone(), palette: Box::new(palette(schema)), options, losses: resume(state)? }))
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let (width, height) = (item.width, item.height);
        let unwritable = |error: png::EncodingError| ExchangeError::image(&item.name, error);
        let painted = Painted::new(item, is_area);
        let classes = painted.classes(BACKGROUND, VOID);
        let mask =
            if self.options.palette { png_palette8(width, height, &classes, &self.palette) } else { png_gray8(width, height, &classes) };
        let mask = mask.map_err(unwritable)?;
        let mut put = |folder: &str, name: &str, bytes: &[u8]| {
            let path = format!("{folder}/{}", in_folder(item.subset, name));
            out.put(&path, bytes).map_err(ExchangeError::io(path))
        };
        let png = format!("{}.png", stem(&item.name));
        if self.options.instances {
            let numbers = thing_numbers(&item.shapes, &self.schema, u32::from(u16::MAX));
            let map = painted.map(0, |index| numbers[index] as u16);
            put("instances", &png, &png_gray16(width, height, &map).map_err(unwritable)?)?;
            painted.count(&self.schema, Some(&numbers), &mut self.losses);
        } else {
            painted.count(&self.schema, None, &mut self.losses);
        }
        put("masks", &png, &mask)?;
        if self.options.pictures {
            put("images", &item.name, picture)?;
        }
        count_unsaid(item, HOLDS, &mut self.losses);
        Ok(true)
    }

    fn state(&self) -> Value {
        json!(self.losses)
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }

    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        let text = classes_json(&self.schema).map_err(|error| ExchangeError::Format(error.to_string()))?;
        out.put(CLASSES_FILE, text.as_bytes()).map_err(ExchangeError::io(CLASSES_FILE))?;
        Ok(self.losses)
    }
}
