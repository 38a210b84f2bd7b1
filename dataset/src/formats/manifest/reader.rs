//! Reading, line by line.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::answers;
use super::attributes::{Attribute, Kind, chosen};
use super::colors::{BACKGROUND_NAME, VOID_NAME};
use super::known::classes_in;
use super::lines::{Found, Line, Lines, manifests};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, stem};
use crate::formats::classes::read_classes;
use crate::formats::png_masks::{MAX_MASK_PIXELS, read_rgb_png};
use crate::formats::support::{
    MAX_MASK_FILE, Read, by_name, locate, numbered, path_of, picture_size, read_whole, rgb, settings, shapes_of_pixels, subset_named,
    thing_key,
};
use crate::geometry::Mask;
use crate::schema::{BACKGROUND, Schema, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    attributes: Vec<String>,
}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    names: HashMap<String, u8>,
    options: Options,
    lines: Lines,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let options: Options = settings(options)?;
    let files = manifests(&input.list("").map_err(ExchangeError::io("the dataset"))?);
    if files.is_empty() {
        return Err(ExchangeError::Format("there is no manifest: a file whose name ends with '.manifest' or '.jsonl'".into()));
    }
    let schema = match read_classes(input.as_ref())? {
        Some(schema) => schema,
        None => classes_in(input.as_ref(), files.clone(), &options.attributes)?,
    };
    let names = by_name(&schema);
    Ok(Box::new(Reader { input, schema, names, options, lines: Lines::new(files), losses: Losses::default() }))
}

/// What is put together from a line's attributes.
#[derive(Default)]
struct Together {
    read: Vec<Read>,
    size: Option<(u32, u32)>,
    confidence: Option<f32>,
}

