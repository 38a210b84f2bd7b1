//! `labelwright import --format …`: a labeled dataset into a project.

use std::{collections::BTreeMap, io::Read, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use labelwright_dataset::{
    Schema, Shape, VOID,
    exchange::{DatasetReader, FolderInput, Input, Item, ReadItem, safe_name, stem},
    formats::registry,
};
use uuid::Uuid;

use super::{Args, Screen};
use crate::{
    cli::{find, formats::losses_in_words},
    context::Context,
    flow::{
        FlowError,
        images::{Outcome, add_to, policy_of},
        imports::{Imported, Said, import_label},
    },
    http::api::projects::{NewClass, NewProject, make},
    store::{ClassKind, Subset, projects},
};

/// What became of the images of a dataset.
#[derive(Debug, Default)]
struct Tally {
    added: u64,
    known: u64,
    labeled: u64,
    /// Had a label already.
    kept: u64,
    /// Have no shapes, and that was not to be taken for a label.
    empty: u64,
    rejected: u64,
    bad_labels: u64,
}

/// Where pictures are that the dataset itself doesn't have.
pub(in crate::cli) struct Pictures {
    inside: Arc<FolderInput>,
    beside: Option<Beside>,
}

struct Beside {
    folder: FolderInput,
    /// By name without folders and ending.
    by_stem: BTreeMap<String, String>,
}

impl Pictures {
    /// Pictures of the dataset in `inside`; those that it doesn't have are looked up by name in the folder `beside`.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn new(inside: Arc<FolderInput>, beside: Option<&Path>) -> anyhow::Result<Self> {
        let beside = match beside {
            None => None,
            Some(path) if !path.is_dir() => bail!("{} is not a folder; nothing was read", path.display()),
            Some(path) => {
                let folder = FolderInput::new(path);
                let names = folder.list("").with_context(|| format!("{} can't be read", path.display()))?;
                Some(Beside { by_stem: names.into_iter().map(|name| (file_stem(&name), name)).collect(), folder })
            }
        };
        Ok(Self { inside, beside })
    }

    /// The file of an item's picture, of at most `limit` bytes; `within` is the one that lay in the labels themselves, if there was one.
    ///
    /// # Errors
    /// There is none, or it is too large.
    pub fn read(&self, item: &ReadItem, within: Option<Vec<u8>>, limit: u64) -> Result<Vec<u8>, String> {
        match within {
            Some(file) if file.len() as u64 > limit => return Err("its picture is larger than max_image_bytes".into()),
            Some(file) => return Ok(file),
            None => {}
        }
        let beside = || {
            let beside = self.beside.as_ref()?;
            let exact = safe_name(&item.item.name).ok().filter(|name| beside.folder.size(name).ok().flatten().is_some());
            Some((&beside.folder, exact.or_else(|| beside.by_stem.get(&file_stem(&item.item.name)).cloned())?))
        };
        let inside = item.picture.clone().map(|name| (&*self.inside, name));
        let (folder, name) = inside.or_else(beside).ok_or("the dataset doesn't have its picture; name a folder with --images")?;
        let size = folder.size(&name).map_err(|error| format!("{name}: {error}"))?;
        match size {
            None => return Err(format!("its picture {name} is not there")),
            Some(size) if size > limit => return Err(format!("its picture {name} is larger than max_image_bytes")),
            Some(_) => {}
        }
        let mut bytes = Vec::new();
        let file = folder.open(&name).map_err(|error| format!("{name}: {error}"))?;
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
        Ok(bytes)
    }
}

fn file_stem(name: &str) -> String {
    let name = stem(name);
    name.rsplit('/').next().unwrap_or(name).to_lowercase()
}

