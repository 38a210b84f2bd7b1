//! Reading pictures and masks.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{colors, lists};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Losses, Origin, ReadItem, safe_name};
use crate::formats::support::{MAX_MASK_FILE, Values, read_whole, settings, shapes_of_pixels, thing_key};
use crate::schema::Schema;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    values: Values,
    pairs: std::vec::IntoIter<lists::Pair>,
    count: u64,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let (schema, values) = colors::read(input.as_ref())?;
    let pairs = lists::pairs(input.as_ref())?;
    let count = pairs.len() as u64;
    Ok(Box::new(Reader { input, schema, values, pairs: pairs.into_iter(), count, losses: Losses::default() }))
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let lists::Pair { picture, mask, subset, name } = self.pairs.next()?;
        let read = || {
            let name = safe_name(&name)?;
            let failed = |reason: &dyn std::fmt::Display| ExchangeError::image(&name, format!("{mask}: {reason}"));
            let bytes = read_whole(self.input.as_ref(), &mask, MAX_MASK_FILE).map_err(|error| failed(&error))?;
            let map = self.values.read(&bytes).map_err(|reason| failed(&reason))?;
            let (width, height) = (map.width, map.height);
            let keys = map.classes.iter().map(|&class| thing_key(class, 0));
            let shapes = shapes_of_pixels(width, height, keys).map_err(|error| failed(&error))?;
            Ok(ReadItem { item: Item { name, width, height, subset, shapes, origin: Origin::default() }, picture: Some(picture) })
        };
        Some(read())
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        Some(self.count)
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }
}
