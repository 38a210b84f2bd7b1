//! Writing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::file::{File, Line, coded};
use super::{CROWD, HOLDS, IGNORE};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::support::{Piece, PiecePlace, check, count_unsaid, in_folder, pieces, resume, settings};
use crate::geometry::Point;
use crate::schema::Schema;
use crate::shape::{Geometry, Shape};

/// The version of LabelMe whose files these are.
const VERSION: &str = "5.5.0";

#[derive(Clone, Copy, Debug, Deserialize)]
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
    options: Options,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    if let Some(class) = schema.classes.iter().find(|class| class.name == IGNORE) {
        let reason = format!("the class '{}' can't be written: that label means void in LabelMe; give it another name", class.name);
        return Err(ExchangeError::Format(reason));
    }
    Ok(Box::new(Writer { schema: schema.clone(), options: settings(options)?, losses: resume(state)? }))
}

impl Writer {
    fn label(&self, shape: &Shape) -> String {
        self.schema.class(shape.class).map_or(IGNORE, |class| &class.name).to_owned()
    }

    fn line(&self, piece: &Piece<'_>) -> Result<Option<Line>, String> {
        let (kind, points, mask) = match (&piece.place, &piece.shape.geometry) {
            (PiecePlace::Ring(ring), _) => ("polygon", ring.clone(), None),
            (PiecePlace::Mask(mask), _) => match coded(mask)? {
                Some((points, text)) => ("mask", points, Some(text)),
                None => return Ok(None),
            },
            (_, &Geometry::Box { corners: [x0, y0, x1, y1] }) => ("rectangle", [[x0, y0], [x1, y1]].map(Point::from).to_vec(), None),
            (_, &Geometry::Point { point }) => ("point", vec![point], None),
            _ => return Ok(None),
        };
        let flags = piece.crowd.then(|| (CROWD.to_owned(), true.into()));
        Ok(Some(Line {
            label: self.label(piece.shape),
            points,
            group_id: piece.group.map(i64::from),
            description: Some(String::new()),
            shape_type: Some(kind.to_owned()),
            flags: Some(flags.into_iter().collect()),
            mask,
        }))
    }

    /// Classes of the whole image. The same one twice is once too often.
    fn flags(&self, item: &Item, losses: &mut Losses) -> BTreeMap<String, Value> {
        let mut flags = BTreeMap::new();
        for shape in item.shapes.iter().filter(|shape| matches!(shape.geometry, Geometry::Tag)) {
            if flags.insert(self.label(shape), true.into()).is_some() {
                losses.add(Loss::Tags, &item.name);
            }
        }
        flags
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let failed = |reason: String| ExchangeError::image(&item.name, reason);
        let mut losses = std::mem::take(&mut self.losses);
        let pieces = pieces(item, &self.schema, &mut losses);
        let flags = self.flags(item, &mut losses);
        count_unsaid(item, HOLDS, &mut losses);
        self.losses = losses;
        let lines = pieces.iter().filter_map(|piece| self.line(piece).transpose()).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let (_, file_name) = item.name.rsplit_once('/').unwrap_or(("", &item.name));
        let file = File {
            version: Some(VERSION.to_owned()),
            flags: Some(flags),
            shapes: lines,
            image_path: Some(file_name.to_owned()),
            image_data: None,
            image_height: Some(item.height),
            image_width: Some(item.width),
        };
        let text = serde_json::to_string_pretty(&file).map_err(|error| failed(error.to_string()))? + "\n";
        let name = in_folder(item.subset, &item.name);
        let mut put = |path: String, bytes: &[u8]| out.put(&path, bytes).map_err(ExchangeError::io(path));
        put(format!("images/{}.json", stem(&name)), text.as_bytes())?;
        if self.options.pictures {
            put(format!("images/{name}"), picture)?;
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
        let names: String = self.schema.classes.iter().map(|class| format!("{}\n", class.name)).collect();
        let mut put = |name: &str, text: &str| out.put(name, text.as_bytes()).map_err(ExchangeError::io(name));
        put(CLASSES_FILE, &classes)?;
        put("labels.txt", &format!("{IGNORE}\n_background_\n{names}"))?;
        Ok(self.losses)
    }
}
