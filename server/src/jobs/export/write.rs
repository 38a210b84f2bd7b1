//! From the labels in the database to the files of one format: one task reads ahead a few images, one thread paints and writes.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::BufWriter,
};

use bytes::Bytes;
use labelwright_dataset::{
    ClassKind, Schema, Shape, VOID,
    formats::{
        export::{
            BoxItem, BoxWriter, ClassItem, ClassLabels, ClassWriter, ExportError, SegmentationItem, SegmentationWriter, boxes_of,
            classes_of,
        },
        png_masks::{palette, png_gray16, png_palette8},
        recordio::RecordFiles,
    },
    paint, paint_instances,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Format, JobError, Options, Progress, Result,
    folder::{Folder, sync},
    names::Names,
    pack::Pack,
};
use crate::{
    context::Context,
    jobs::fault,
    store::{
        LabelSource, LabelStatus, Subset,
        labels::{self, Labeled},
        projects::Project,
    },
};

/// Labels that are read from the database in one go.
const PAGE: i64 = 200;
/// Pictures that wait for the writing thread at most.
const AHEAD: usize = 4;

/// What was written and what was left out, in images.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    pub people: u64,
    pub imported: u64,
    pub committed: u64,
    pub provisional: u64,
    pub subsets: BTreeMap<String, u64>,
    pub disagree: u64,
    pub unwanted: u64,
    pub unsaid: u64,
}

impl Taken {
    pub fn images(&self) -> u64 {
        self.people + self.imported + self.committed + self.provisional
    }

    fn count(&mut self, label: &Labeled) {
        *match (label.source, label.status) {
            (LabelSource::People, _) => &mut self.people,
            (LabelSource::Import, _) => &mut self.imported,
            (LabelSource::Model, LabelStatus::Committed) => &mut self.committed,
            (LabelSource::Model, _) => &mut self.provisional,
        } += 1;
        *self.subsets.entry(label.subset.to_string()).or_default() += 1;
    }

    /// Whether a label goes into the export; counts it when it does not.
    fn wants(&mut self, label: &Labeled, options: Options) -> bool {
        match (label.source, label.status) {
            (_, LabelStatus::Committed) => true,
            (LabelSource::Model, LabelStatus::Provisional) if options.include_provisional => true,
            (LabelSource::Model, _) => {
                self.unwanted += 1;
                false
            }
            // What people say is provisional only while they disagree.
            _ => {
                self.disagree += 1;
                false
            }
        }
    }
}

/// Writes every label that is wanted, in the order of image ids.
///
/// # Errors
/// The database, a blob or the disk failed, stored shapes can't be read, or the export shall stop.
pub(super) async fn images(
    ctx: &Context,
    project: &Project,
    format: Format,
    options: Options,
    folder: Folder,
    schema: Schema,
    progress: &Progress,
) -> Result<(Folder, Taken)> {
    let total: i64 = labels::counts(&mut ctx.db.read().await?, project.id).await?.iter().map(|count| count.n).sum();
    let (sender, receiver) = mpsc::channel(AHEAD);
    let writer = tokio::task::spawn_blocking(move || write_all(folder, format, options, schema, receiver));
    let read = read(ctx, project.id, options, total, sender, progress).await;
    // The writer's own error comes first: it is why the reader could not go on.
    let (folder, written) = writer.await.map_err(fault)??;
    let mut taken = read?;
    taken.people = written.people;
    taken.imported = written.imported;
    taken.committed = written.committed;
    taken.provisional = written.provisional;
    taken.subsets = written.subsets;
    taken.unsaid = written.unsaid;
    Ok((folder, taken))
}

struct Item {
    label: Labeled,
    picture: Bytes,
}

