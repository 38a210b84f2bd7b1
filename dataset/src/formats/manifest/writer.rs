//! Writing manifests, or hands to the writer of the other layout.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::colors::{color_map, palette};
use super::outputs::{box_attribute, boxes, class_attribute, metadata};
use super::sagemaker;
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, ClassOrder, classes_json};
use crate::formats::png_masks::{Palette, png_palette8};
use crate::formats::support::{Painted, check, format_time, is_area, resume, settings};
use crate::schema::{BACKGROUND, Schema, Subset, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Areas {
    #[default]
    Masks,
    Boxes,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Layout {
    #[default]
    Manifest,
    Sagemaker,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    pub pictures: bool,
    areas: Areas,
    layout: Layout,
    #[serde(deserialize_with = "base")]
    base: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, areas: Areas::default(), layout: Layout::default(), base: String::new() }
    }
}

/// A text, or a list of one, with a slash at its end.
fn base<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Base {
        One(String),
        List(Vec<String>),
    }
    let text = match Base::deserialize(deserializer)? {
        Base::One(text) => text,
        Base::List(mut list) if list.len() <= 1 => list.pop().unwrap_or_default(),
        Base::List(_) => return Err(serde::de::Error::custom("'base' is one address")),
    };
    Ok(if text.is_empty() || text.ends_with('/') { text } else { text + "/" })
}

struct Writer {
    schema: Schema,
    order: ClassOrder,
    palette: Palette,
    options: Options,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let options: Options = settings(options)?;
    if options.layout == Layout::Sagemaker {
        return sagemaker::make(schema, options.pictures, state);
    }
    let schema = schema.clone();
    let (order, palette) = (ClassOrder::new(&schema), palette(&schema));
    Ok(Box::new(Writer { schema, order, palette, options, losses: resume(state)? }))
}

/// The name of a subset's manifest.
fn manifest(subset: Option<Subset>) -> &'static str {
    match subset {
        Some(Subset::Train) => "manifests/train.manifest",
        Some(Subset::Validation) => "manifests/validation.manifest",
        Some(Subset::Test) => "manifests/test.manifest",
        None => "manifests/default.manifest",
    }
}

/// Counts what has no place here.
fn count(item: &Item, areas: Areas, losses: &mut Losses) {
    let (name, origin) = (&item.name, &item.origin);
    let masks = areas == Areas::Masks;
    let lost = |shape: &Shape| masks && is_area(shape) && shape.confidence.is_some();
    losses.add_many(Loss::Confidence, name, u64::from(item.shapes.iter().any(lost)));
    losses.add_many(Loss::Attributes, name, u64::from(item.shapes.iter().any(|shape| !shape.attributes.is_empty())));
    let undated = origin.created_ms.is_some_and(|time| format_time(time).is_none());
    losses.add_many(Loss::Origin, name, u64::from(undated || (!masks && origin.confidence.is_some())));
    for shape in &item.shapes {
        match shape.geometry {
            Geometry::Point { .. } => losses.add(Loss::Points, name),
            Geometry::Polygon(_) | Geometry::Mask(_) if masks => {}
            _ if shape.class == VOID => losses.add(Loss::Void, name),
            _ => {}
        }
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let masks = self.options.areas == Areas::Masks;
        let mut losses = std::mem::take(&mut self.losses);
        let boxes = boxes(item, &self.schema, !masks, &mut losses);
        let class = class_attribute(item, &self.schema, &self.order, &mut losses);
        count(item, self.options.areas, &mut losses);
        let mut files = Vec::new();
        let mut parts = vec![("source-ref".to_owned(), json!(format!("{}images/{}", self.options.base, item.name)))];
        let mut attribute = |name: &str, value: Value, metadata: Value| {
            parts.push((name.to_owned(), value));
            parts.push((format!("{name}-metadata"), metadata));
        };
        if masks {
            let painted = Painted::new(item, is_area);
            painted.count(&self.schema, None, &mut losses);
            let classes = painted.classes(BACKGROUND, VOID);
            let png = png_palette8(item.width, item.height, &classes, &self.palette);
            let path = format!("masks/{}.png", stem(&item.name));
            let mut metadata = metadata("semantic-segmentation", &item.origin);
            let map = color_map(&self.schema, &self.palette, classes.contains(&VOID), &item.origin);
            metadata.insert("internal-color-map".to_owned(), map.into());
            attribute("labels-ref", json!(format!("{}{path}", self.options.base)), metadata.into());
            files.push((path, png.map_err(|error| ExchangeError::image(&item.name, error))?));
        }
        if !boxes.is_empty() || !masks {
            let (value, metadata) = box_attribute(&boxes, item, &self.schema, &self.order);
            attribute("boxes", value, metadata);
        }
        if let Some((name, value, metadata)) = class {
            attribute(name, value, metadata);
        }
        self.losses = losses;
        for (path, bytes) in files {
            out.put(&path, &bytes).map_err(ExchangeError::io(path))?;
        }
        if self.options.pictures {
            let path = format!("images/{}", item.name);
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
        let part = |(name, value): (String, Value)| format!("{}:{value}", Value::String(name));
        let line = format!("{{{}}}\n", parts.into_iter().map(part).collect::<Vec<_>>().join(","));
        let path = manifest(item.subset);
        out.append(path, line.as_bytes()).map_err(ExchangeError::io(path))?;
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
        Ok(self.losses)
    }
}
