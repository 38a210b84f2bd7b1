//! Reading, one item at a time.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::RESERVED;
use super::json::{AnnotationIn, ItemIn};
use super::labels::{Known, parse};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name, stem};
use crate::formats::classes::{CLASSES_FILE, read_classes};
use crate::formats::support::{Elements, Mark, Read, answers_of, by_name, numbered, oval, picture_size, schema_of, settings, subset_named};
use crate::geometry::{Mask, Point, Polygon};
use crate::schema::{ClassKind, Schema, Subset};
use crate::shape::{Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

/// One annotation file, and where its items begin.
struct File {
    name: String,
    /// What stands for the subset in the file's name.
    word: String,
    subset: Option<Subset>,
    /// Class indices by label id.
    labels: Vec<u8>,
    items: Option<Mark>,
}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    files: std::vec::IntoIter<File>,
    open: Option<(File, Elements)>,
    text: Vec<u8>,
    losses: Losses,
}

/// The files that may hold annotations.
pub(super) fn annotation_files(names: &[String]) -> Vec<String> {
    let json = || names.iter().filter(|name| name.ends_with(".json") && *name != CLASSES_FILE);
    let inside: Vec<String> = json().filter(|name| name.starts_with("annotations/")).cloned().collect();
    if inside.is_empty() { json().filter(|name| !name.contains('/')).cloned().collect() } else { inside }
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let names = annotation_files(&input.list("").map_err(ExchangeError::io("the dataset"))?);
    if names.is_empty() {
        return Err(ExchangeError::Format(
            "there are no annotations: a dataset of this format has annotations/train.json or the like".into(),
        ));
    }
    let begun = names.iter().map(|name| begin(input.as_ref(), name)).collect::<Result<Vec<_>, _>>()?;
    let schema = match read_classes(input.as_ref())? {
        Some(schema) => schema,
        None => {
            let mut all: Known = Vec::new();
            for (name, color) in begun.iter().flat_map(|(labels, _)| labels) {
                if all.iter().all(|(known, _)| known != name) {
                    all.push((name.clone(), *color));
                }
            }
            schema_of(all.into_iter().map(|(name, color)| (name, color, ClassKind::Thing)))?
        }
    };
    let classes = by_name(&schema);
    let mut files = Vec::with_capacity(names.len());
    for (name, (labels, items)) in names.into_iter().zip(begun) {
        let class = |(label, _): &(String, _)| {
            let unknown = || ExchangeError::file(&*name, None, format!("the label '{label}' is not one of the classes of {CLASSES_FILE}"));
            classes.get(label).copied().ok_or_else(unknown)
        };
        let labels = labels.iter().map(class).collect::<Result<Vec<_>, _>>()?;
        let word = stem(name.rsplit_once('/').map_or(&*name, |(_, file)| file)).to_owned();
        let subset = subset_named(&word).flatten();
        files.push(File { name, word, subset, labels, items });
    }
    Ok(Box::new(Reader { input, schema, files: files.into_iter(), open: None, text: Vec::new(), losses: Losses::default() }))
}

/// The labels of a file, and where its items are.
fn begin(input: &dyn Input, name: &str) -> Result<(Known, Option<Mark>), ExchangeError> {
    let mut elements = Elements::open(input, name)?;
    let (mut text, mut labels, mut items) = (Vec::new(), None, None);
    while let Some(key) = elements.key()? {
        match &*key {
            "categories" => {
                let place = elements.value(&mut text)?;
                labels = Some(parse(name, place.line, &text)?);
            }
            "items" if labels.is_some() => {
                items = Some(elements.mark());
                break;
            }
            "items" => items = Some(elements.skip()?),
            _ => {
                elements.skip()?;
            }
        }
    }
    Ok((labels.unwrap_or_default(), items))
}

fn points(numbers: &[f64]) -> Result<Vec<Point>, String> {
    if numbers.len() % 2 == 1 {
        return Err(format!("{} numbers are no pairs", numbers.len()));
    }
    Ok(numbers.chunks_exact(2).map(|pair| Point { x: pair[0], y: pair[1] }).collect())
}