/// Takes a dataset in; see [`Args`].
pub(super) async fn run(args: &Args, format: &str, ctx: &Context) -> anyhow::Result<()> {
    let input = Arc::new(FolderInput::new(&args.dir));
    let format = if format == "auto" {
        registry::detect(&*input)?.first().map(|format| format.id).with_context(|| {
            format!(
                "{} looks like none of the formats that can be read; name one with --format ('labelwright formats' lists them)",
                args.dir.display()
            )
        })?
    } else {
        format
    };
    println!("Reading {} as {format}.", args.dir.display());
    let options = super::super::formats::options(&args.option)?;
    let reader = {
        let (input, format) = (Arc::clone(&input), format.to_owned());
        tokio::task::spawn_blocking(move || registry::reader(&format, input, &options)).await??
    };
    let pictures = Pictures::new(Arc::clone(&input), args.images.as_deref())?;
    let (project, classes) = project_for(ctx, args, reader.schema()).await?;
    let tally = items(ctx, args, project, &classes, reader, &pictures).await?;
    println!("{} added, {} known already, {} rejected", tally.added, tally.known, tally.rejected);
    println!("{} labeled, {} had a label already, {} labels refused", tally.labeled, tally.kept, tally.bad_labels);
    if tally.empty > 0 {
        println!("{} images without shapes were left unlabeled; with --empty-is-background they are labeled as background", tally.empty);
    }
    println!("Project {project}. Running this again takes only what is new.");
    Ok(())
}

/// Class indices of the dataset, and what they are in the project.
type Classes = BTreeMap<u8, u8>;

/// The project of that name with the dataset's classes; made if there is none.
async fn project_for(ctx: &Context, args: &Args, schema: &Schema) -> anyhow::Result<(Uuid, Classes)> {
    let Some(project) = find::project(ctx, &args.project).await? else {
        if args.project.parse::<Uuid>().is_ok() {
            bail!("there is no project {}; nothing was imported", args.project);
        }
        let class = |class: &labelwright_dataset::Class| NewClass {
            index: Some(i64::from(class.index)),
            name: class.name.clone(),
            color: Some(class.color.clone()),
            kind: Some(match class.kind {
                labelwright_dataset::ClassKind::Thing => ClassKind::Thing,
                labelwright_dataset::ClassKind::Stuff => ClassKind::Stuff,
            }),
            attributes: None,
        };
        let new = NewProject {
            name: args.project.clone(),
            instructions: String::new(),
            classes: schema.classes.iter().map(class).collect(),
            policy: crate::domain::policy::Policy::default(),
        };
        let id = make(ctx, new, find::owner(ctx).await?).await?;
        println!("Made the project '{}' with {} classes.", args.project, schema.classes.len());
        return Ok((id, schema.classes.iter().map(|class| (class.index, class.index)).collect()));
    };
    let mut known = projects::classes(&mut ctx.db.read().await?, project.id).await?;
    let missing: Vec<&labelwright_dataset::Class> =
        schema.classes.iter().filter(|class| known.iter().all(|row| row.name != class.name)).collect();
    if !missing.is_empty() && !args.add_classes {
        let names = missing.iter().map(|class| format!("'{}'", class.name)).collect::<Vec<_>>().join(", ");
        bail!("the project has no class {names}; nothing was imported. Add it in the project's settings, or run this with --add-classes");
    }
    if !missing.is_empty() {
        let mut tx = ctx.db.write().await?;
        for class in missing {
            // A class keeps the index that it has in the dataset where the project has not given it away.
            let taken = |idx: i64| known.iter().any(|row| row.idx == idx);
            let free = (1..=254).find(|&idx| !taken(idx)).context("the project has 254 classes, which is as many as there can be")?;
            let idx = Some(i64::from(class.index)).filter(|&idx| !taken(idx)).unwrap_or(free);
            let kind = match class.kind {
                labelwright_dataset::ClassKind::Thing => ClassKind::Thing,
                labelwright_dataset::ClassKind::Stuff => ClassKind::Stuff,
            };
            let row = projects::ClassRow { idx, name: class.name.clone(), color: class.color.clone(), kind, attributes: "[]".into() };
            projects::put_class(&mut tx, project.id, &row).await?;
            known.push(row);
        }
        tx.commit().await?;
    }
    let index = |class: &labelwright_dataset::Class| {
        let row = known.iter().find(|row| row.name == class.name)?;
        Some((class.index, u8::try_from(row.idx).ok()?))
    };
    Ok((project.id, schema.classes.iter().filter_map(index).collect()))
}