async fn read(
    ctx: &Context,
    project: Uuid,
    options: Options,
    total: i64,
    sender: mpsc::Sender<Item>,
    progress: &Progress,
) -> Result<Taken> {
    let (mut taken, mut after, mut seen) = (Taken::default(), Uuid::nil(), 0i64);
    loop {
        let page = labels::after(&mut ctx.db.read().await?, project, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(taken) };
        after = last.image_id;
        for label in page {
            seen += 1;
            progress.set(0.98 * seen as f64 / total.max(seen) as f64, format!("image {seen} of {}", total.max(seen)))?;
            if !taken.wants(&label, options) {
                continue;
            }
            let picture = ctx.blobs.get(&label.display_key).await?;
            if sender.send(Item { label, picture }).await.is_err() {
                // The writer gave up; its error says why.
                return Ok(taken);
            }
        }
    }
}

fn write_all(folder: Folder, format: Format, options: Options, schema: Schema, mut items: mpsc::Receiver<Item>) -> Result<(Folder, Taken)> {
    let mut layout = Layout::new(&folder, format, options, &schema)?;
    let (mut taken, mut names, mut id) = (Taken::default(), Names::default(), 0);
    while let Some(Item { label, picture }) = items.blocking_recv() {
        let shapes: Vec<Shape> = serde_json::from_str(&label.shapes)
            .map_err(|error| crate::store::Error::Corrupt("a label's shapes", format!("image {}: {error}", label.name)))?;
        // What is shown is the file itself when browsers and models can read it as it is, else an upright 8-bit PNG of it.
        let picture_format = if label.display_key == label.blob_key { label.format.as_str() } else { "png" };
        let name = names.unique(&label.name, &label.hash, picture_format);
        let size = (label.width as u32, label.height as u32);
        let image = Image {
            id,
            name: &name,
            picture: &picture,
            size,
            shapes: &shapes,
            subset: label.subset,
            part: options.split.then_some(label.subset),
        };
        if layout.write(&folder, &schema, &image)? {
            taken.count(&label);
            id += 1;
        } else {
            taken.unsaid += 1;
        }
    }
    layout.finish()?;
    Ok((folder, taken))
}

struct Image<'a> {
    id: u64,
    name: &'a str,
    picture: &'a [u8],
    size: (u32, u32),
    shapes: &'a [Shape],
    subset: Subset,
    /// The subset whose record files take it, when they are told apart.
    part: Option<Subset>,
}

type Sink = BufWriter<File>;

/// The open files of an export. Record files are one set, or one for each subset that has images.
enum Layout {
    Segmentation(HashMap<Option<Subset>, SegmentationWriter<Sink>>),
    Boxes(HashMap<Option<Subset>, BoxWriter<Sink>>),
    Classes(HashMap<Option<Subset>, ClassWriter<Sink>>, ClassLabels),
    Masks { pack: Pack, palette: Box<labelwright_dataset::formats::png_masks::Palette>, things: bool },
}

fn records(folder: &Folder, name: &str, subset: Option<Subset>) -> Result<RecordFiles<Sink>> {
    let name = subset.map_or_else(|| name.to_owned(), |subset| format!("{name}_{subset}"));
    let file = |ending: &str| folder.file(&format!("{name}.{ending}"));
    Ok(RecordFiles { rec: file("rec")?, idx: file("idx")?, lst: file("lst")? })
}

fn close(files: RecordFiles<Sink>) -> Result<()> {
    [files.rec, files.idx, files.lst].into_iter().try_for_each(|file| sync(file, "a record file"))
}

fn failed(error: ExportError) -> JobError {
    let full = |error: &(dyn std::error::Error + 'static)| {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull) {
                return true;
            }
            cause = error.source();
        }
        false
    };
    if full(&error) { crate::blobs::BlobError::DiskFull.into() } else { JobError::Work(error.to_string()) }
}

/// Shapes in which everything but things paints no number: it still covers what lies below.
fn things_only(shapes: &[Shape], schema: &Schema) -> Vec<Shape> {
    let thing = |shape: &Shape| schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing);
    shapes.iter().map(|shape| Shape { class: if thing(shape) { shape.class } else { VOID }, ..shape.clone() }).collect()
}

