//! Writing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json::{AnnotationOut, Counts, ItemOut, Picture, PlaceOut, Rle};
use super::labels::head;
use super::{HOLDS, RESERVED};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, ClassOrder, classes_json};
use crate::formats::coco::rle::{column_runs, compress};
use crate::formats::support::{Piece, PiecePlace, check, count_unsaid, extent, pieces, resume, settings, word_of};
use crate::schema::{Schema, VOID};
use crate::shape::Geometry;

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

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Subsets that have a file.
    files: BTreeSet<String>,
    losses: Losses,
}

struct Writer {
    schema: Schema,
    order: ClassOrder,
    options: Options,
    state: State,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let mut schema = schema.clone();
    schema.classes.sort_by_key(|class| class.index);
    Ok(Box::new(Writer { order: ClassOrder::new(&schema), schema, options: settings(options)?, state: resume(state)? }))
}

impl Writer {
    fn annotation(&self, at: usize, piece: &Piece<'_>, item: &Item, losses: &mut Losses) -> Option<AnnotationOut> {
        let label_id = self.order.label(piece.shape.class)?;
        let (kind, place) = match (&piece.place, &piece.shape.geometry) {
            (PiecePlace::Ring(ring), _) => {
                ("polygon", PlaceOut::Points { points: ring.iter().flat_map(|point| [point.x, point.y]).collect() })
            }
            (PiecePlace::Mask(mask), _) => {
                let rle = Rle { counts: Counts::Text(compress(&column_runs(mask))), size: [mask.height(), mask.width()] };
                ("mask", PlaceOut::Mask { rle })
            }
            (_, &Geometry::Box { corners: [x0, y0, x1, y1] }) => {
                let (width, height) = (extent(x0, x1), extent(y0, y1));
                if x0 + width != x1 || y0 + height != y1 {
                    losses.add(Loss::Rounded, &item.name);
                }
                ("bbox", PlaceOut::Bbox { bbox: [x0, y0, width, height] })
            }
            (_, Geometry::Point { point }) => ("points", PlaceOut::Seen { points: vec![point.x, point.y], visibility: vec![2] }),
            _ => ("label", PlaceOut::Nowhere {}),
        };
        let answers = piece.shape.attributes.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str()));
        let mut attributes: Map<_, _> =
            answers.map(|(name, value)| (name.clone(), serde_json::to_value(value).unwrap_or_default())).collect();
        if attributes.len() < piece.shape.attributes.len() {
            losses.add(Loss::Attributes, &item.name);
        }
        if piece.crowd {
            attributes.insert("is_crowd".to_owned(), true.into());
        }
        if let Some(confidence) = piece.shape.confidence {
            attributes.insert("score".to_owned(), serde_json::to_value(confidence).unwrap_or_default());
        }
        Some(AnnotationOut { id: at, kind, attributes, group: piece.group.unwrap_or(0), label_id, z_order: at, place })
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let mut losses = std::mem::take(&mut self.state.losses);
        let kept = Item { shapes: item.shapes.iter().filter(|shape| shape.class != VOID).cloned().collect(), ..item.clone() };
        let pieces = pieces(&kept, &self.schema, &mut losses);
        let annotations = pieces.iter().enumerate().filter_map(|(at, piece)| self.annotation(at, piece, item, &mut losses)).collect();
        count_unsaid(item, HOLDS, &mut losses);
        self.state.losses = losses;
        let image = Picture { path: Some(item.name.clone()), size: Some([item.height, item.width]) };
        let line = ItemOut { id: stem(&item.name), annotations, attr: Map::new(), image };
        let line = serde_json::to_string(&line).map_err(|error| ExchangeError::image(&item.name, error))?;
        let subset = word_of(item.subset);
        if self.options.pictures {
            let path = format!("images/{subset}/{}", item.name);
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
        let path = format!("annotations/{subset}.json");
        let begin = if self.state.files.insert(subset.to_owned()) { head(&self.schema) + "\n" } else { ",\n".to_owned() };
        out.append(&path, (begin + &line).as_bytes()).map_err(ExchangeError::io(path))?;
        Ok(true)
    }

    fn state(&self) -> Value {
        serde_json::to_value(&self.state).unwrap_or_default()
    }

    fn losses(&self) -> &Losses {
        &self.state.losses
    }

    fn finish(mut self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        let classes = classes_json(&self.schema).map_err(|error| ExchangeError::Format(error.to_string()))?;
        out.put(CLASSES_FILE, classes.as_bytes()).map_err(ExchangeError::io(CLASSES_FILE))?;
        // A dataset without images has its classes all the same.
        if self.state.files.is_empty() {
            let path = "annotations/default.json";
            out.append(path, head(&self.schema).as_bytes()).map_err(ExchangeError::io(path))?;
            self.state.files.insert("default".to_owned());
        }
        for subset in &self.state.files {
            let path = format!("annotations/{subset}.json");
            out.append(&path, b"\n]}\n").map_err(ExchangeError::io(path))?;
        }
        Ok(self.state.losses)
    }
}
