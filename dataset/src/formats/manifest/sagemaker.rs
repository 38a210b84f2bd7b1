//! The folders of SageMaker's semantic segmentation in File mode: `train`, `train_annotation`, `validation`, `validation_annotation`, and
//! `label_map`, which turns class indices into the labels without gaps that the algorithm counts. It reads JPEG only.

use serde_json::{Map, Value, json};

use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::png_masks::{Palette, palette, png_palette8};
use crate::formats::registry::Holds;
use crate::formats::support::{Painted, check, count_unsaid, is_area, resume};
use crate::schema::{BACKGROUND, Schema, Subset, VOID};

const HOLDS: Holds = Holds { boxes: false, tags: false, confidence: false, ..super::HOLDS };

struct Writer {
    schema: Schema,
    palette: Palette,
    pictures: bool,
    losses: Losses,
}

pub(super) fn make(schema: &Schema, pictures: bool, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let mut schema = schema.clone();
    schema.classes.sort_by_key(|class| class.index);
    Ok(Box::new(Writer { palette: palette(&schema), schema, pictures, losses: resume(state)? }))
}

impl Writer {
    /// Values of masks to labels from 0: background, then the classes; void stays as it is and is not trained on.
    fn label_map(&self) -> String {
        let classes = [BACKGROUND].into_iter().chain(self.schema.classes.iter().map(|class| class.index));
        let mut map: Map<String, Value> = classes.enumerate().map(|(label, index)| (index.to_string(), json!(label))).collect();
        map.insert(VOID.to_string(), json!(VOID));
        json!({"map": map}).to_string() + "\n"
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        if self.pictures && !picture.starts_with(&[0xff, 0xd8]) {
            return Err(ExchangeError::image(
                &item.name,
                "SageMaker's File mode reads JPEG pictures only; export manifests, or convert it",
            ));
        }
        let painted = Painted::new(item, is_area);
        let png = png_palette8(item.width, item.height, &painted.classes(BACKGROUND, VOID), &self.palette);
        let png = png.map_err(|error| ExchangeError::image(&item.name, error))?;
        painted.count(&self.schema, None, &mut self.losses);
        count_unsaid(item, HOLDS, &mut self.losses);
        if item.subset.is_none() {
            // It has to be one or the other here.
            self.losses.add(Loss::Subset, &item.name);
        }
        let folder = match item.subset {
            Some(Subset::Validation) => "validation",
            Some(Subset::Test) => "test",
            Some(Subset::Train) | None => "train",
        };
        let mut put = |path: String, bytes: &[u8]| out.put(&path, bytes).map_err(ExchangeError::io(path));
        put(format!("{folder}_annotation/{}.png", stem(&item.name)), &png)?;
        if self.pictures {
            // Whatever its ending was, the algorithm looks for this one.
            put(format!("{folder}/{}.jpg", stem(&item.name)), picture)?;
        }
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
        let map = self.label_map();
        let mut put = |name: &str, text: &str| out.put(name, text.as_bytes()).map_err(ExchangeError::io(name));
        put(CLASSES_FILE, &classes)?;
        put("label_map/train_label_map.json", &map)?;
        put("label_map/validation_label_map.json", &map)?;
        Ok(self.losses)
    }
}
