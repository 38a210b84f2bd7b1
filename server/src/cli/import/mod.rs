//! `labelwright import`: a folder of images, or a labeled dataset, into a project.

mod dataset;
mod screen;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use uuid::Uuid;
use walkdir::WalkDir;

use super::find;
use crate::{
    config::Config,
    context::Context,
    flow::{
        images::{Outcome, add, policy_of},
        masks::import_mask,
    },
    http::api::projects::{NewClass, NewProject, make},
};
pub(super) use dataset::Pictures;
pub(super) use screen::Screen;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with images, looked through with all its subfolders, or with a dataset
    dir: PathBuf,
    /// Name or id of the project; made if there is none of that name
    #[arg(long, default_value = "Imported images")]
    project: String,
    /// Folder with mask PNGs of the same names: 8 bits are class indices, 16 bits are numbers of things
    #[arg(long, value_name = "DIR")]
    masks: Option<PathBuf>,
    /// Classes of a project that is made, in the order of their indices from 1
    #[arg(long, value_delimiter = ',', default_value = "object", value_name = "NAME,NAME")]
    classes: Vec<String>,
    /// Class index of the things in 16-bit masks
    #[arg(long, default_value_t = 1)]
    thing_class: u8,
    /// The folder is a labeled dataset of this format: 'auto', or one that 'labelwright formats' lists
    #[arg(long, conflicts_with_all = ["masks", "classes", "thing_class"])]
    format: Option<String>,
    /// Folder with the pictures of a dataset that has none itself; found by their names
    #[arg(long, value_name = "DIR", requires = "format")]
    images: Option<PathBuf>,
    /// Add the dataset's classes to a project that doesn't have them
    #[arg(long, requires = "format")]
    add_classes: bool,
    /// Images without shapes are labeled as nothing but background, instead of being left for people
    #[arg(long, requires = "format")]
    empty_is_background: bool,
    /// An option of the format, such as root=images
    #[arg(long, value_name = "NAME=VALUE", requires = "format")]
    option: Vec<String>,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Tally {
    added: u64,
    known: u64,
    rejected: u64,
    labeled: u64,
    bad_masks: u64,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<ExitCode> {
    if !args.dir.is_dir() {
        bail!("{} is not a folder; nothing was imported", args.dir.display());
    }
    let ctx = Context::open(config).await?;
    if let Some(format) = &args.format {
        let done = dataset::run(&args, format, &ctx).await;
        ctx.db.close().await;
        return done.map(|()| ExitCode::SUCCESS);
    }
    let project = find_or_make(&ctx, &args).await?;
    let policy = policy_of(&ctx, project).await?;
    let masks = args.masks.as_deref().map(masks_by_name).transpose()?;
    let files = files_of(&args.dir);
    let screen = Screen::new(Some(files.len() as u64));
    let say = |line: String| screen.say(line);
    let mut tally = Tally::default();
    for path in files {
        screen.step();
        let shown = path.strip_prefix(&args.dir).unwrap_or(&path).display().to_string();
        let too_large = std::fs::metadata(&path).is_ok_and(|meta| meta.len() > ctx.config.max_image_bytes);
        let bytes =
            if too_large { Err(std::io::Error::other("the file is larger than max_image_bytes")) } else { tokio::fs::read(&path).await };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                tally.rejected += 1;
                say(format!("rejected   {shown}: {error}"));
                continue;
            }
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let image = match add(&ctx, project, &policy, &name, bytes.into(), None).await? {
            Outcome::Added(id) => {
                tally.added += 1;
                id
            }
            Outcome::Duplicate(id) => {
                tally.known += 1;
                say(format!("duplicate  {shown}: the project has this picture already"));
                id
            }
            Outcome::Rejected(error) => {
                tally.rejected += 1;
                say(format!("rejected   {shown}: {error}"));
                continue;
            }
        };
        if let Some(mask) = masks.as_ref().and_then(|masks| masks.get(&stem(&path))) {
            match import_mask(&ctx, image, tokio::fs::read(mask).await?, args.thing_class).await {
                Ok(new) => tally.labeled += u64::from(new),
                Err(error) => {
                    tally.bad_masks += 1;
                    say(format!("bad mask   {}: {error}", mask.display()));
                }
            }
        }
    }
    screen.end();
    println!("{} added, {} known already, {} rejected", tally.added, tally.known, tally.rejected);
    if masks.is_some() {
        println!("{} labeled from masks, {} masks refused", tally.labeled, tally.bad_masks);
    }
    println!("Project {project}. Running this again takes only what is new.");
    ctx.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn find_or_make(ctx: &Context, args: &Args) -> anyhow::Result<Uuid> {
    if let Some(project) = find::project(ctx, &args.project).await? {
        return Ok(project.id);
    }
    if args.project.parse::<Uuid>().is_ok() {
        bail!("there is no project {}; nothing was imported", args.project);
    }
    let classes =
        args.classes.iter().map(|name| NewClass { index: None, name: name.clone(), color: None, kind: None, attributes: None }).collect();
    let new =
        NewProject { name: args.project.clone(), instructions: String::new(), classes, policy: crate::domain::policy::Policy::default() };
    let id = make(ctx, new, find::owner(ctx).await?).await?;
    println!("Made the project '{}'.", args.project);
    Ok(id)
}

/// Every file below `dir` in the order of names; links are not followed, so nothing outside is read.
fn files_of(dir: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(dir)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.'));
    entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn masks_by_name(dir: &Path) -> anyhow::Result<HashMap<String, PathBuf>> {
    if !dir.is_dir() {
        bail!("{} is not a folder; nothing was imported", dir.display());
    }
    Ok(files_of(dir).into_iter().map(|path| (stem(&path), path)).collect())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
