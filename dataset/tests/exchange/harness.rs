//! What is asked of every format.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use labelwright_dataset::exchange::{DatasetWriter, Input, Item, Loss, Losses, MemoryFiles, Output};
use labelwright_dataset::formats::registry::{self, Format};
use labelwright_dataset::{Geometry, Mask, Shape};
use serde_json::Value;

use crate::compare;
use crate::generate::Dataset;

/// An export, and what was lost of each image; none for an image of which the format has nothing to say.
struct Export {
    files: MemoryFiles,
    lost: Vec<Option<BTreeSet<Loss>>>,
}

fn writer(format: &Format, options: &Value, dataset: &Dataset, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, String> {
    registry::writer(format.id, &dataset.schema, options, state).map_err(|error| error.to_string())
}

fn counts(losses: &Losses) -> BTreeMap<Loss, u64> {
    losses.iter().map(|(loss, lost)| (loss, lost.count)).collect()
}

/// Writes the dataset; before the image `cut` the writer is given up for one that knows the state alone.
fn export(format: &Format, options: &Value, dataset: &Dataset, cut: Option<usize>) -> Result<Export, String> {
    let mut files = MemoryFiles::default();
    let mut writer = self::writer(format, options, dataset, None)?;
    let mut lost = Vec::new();
    for (at, (item, picture)) in dataset.items.iter().enumerate() {
        if cut == Some(at) {
            let state = serde_json::to_string(&writer.state()).unwrap();
            writer = self::writer(format, options, dataset, Some(&serde_json::from_str(&state).unwrap()))?;
        }
        let before = counts(writer.losses());
        let written = writer.write(item, &picture.0, &mut files).map_err(|error| format!("{}: {error}", item.name))?;
        let after = counts(writer.losses());
        let more = after.into_iter().filter(|(loss, count)| before.get(loss) != Some(count)).map(|(loss, _)| loss);
        lost.push(written.then(|| more.collect()));
    }
    let before = counts(writer.losses());
    let losses = writer.finish(&mut files).map_err(|error| error.to_string())?;
    if counts(&losses) != before {
        return Err("finishing an export loses nothing more".into());
    }
    Ok(Export { files, lost })
}

pub fn comes_back(format: &'static Format, options: &Value, dataset: &Dataset) -> Result<(), String> {
    let export = export(format, options, dataset, None)?;
    if export.lost.iter().all(Option::is_none) {
        return Ok(());
    }
    let names = || export.files.0.keys().collect::<Vec<_>>();
    let found = registry::detect(&export.files).unwrap();
    if !found.iter().any(|found| found.id == format.id) {
        return Err(format!("the format is not detected from {:?}", names()));
    }
    let mut reader =
        registry::reader(format.id, Arc::new(export.files.clone()), &Value::Null).map_err(|error| format!("{error} in {:?}", names()))?;
    if *reader.schema() != dataset.schema {
        return Err(format!("the classes came back as {:?}", reader.schema()));
    }
    let images = reader.images();
    let mut read = BTreeMap::new();
    for item in reader.by_ref() {
        let item = item.map_err(|error| format!("{error} in {:?}", names()))?;
        let picture = item.picture.ok_or_else(|| format!("{}: the picture is not found", item.item.name))?;
        if let Some(twice) = read.insert(item.item.name.clone(), (item.item, picture)) {
            return Err(format!("{} came back twice", twice.1));
        }
    }
    if !reader.losses().is_empty() {
        return Err(format!("reading our own files loses {:?}", reader.losses()));
    }
    let written = export.lost.iter().flatten().count();
    if read.len() != written || images.is_some_and(|images| images != written as u64) {
        return Err(format!("{written} images were written, {images:?} were announced, {:?} came back", read.keys()));
    }
    for ((item, picture), lost) in dataset.items.iter().zip(&export.lost) {
        let Some(lost) = lost else { continue };
        let (back, file) = read.get(&item.name).ok_or_else(|| format!("{} did not come back, but {:?}", item.name, read.keys()))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut export.files.open(file).unwrap(), &mut bytes).unwrap();
        if bytes != picture.0 {
            return Err(format!("{}: the picture is another one", item.name));
        }
        compare::same(item, back, lost, &dataset.schema)
            .map_err(|error| format!("{}: {error}\nlost {lost:?}\nwritten {}\nread {}", item.name, json(item), json(back)))?;
        compare::plausible(item, lost, &dataset.schema).map_err(|error| format!("{}: {error} in {}", item.name, json(item)))?;
    }
    Ok(())
}

fn json(item: &Item) -> String {
    serde_json::to_string(item).unwrap()
}

pub fn same_bytes(format: &'static Format, options: &Value, dataset: &Dataset) -> Result<(), String> {
    let (one, other) = (export(format, options, dataset, None)?, export(format, options, dataset, None)?);
    if one.files == other.files { Ok(()) } else { Err("the same dataset gave other bytes".into()) }
}

pub fn goes_on(format: &'static Format, options: &Value, dataset: &Dataset) -> Result<(), String> {
    let whole = export(format, options, dataset, None)?;
    for cut in 0..dataset.items.len() {
        let parts = export(format, options, dataset, Some(cut))?;
        if whole.files != parts.files {
            return Err(format!("cut off before image {cut} it gave other bytes"));
        }
        if whole.lost != parts.lost {
            return Err(format!("cut off before image {cut} it lost other things"));
        }
    }
    Ok(())
}

/// Takes everything and keeps nothing.
struct Nowhere;

impl Output for Nowhere {
    fn put(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn join(&mut self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The state of a writer does not grow with the number of images, but for digits.
pub fn remembers_little(format: &'static Format) {
    let class = |index, name: &str, kind| labelwright_dataset::Class { index, name: name.into(), color: "#112233".into(), kind };
    let schema = labelwright_dataset::Schema {
        classes: vec![class(1, "cat", labelwright_dataset::ClassKind::Thing), class(2, "road", labelwright_dataset::ClassKind::Stuff)],
    };
    let mut writer = registry::writer(format.id, &schema, &Value::Null, None).unwrap();
    let mut length = Vec::new();
    let picture = crate::generate::picture("x.png", 8, 6, 0);
    for number in 1..=3000u32 {
        let mask = Mask::from_runs(8, 6, vec![3 + number % 5, 4, 41 - number % 5]).unwrap();
        let corners = Geometry::Box { corners: [1.0, 1.0, 4.5, 3.0] };
        let shapes = vec![
            Shape { instance: Some(1), ..Shape::mask(1, mask) },
            Shape { class: 1, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry: corners },
            Shape {
                class: 2,
                instance: None,
                confidence: None,
                attributes: labelwright_dataset::Attributes::new(),
                geometry: Geometry::Tag,
            },
        ];
        let item = Item { name: format!("images of {number:06}.png"), width: 8, height: 6, shapes, ..Item::default() };
        assert!(writer.write(&item, &picture, &mut Nowhere).unwrap(), "{}", format.id);
        if number == 100 || number == 3000 {
            length.push(writer.state().to_string().len());
        }
    }
    assert!(length[1] < length[0] + 100, "{}: the state grew from {} to {} bytes", format.id, length[0], length[1]);
}