impl Together {
    fn sized(&mut self, size: (u32, u32)) -> Result<(), String> {
        match self.size.replace(size) {
            Some(other) if other != size => {
                Err(format!("one attribute is of {}×{} pixels, and another of {}×{}", other.0, other.1, size.0, size.1))
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, class: u8, confidence: Option<f32>, geometry: Geometry) {
        self.read
            .push(Read { shape: Shape { class, instance: None, confidence, attributes: crate::Attributes::new(), geometry }, crowd: true });
    }
}

fn sure(value: Option<&Value>) -> Option<f32> {
    value.and_then(|value| f32::deserialize(value).ok()).filter(|confidence| (0.0..=1.0).contains(confidence))
}

impl Reader {
    fn class(&self, name: &str) -> Result<u8, String> {
        self.names.get(name).copied().ok_or_else(|| format!("the class '{}' is not listed", name.chars().take(80).collect::<String>()))
    }

    fn segmentation(&self, attribute: &Attribute<'_>, together: &mut Together) -> Result<(), String> {
        let address = attribute.value.as_str().ok_or("the mask has no address")?;
        let (_, file) = locate(self.input.as_ref(), address).map_err(|error| error.to_string())?;
        let file = file.ok_or_else(|| format!("the mask '{}' is not there", path_of(address)))?;
        let bytes = read_whole(self.input.as_ref(), &file, MAX_MASK_FILE).map_err(|error| error.to_string())?;
        let map = attribute.metadata.and_then(|metadata| metadata.get("internal-color-map")?.as_object());
        let map = map.ok_or("a mask has no internal-color-map")?;
        let (mut colors, mut values) = (HashMap::new(), [None; 256]);
        for (key, entry) in map {
            let name = entry.get("class-name").and_then(Value::as_str).ok_or("a color has no class-name")?;
            let class = match (&**key, name) {
                ("0", _) => BACKGROUND,
                ("255", VOID_NAME) => VOID,
                (_, name) => match self.names.get(name) {
                    Some(&class) => class,
                    None if name.eq_ignore_ascii_case(BACKGROUND_NAME) => BACKGROUND,
                    None => return Err(format!("the class '{name}' is not listed")),
                },
            };
            if let Some(color) = entry.get("hex-color").and_then(Value::as_str).and_then(rgb) {
                colors.insert(color, class);
            }
            if let Ok(value) = key.parse::<u8>() {
                values[usize::from(value)] = Some(class);
            }
            together.confidence = together.confidence.or_else(|| sure(entry.get("confidence")));
        }
        let ((width, height), pixels) = read_rgb_png(&bytes, MAX_MASK_PIXELS).map_err(|error| format!("{file}: {error}"))?;
        together.sized((width, height))?;
        let mut unknown = None;
        let key = |pixel: &[u8]| {
            let color = [pixel[0], pixel[1], pixel[2]];
            // Gray masks have the keys themselves as values.
            let gray = || values[usize::from(color[0])].filter(|_| color[0] == color[1] && color[1] == color[2]);
            let class = colors.get(&color).copied().or_else(gray).unwrap_or_else(|| {
                unknown = Some(color);
                BACKGROUND
            });
            thing_key(class, 0)
        };
        let shapes = shapes_of_pixels(width, height, pixels.chunks_exact(3).map(key)).map_err(|error| format!("{file}: {error}"))?;
        if let Some([r, g, b]) = unknown {
            return Err(format!("{file}: the color #{r:02x}{g:02x}{b:02x} is not in the internal-color-map"));
        }
        shapes.into_iter().for_each(|shape| together.add(shape.class, None, shape.geometry));
        Ok(())
    }

    /// The class that a number stands for in the metadata's class map.
    fn mapped(&self, attribute: &Attribute<'_>, number: &Value) -> Result<u8, String> {
        let key = number.as_u64().map(|number| number.to_string()).or_else(|| number.as_str().map(str::to_owned)).unwrap_or_default();
        let map = attribute.metadata.and_then(|metadata| metadata.get("class-map")?.as_object());
        let name = map.and_then(|map| map.get(&key)?.as_str()).ok_or_else(|| format!("the class '{key}' is not in the class-map"))?;
        self.class(name)
    }

    fn detection(&self, attribute: &Attribute<'_>, together: &mut Together) -> Result<(), String> {
        let sizes = attribute.value.get("image_size").and_then(Value::as_array);
        let side = |size: &Value, name: &str| u32::try_from(size.get(name)?.as_u64()?).ok();
        if let Some(size) = sizes.and_then(|sizes| sizes.first()).and_then(|size| side(size, "width").zip(side(size, "height"))) {
            together.sized(size)?;
        }
        let objects = attribute.metadata.and_then(|metadata| metadata.get("objects")?.as_array());
        for (at, annotation) in attribute.value.get("annotations").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let number = |name: &str| annotation.get(name).and_then(Value::as_f64).ok_or_else(|| format!("a box has no number '{name}'"));
            let (x, y) = (number("left")?, number("top")?);
            let corners = [x, y, x + number("width")?, y + number("height")?];
            let class = self.mapped(attribute, annotation.get("class_id").unwrap_or(&Value::Null))?;
            let confidence = sure(objects.and_then(|objects| objects.get(at)?.get("confidence")));
            together.add(class, confidence, Geometry::Box { corners });
        }
        Ok(())
    }

    fn classification(&self, attribute: &Attribute<'_>, together: &mut Together) -> Result<(), String> {
        if let Some(list) = attribute.value.as_array() {
            let map = attribute.metadata.and_then(|metadata| metadata.get("confidence-map")?.as_object());
            for number in list {
                let confidence = sure(map.and_then(|map| map.get(&number.to_string())));
                together.add(self.mapped(attribute, number)?, confidence, Geometry::Tag);
            }
            return Ok(());
        }
        let class = match attribute.text("class-name") {
            Some(name) => self.class(name)?,
            None => self.mapped(attribute, attribute.value)?,
        };
        together.add(class, sure(attribute.metadata.and_then(|metadata| metadata.get("confidence"))), Geometry::Tag);
        Ok(())
    }

    fn custom(&self, answer: &Map<String, Value>, picture: Option<&str>, together: &mut Together) -> Result<(), String> {
        if let Some(size) = answers::size(answer) {
            together.sized(size)?;
        }
        let size = self.size(together, picture)?;
        together.read.extend(answers::shapes(answer, size, &|name| self.class(name))?);
        Ok(())
    }

    fn size(&self, together: &Together, picture: Option<&str>) -> Result<(u32, u32), String> {
        match (together.size, picture) {
            (Some(size), _) => Ok(size),
            (None, Some(picture)) => picture_size(self.input.as_ref(), picture).map_err(|error| error.to_string()),
            (None, None) => Err("the line tells no size, and there is no picture".to_owned()),
        }
    }

    fn item(&mut self, line: &Line, found: &Found) -> Result<ReadItem, ExchangeError> {
        let address = ["source-ref", "source"].iter().find_map(|key| line.get(key)?.as_str());
        let address = address.filter(|address| address.len() < 4096 && !address.contains('\n'));
        let address =
            address.ok_or_else(|| ExchangeError::image(found.place(), "there is neither a source-ref nor a source with an address"))?;
        let (name, picture) = locate(self.input.as_ref(), address)?;
        let failed = |reason: String| ExchangeError::image(&name, format!("{}: {reason}", found.place()));
        let (attributes, others) = chosen(line, &self.options.attributes);
        let mut together = Together::default();
        for attribute in &attributes {
            match attribute.kind {
                Kind::Segmentation => self.segmentation(attribute, &mut together),
                Kind::Detection => self.detection(attribute, &mut together),
                Kind::Classification => self.classification(attribute, &mut together),
                Kind::Custom => match answers::answer_of(attribute.value) {
                    Some(answer) => self.custom(answer, picture.as_deref(), &mut together),
                    None => Ok(()),
                },
            }
            .map_err(failed)?;
        }
        let (width, height) = self.size(&together, picture.as_deref()).map_err(failed)?;
        Mask::empty(width, height).map_err(|error| failed(error.to_string()))?;
        self.losses.add_many(Loss::Unsupported, &name, others);
        // What people had a part in isn't the machine's, whichever attribute comes first.
        let mut annotated = attributes.iter().filter_map(|attribute| attribute.text("human-annotated")).peekable();
        let origin = Origin {
            machine: annotated.peek().is_some() && annotated.all(|people| people == "no"),
            confidence: together.confidence,
            created_ms: attributes.iter().filter_map(Attribute::time).max(),
        };
        let file = stem(&found.file);
        let subset = subset_named(file.rsplit_once('/').map_or(file, |(_, file)| file)).flatten();
        let shapes = numbered(together.read, &self.schema);
        Ok(ReadItem { item: Item { name, width, height, subset, shapes, origin }, picture })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match self.lines.next(self.input.as_ref()) {
            Ok(found) => found?,
            Err(error) => {
                self.lines = Lines::new(Vec::new());
                return Some(Err(error));
            }
        };
        Some(match &found.line {
            Ok(line) => self.item(line, &found),
            Err(reason) => Err(ExchangeError::image(found.place(), reason)),
        })
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        None
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }
}