impl Reader {
    /// The shapes of one annotation: several points are a shape each.
    fn geometries(&mut self, annotation: &mut AnnotationIn, (width, height): (u32, u32), name: &str) -> Result<Vec<Geometry>, String> {
        let mut lose = |loss: Loss| self.losses.add(loss, name);
        Ok(match &*annotation.kind {
            "polygon" => match points(&annotation.points)? {
                ring if ring.len() > 2 => vec![Geometry::Polygon(Polygon::simple(ring))],
                _ => {
                    lose(Loss::NoArea);
                    Vec::new()
                }
            },
            "mask" => {
                let mask = annotation.rle.take().ok_or("a mask has no 'rle'")?.mask()?;
                if (mask.width(), mask.height()) != (width, height) {
                    return Err(format!("a mask is of {}×{} pixels, but the image of {width}×{height}", mask.width(), mask.height()));
                }
                if mask.is_empty() {
                    lose(Loss::NoArea);
                    return Ok(Vec::new());
                }
                vec![Geometry::Mask(mask)]
            }
            "bbox" => {
                let &[x, y, w, h] = annotation.bbox.as_slice() else {
                    return Err(format!("a box has {} numbers instead of 4", annotation.bbox.len()));
                };
                vec![Geometry::Box { corners: [x, y, x + w, y + h] }]
            }
            "points" => {
                let seen = |at: usize| annotation.visibility.get(at).is_none_or(|&visible| visible > 0);
                let points = points(&annotation.points)?.into_iter().enumerate();
                points.filter(|&(at, _)| seen(at)).map(|(_, point)| Geometry::Point { point }).collect()
            }
            "label" => vec![Geometry::Tag],
            "ellipse" if annotation.points.len() == 4 => {
                lose(Loss::Rounded);
                let [x0, y0, x1, y1] = [0, 1, 2, 3].map(|at| annotation.points[at]);
                let center = Point { x: (x0 + x1) / 2.0, y: (y0 + y1) / 2.0 };
                vec![Geometry::Polygon(Polygon::simple(oval(center, ((x1 - x0) / 2.0, (y1 - y0) / 2.0), 0.0)))]
            }
            _ => {
                lose(Loss::Unsupported);
                Vec::new()
            }
        })
    }

    fn item(&mut self, file: &File, line: ItemIn) -> Result<ReadItem, ExchangeError> {
        let picture = line.image.or(line.media);
        let (told, size) = picture.map_or((None, None), |picture| (picture.path, picture.size));
        let told = told.filter(|path| !path.is_empty()).unwrap_or_else(|| format!("{}.jpg", line.id));
        let name = safe_name(&told)?;
        let failed = |reason: String| ExchangeError::image(&name, reason);
        let candidates = [format!("images/{}/{name}", file.word), format!("images/{name}"), name.clone()];
        let picture = candidates.into_iter().find(|path| matches!(self.input.size(path), Ok(Some(_))));
        let (width, height) = match (size, &picture) {
            (Some([height, width]), _) => (width, height),
            (None, Some(picture)) => picture_size(self.input.as_ref(), picture).map_err(|error| failed(error.to_string()))?,
            (None, None) => return Err(failed("it tells no size, and there is no picture".to_owned())),
        };
        Mask::empty(width, height).map_err(|error| failed(error.to_string()))?;
        let mut annotations = line.annotations;
        annotations.sort_by_key(|annotation| annotation.z_order.unwrap_or(0));
        let mut read = Vec::with_capacity(annotations.len());
        for mut annotation in annotations {
            let Some(id) = annotation.label_id else {
                self.losses.add(Loss::Unsupported, &name);
                continue;
            };
            let class = usize::try_from(id).ok().and_then(|id| file.labels.get(id).copied());
            let class = class.ok_or_else(|| failed(format!("label {id} is not listed")))?;
            let crowd = annotation.attributes.get("is_crowd").is_some_and(|on| on.as_bool() == Some(true) || on.as_i64() == Some(1));
            let confidence = annotation.attributes.get("score").and_then(|score| f32::deserialize(score).ok());
            let confidence = confidence.filter(|score| (0.0..=1.0).contains(score));
            let (attributes, mut other) = answers_of(&annotation.attributes, &RESERVED);
            other |= annotation.attributes.contains_key("score") && confidence.is_none();
            self.losses.add_many(Loss::Attributes, &name, u64::from(other));
            let instance = annotation.group.and_then(|group| u32::try_from(group).ok());
            for geometry in self.geometries(&mut annotation, (width, height), &name).map_err(failed)? {
                read.push(Read { shape: Shape { class, instance, confidence, attributes: attributes.clone(), geometry }, crowd });
            }
        }
        let shapes = numbered(read, &self.schema);
        Ok(ReadItem { item: Item { name, width, height, subset: file.subset, shapes, origin: Origin::default() }, picture })
    }

    fn advance(&mut self) -> Result<Option<ReadItem>, ExchangeError> {
        loop {
            if self.open.is_none() {
                let Some(file) = self.files.next() else { return Ok(None) };
                let Some(mark) = file.items else { continue };
                let mut elements = Elements::open(self.input.as_ref(), &file.name)?;
                elements.go_back(mark)?;
                if !elements.array()? {
                    return Err(elements.wrong(1, "'items' is no list"));
                }
                self.open = Some((file, elements));
            }
            let mut text = std::mem::take(&mut self.text);
            let Some((file, mut elements)) = self.open.take() else { continue };
            let Some(place) = elements.element(&mut text)? else { continue };
            let line = serde_json::from_slice::<ItemIn>(&text);
            self.text = text;
            let read = match line {
                Ok(line) => self.item(&file, line),
                Err(error) => Err(ExchangeError::image(format!("{}, line {}", file.name, place.line), error)),
            };
            self.open = Some((file, elements));
            return read.map(Some);
        }
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.advance();
        if read.as_ref().is_err_and(|error| !error.is_of_one_image()) {
            self.open = None;
            self.files = Vec::new().into_iter();
        }
        read.transpose()
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