async fn items(
    ctx: &Context,
    args: &Args,
    project: Uuid,
    classes: &Classes,
    mut reader: Box<dyn DatasetReader>,
    pictures: &Pictures,
) -> anyhow::Result<Tally> {
    let policy = policy_of(ctx, project).await?;
    let screen = Screen::new(reader.images());
    let mut tally = Tally::default();
    loop {
        // Reading decodes masks, which would hold up the database's tasks.
        let (given, next, within) = tokio::task::spawn_blocking(move || {
            let next = reader.next();
            let within = reader.take_picture();
            (reader, next, within)
        })
        .await?;
        reader = given;
        let Some(next) = next else { break };
        screen.step();
        let read = match next {
            Ok(read) => read,
            Err(error) if error.is_of_one_image() => {
                tally.rejected += 1;
                screen.say(format!("rejected   {error}"));
                continue;
            }
            Err(error) => return Err(error).context("the rest of the dataset can't be read; what was imported so far is kept"),
        };
        let name = read.item.name.clone();
        let rejected = |tally: &mut Tally, why: String| {
            tally.rejected += 1;
            screen.say(format!("rejected   {name}: {why}"));
        };
        let file = match pictures.read(&read, within, ctx.config.max_image_bytes) {
            Ok(file) => file,
            Err(why) => {
                rejected(&mut tally, why);
                continue;
            }
        };
        let subset = read.item.subset.map(|subset| match subset {
            labelwright_dataset::Subset::Train => Subset::Train,
            labelwright_dataset::Subset::Validation => Subset::Validation,
            labelwright_dataset::Subset::Test => Subset::Test,
        });
        let image = match add_to(ctx, project, &policy, &name, file.into(), None, subset).await? {
            Outcome::Added(id) => {
                tally.added += 1;
                id
            }
            Outcome::Duplicate(id) => {
                tally.known += 1;
                id
            }
            Outcome::Rejected(error) => {
                rejected(&mut tally, error.to_string());
                continue;
            }
        };
        if read.item.shapes.is_empty() && !args.empty_is_background {
            tally.empty += 1;
            continue;
        }
        let Item { width, height, origin, shapes, .. } = read.item;
        let said = Said { machine: origin.machine, confidence: origin.confidence, size: Some((width, height)) };
        let shapes = match mapped(shapes, classes) {
            Ok(shapes) => shapes,
            Err(why) => {
                tally.bad_labels += 1;
                screen.say(format!("bad label  {name}: {why}"));
                continue;
            }
        };
        match import_label(ctx, image, shapes, said).await {
            Ok(Imported::Labeled) => tally.labeled += 1,
            Ok(Imported::Kept) => tally.kept += 1,
            Err(FlowError::Invalid(why)) => {
                tally.bad_labels += 1;
                screen.say(format!("bad label  {name}: {why}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    screen.end();
    for line in losses_in_words(reader.losses()) {
        println!("{line}");
    }
    Ok(tally)
}

fn mapped(shapes: Vec<Shape>, classes: &Classes) -> Result<Vec<Shape>, String> {
    let map = |shape: Shape| {
        let class = if shape.class == VOID { Some(&VOID) } else { classes.get(&shape.class) };
        let class = *class.ok_or_else(|| format!("a shape has class {}, which the dataset doesn't name", shape.class))?;
        Ok(Shape { class, ..shape })
    };
    shapes.into_iter().map(map).collect()
}
