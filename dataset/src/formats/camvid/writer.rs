//! Writing pictures, masks and lists.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{HOLDS, colors, lists};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::png_masks::{Palette, palette, png_palette8};
use crate::formats::support::{Painted, check, count_unsaid, is_area, resume, settings, word_of};
use crate::schema::{BACKGROUND, Schema, VOID};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true }
    }
}

struct Writer {
    schema: Schema,
    palette: Box<Palette>,
    options: Options,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let palette = Box::new(palette(schema));
    Ok(Box::new(Writer { schema: schema.clone(), palette, options: settings(options)?, losses: resume(state)? }))
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let painted = Painted::new(item, is_area);
        let classes = painted.classes(BACKGROUND, VOID);
        let mask = png_palette8(item.width, item.height, &classes, &self.palette);
        let mask = mask.map_err(|error| ExchangeError::image(&item.name, error))?;
        let folder = word_of(item.subset);
        let (image, annotation) = (format!("{folder}/{}", item.name), format!("{folder}annot/{}.png", stem(&item.name)));
        out.put(&annotation, &mask).map_err(ExchangeError::io(&*annotation))?;
        if self.options.pictures {
            out.put(&image, picture).map_err(ExchangeError::io(&*image))?;
        }
        let list = format!("{folder}.txt");
        out.append(&list, lists::line(&image, &annotation).as_bytes()).map_err(ExchangeError::io(list))?;
        painted.count(&self.schema, None, &mut self.losses);
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
        let classes = classes_json(&self.schema).map_err(|error| ExchangeError::Format(error.to_string()))?;
        out.put(CLASSES_FILE, classes.as_bytes()).map_err(ExchangeError::io(CLASSES_FILE))?;
        out.put(colors::FILE, colors::text(&self.schema).as_bytes()).map_err(ExchangeError::io(colors::FILE))?;
        Ok(self.losses)
    }
}