/// The writer of a subset, made when its first image comes.
fn of_subset<W>(writers: &mut HashMap<Option<Subset>, W>, subset: Option<Subset>, make: impl FnOnce() -> Result<W>) -> Result<&mut W> {
    use std::collections::hash_map::Entry;
    Ok(match writers.entry(subset) {
        Entry::Occupied(writer) => writer.into_mut(),
        Entry::Vacant(place) => place.insert(make()?),
    })
}

impl Layout {
    fn new(folder: &Folder, format: Format, options: Options, schema: &Schema) -> Result<Self> {
        Ok(match format {
            Format::RecordioSeg => Self::Segmentation(HashMap::new()),
            Format::RecordioBox => Self::Boxes(HashMap::new()),
            Format::RecordioClass => {
                Self::Classes(HashMap::new(), if options.multi_hot { ClassLabels::MultiHot } else { ClassLabels::Single })
            }
            Format::PngMasks => Self::Masks {
                pack: Pack::new(folder, options.pack, "png-masks.tar")?,
                palette: Box::new(palette(schema)),
                things: schema.classes.iter().any(|class| class.kind == ClassKind::Thing),
            },
        })
    }

    /// `false` when the layout has nothing to say of the image.
    fn write(&mut self, folder: &Folder, schema: &Schema, image: &Image<'_>) -> Result<bool> {
        let &Image { id, name, picture, size: (width, height), shapes, subset, part } = image;
        match self {
            Self::Segmentation(writers) => {
                let make = || Ok(SegmentationWriter::new(records(folder, "seg_image", part)?, records(folder, "seg_mask", part)?));
                let mask = paint(shapes, width, height);
                of_subset(writers, part, make)?.write(&SegmentationItem { id, name, image: picture, mask: &mask }).map_err(failed)?;
                Ok(true)
            }
            Self::Boxes(writers) => {
                let boxes = boxes_of(shapes, schema);
                if boxes.is_empty() {
                    return Ok(false);
                }
                let make = || Ok(BoxWriter::new(records(folder, "boxes", part)?, schema));
                of_subset(writers, part, make)?.write(&BoxItem { id, name, image: picture, width, height, boxes: &boxes }).map_err(failed)
            }
            Self::Classes(writers, labels) => {
                let labels = *labels;
                let classes = classes_of(shapes);
                if labels == ClassLabels::Single && classes.len() != 1 {
                    return Ok(false);
                }
                let make = || Ok(ClassWriter::new(records(folder, "classes", part)?, schema, labels));
                of_subset(writers, part, make)?.write(&ClassItem { id, name, image: picture, classes: &classes }).map_err(failed)
            }
            Self::Masks { pack, palette, things } => {
                let unwritable = |error: &dyn std::fmt::Display| JobError::Work(format!("the mask of '{name}' can't be written: {error}"));
                let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                let map = paint(shapes, width, height);
                let mask = png_palette8(width, height, &map.classes, palette).map_err(|error| unwritable(&error))?;
                pack.add(folder, &format!("images/{subset}/{name}"), picture)?;
                pack.add(folder, &format!("masks/{subset}/{stem}.png"), &mask)?;
                if *things {
                    let numbers = paint_instances(&things_only(shapes, schema), width, height).map_err(|error| unwritable(&error))?.numbers;
                    let instances = png_gray16(width, height, &numbers).map_err(|error| unwritable(&error))?;
                    pack.add(folder, &format!("instances/{subset}/{stem}.png"), &instances)?;
                }
                Ok(true)
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Segmentation(writers) => {
                for writer in writers.into_values() {
                    let (images, masks, _) = writer.finish().map_err(failed)?;
                    close(images)?;
                    close(masks)?;
                }
            }
            Self::Boxes(writers) => {
                for writer in writers.into_values() {
                    close(writer.finish().map_err(failed)?.0)?;
                }
            }
            Self::Classes(writers, _) => {
                for writer in writers.into_values() {
                    close(writer.finish().map_err(failed)?.0)?;
                }
            }
            Self::Masks { pack, .. } => pack.finish()?,
        }
        Ok(())
    }
}
