//! `labelwright convert`: a dataset from one format into another, without a server or a project.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use image::ImageFormat;
use labelwright_dataset::{
    exchange::{FolderInput, Losses, UniqueNames},
    formats::registry,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    formats::{losses_in_words, options},
    import::{Pictures, Screen},
};
use crate::{config::Config, jobs::export::folder::Folder, media};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with the dataset
    from: PathBuf,
    /// Folder to write; it must not exist yet, or be empty
    to: PathBuf,
    /// Format of the dataset, one that 'labelwright formats' lists
    #[arg(long, default_value = "auto")]
    format: String,
    /// Format to write
    #[arg(long, value_name = "FORMAT")]
    into: String,
    /// Folder with the pictures of a dataset that has none itself; found by their names
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// An option of the format that is read
    #[arg(long, value_name = "NAME=VALUE")]
    read_option: Vec<String>,
    /// An option of the format that is written, such as split=true
    #[arg(long, value_name = "NAME=VALUE")]
    option: Vec<String>,
    /// Replace what is in the folder
    #[arg(long)]
    replace: bool,
}

/// How much work is lost when the program is stopped.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(10);

/// What is needed to go on after the program was stopped.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SoFar {
    /// Images read, written or not.
    seen: u64,
    written: u64,
    left_out: u64,
    refused: u64,
    writer: Option<Value>,
}

/// # Errors
/// One of the folders or formats can't be read or written; nothing half-written has the folder's name then.
pub fn run(args: Args, config: &Config) -> anyhow::Result<ExitCode> {
    if !args.from.is_dir() {
        bail!("{} is not a folder; nothing was written", args.from.display());
    }
    let input = Arc::new(FolderInput::new(&args.from));
    let format = match args.format.as_str() {
        "auto" => registry::detect(&*input)?
            .first()
            .map(|format| format.id)
            .with_context(|| format!("{} looks like none of the formats that can be read; name one with --format", args.from.display()))?,
        named => named,
    };
    let mut reader = registry::reader(format, input.clone(), &options(&args.read_option)?)?;
    let pictures = Pictures::new(input, args.images.as_deref())?;
    let form = options(&args.option)?;
    let asked = json!({ "from": args.from, "format": format, "into": args.into, "options": form, "classes": reader.schema() });
    registry::writer(&args.into, reader.schema(), &form, None)?;
    let (mut folder, begun) = Folder::open::<SoFar>(&args.to, args.replace, asked)?;
    let mut so_far = begun.unwrap_or_default();
    let mut writer = registry::writer(&args.into, reader.schema(), &form, so_far.writer.as_ref())?;
    let screen = Screen::new(reader.images());
    let (mut noted, mut at) = (Instant::now(), 0);
    let (mut names, mut renamed) = (UniqueNames::default(), 0u64);
    while let Some(next) = reader.next() {
        screen.step();
        at += 1;
        let within = reader.take_picture();
        // Also of images that were written before the program was stopped, so that the others get the names that they would have got.
        let name = next.as_ref().ok().and_then(|read| names.renamed(&read.item));
        renamed += u64::from(name.is_some());
        if at <= so_far.seen {
            continue;
        }
        so_far.seen = at;
        let one = || -> anyhow::Result<bool> {
            let mut read = next?;
            let own = read.item.name.clone();
            let picture = pictures.read(&read, within, config.max_image_bytes).map_err(|why| anyhow::anyhow!("image '{own}': {why}"))?;
            let picture = shown(picture, config).with_context(|| format!("image '{own}'"))?;
            read.item.name = name.unwrap_or(own);
            Ok(writer.write(&read.item, &picture, folder.out()?)?)
        };
        match one() {
            Ok(true) => so_far.written += 1,
            Ok(false) => so_far.left_out += 1,
            Err(error) if fatal(&error) => return Err(error),
            Err(error) => {
                so_far.refused += 1;
                screen.say(format!("left out   {error:#}"));
            }
        }
        if noted.elapsed() > BETWEEN_CHECKPOINTS {
            so_far.writer = Some(writer.state());
            folder.checkpoint(&so_far)?;
            noted = Instant::now();
        }
    }
    let read_losses: Losses = reader.losses().clone();
    let losses = writer.finish(folder.out()?)?;
    let listing = folder.finish()?;
    screen.end();
    for (what, losses) in [("reading", &read_losses), ("writing", &losses)] {
        for line in losses_in_words(losses) {
            println!("{what}: {line}");
        }
    }
    if renamed > 0 {
        println!("{renamed} images have another name than in {}, because an image before them had theirs", args.from.display());
    }
    println!(
        "{} images written to {} as {} ({} bytes); {} with nothing to say in that format, {} left out for an error",
        so_far.written,
        args.to.display(),
        args.into,
        listing.bytes,
        so_far.left_out,
        so_far.refused,
    );
    Ok(ExitCode::SUCCESS)
}

/// The picture in a form that browsers know: the file itself, or an upright 8-bit PNG of it.
fn shown(picture: Vec<u8>, config: &Config) -> Result<Vec<u8>, media::MediaError> {
    if matches!(image::guess_format(&picture), Ok(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Ok(picture);
    }
    let limits = media::Limits { bytes: config.max_image_bytes, pixels: config.max_image_pixels };
    let decoded = media::decode(&picture, limits)?;
    Ok(decoded.display.map_or(picture, |png| png.to_vec()))
}

/// Whether an error ends the conversion, rather than leaving out one image.
fn fatal(error: &anyhow::Error) -> bool {
    use labelwright_dataset::exchange::ExchangeError;
    match error.downcast_ref::<ExchangeError>() {
        Some(error) => !error.is_of_one_image(),
        None => error.downcast_ref::<crate::jobs::JobError>().is_some(),
    }
}
