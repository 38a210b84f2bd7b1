//! Reading labels of pictures.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::layout::{label_of, picture};
use super::line::parse;
use super::yaml;
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name};
use crate::formats::classes::read_classes;
use crate::formats::support::{picture_size, read_text, settings};
use crate::schema::{ClassKind, Schema};
use crate::shape::{Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    config: yaml::Config,
    /// The class index of each label.
    labels: Vec<u8>,
    pictures: std::vec::IntoIter<String>,
    count: u64,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut config = yaml::read(input.as_ref())?;
    if let Some(schema) = read_classes(input.as_ref())?.filter(|schema| schema.classes.len() == config.schema.classes.len()) {
        config.schema = schema;
    }
    let mut pictures = input.list("").map_err(ExchangeError::io("the dataset"))?;
    pictures.retain(|name| picture(name).is_some() && !super::layout::is_label(name));
    let count = pictures.len() as u64;
    let last = config.schema.classes.iter().map(|class| class.index).max().unwrap_or(0);
    // With `classes.json` labels are positions; without, a label is one less than the index, and there may be gaps.
    let dense =
        config.schema.classes.len() == usize::from(last) || input.size(crate::formats::classes::CLASSES_FILE).ok().flatten().is_some();
    let labels = if dense { config.schema.classes.iter().map(|class| class.index).collect() } else { (1..=last).collect() };
    Ok(Box::new(Reader { input, config, labels, pictures: pictures.into_iter(), count, losses: Losses::default() }))
}

impl Reader {
    fn read(&mut self, path: &str) -> Result<ReadItem, ExchangeError> {
        let (subset, name) = picture(path).unwrap_or((None, path));
        let subset = subset.or_else(|| self.config.subset(path).filter(|_| !path.starts_with("images/default/")));
        let name = safe_name(name)?;
        let input = self.input.as_ref();
        let (width, height) = picture_size(input, path)?;
        let file = label_of(path);
        let text = read_text(input, &file).map_err(|error| ExchangeError::image(&name, error))?.unwrap_or_default();
        let (mut shapes, mut number) = (Vec::new(), 0);
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let failed = |reason: String| ExchangeError::image(&name, format!("{file}, line {line}: {reason}"));
            let (label, geometry) = parse(text, width, height, self.config.keypoints).map_err(failed)?;
            let class = self.labels.get(label).and_then(|&index| self.config.schema.class(index));
            let class = class.ok_or_else(|| failed(format!("class {label} has no name")))?;
            if self.config.keypoints {
                self.losses.add(Loss::Unsupported, &name);
            }
            let counted = class.kind == ClassKind::Thing && matches!(geometry, Geometry::Polygon(_));
            number += u32::from(counted);
            shapes.push(Shape {
                class: class.index,
                instance: counted.then_some(number),
                confidence: None,
                attributes: crate::Attributes::new(),
                geometry,
            });
        }
        let item = Item { name, width, height, subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture: Some(path.to_owned()) })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let path = self.pictures.next()?;
        Some(self.read(&path))
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.config.schema
    }

    fn images(&self) -> Option<u64> {
        Some(self.count)
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }
}
