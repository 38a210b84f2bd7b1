//! `labelwright im2rec`: what MXNet's `im2rec.py` does, with its options.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use clap::ValueEnum;
use labelwright_data::im2rec::{
    ColorMode, Encoding, Event, ListOptions, MaskPlace, PackOptions, Packed, PictureOptions, lists_of, pack_list, pack_pairs, write_lists,
};

use super::import::Screen;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --list every PREFIX*.lst is packed into a .rec and an .idx beside it. Pictures that can't be read are named, counted and left out;
the exit code is 0 as long as the files were written, and 1 if they were not, or with --strict if anything was left out.

Examples:
  labelwright im2rec --list --recursive --train-ratio 0.9 data/birds photos
  labelwright im2rec --resize 256 --num-thread 8 data/birds photos
  labelwright im2rec --pass-through --masks masks data/roads photos      pictures and masks side by side")]
pub struct Args {
    /// Where the lists and record files are, and how their names begin
    prefix: PathBuf,
    /// Folder of the pictures
    root: PathBuf,
    #[command(flatten)]
    listing: Listing,
    #[command(flatten)]
    packing: Packing,
}

// Options for making lists; a doc comment would become the command's description.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Lists")]
struct Listing {
    /// Make lists of the pictures in the folder, instead of record files of lists
    #[arg(long)]
    list: bool,
    /// Ends of the names of pictures
    #[arg(long, num_args = 1.., default_values = [".jpeg", ".jpg", ".png"], value_name = "EXT")]
    exts: Vec<String>,
    /// How many lists
    #[arg(long, default_value_t = 1)]
    chunks: usize,
    /// Share of the pictures for training
    #[arg(long, default_value_t = 1.0)]
    train_ratio: f64,
    /// Share of the pictures for test
    #[arg(long, default_value_t = 0.0)]
    test_ratio: f64,
    /// Look into the folders below too; each with pictures gets a label of its own
    #[arg(long)]
    recursive: bool,
    /// Keep the order of the names
    #[arg(long)]
    no_shuffle: bool,
}

// Options for making record files.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Record files")]
struct Packing {
    /// Take the pictures' files as they are
    #[arg(long, conflicts_with_all = ["resize", "center_crop"])]
    pass_through: bool,
    /// Length of the shorter side; 0 leaves the size
    #[arg(long, default_value_t = 0)]
    resize: u32,
    /// Cut out the square in the middle
    #[arg(long)]
    center_crop: bool,
    /// Quality of JPEG (1–100), or effort for PNG (1–9)
    #[arg(long, default_value_t = 95, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,
    /// How many threads make pictures; 0 means one for each core
    #[arg(long, default_value_t = 0)]
    num_thread: usize,
    /// 1: in colour, 0: gray, -1: as stored, with transparency
    #[arg(long, default_value_t = 1, allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(-1..=1))]
    color: i8,
    /// Form in which pictures are stored
    #[arg(long, default_value = ".jpg", value_enum)]
    encoding: Form,
    /// Store all labels of a line, not the first one alone
    #[arg(long)]
    pack_label: bool,
    /// Leave out pictures whose labels are no boxes; implies --pack-label
    #[arg(long)]
    boxes: bool,
    /// Folder of masks: PREFIX_image.rec and PREFIX_mask.rec are written side by side
    #[arg(long, value_name = "DIR")]
    masks: Option<PathBuf>,
    /// List with the masks' paths in that folder, for the same ids in the same order
    #[arg(long, value_name = "FILE", requires = "masks")]
    mask_list: Option<PathBuf>,
    /// End with the exit code 1 if anything was left out
    #[arg(long)]
    strict: bool,
}

/// The form of a picture, by the end of a name.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    #[value(name = ".jpg")]
    Jpeg,
    #[value(name = ".png")]
    Png,
}

/// # Errors
/// A folder or list can't be read, or a file can't be written; what had its name before is still there then.
pub fn run(args: Args, max_pixels: u64) -> anyhow::Result<ExitCode> {
    if !args.root.is_dir() {
        bail!("{} is not a folder; nothing was written", args.root.display());
    }
    if args.listing.list { list(&args.prefix, &args.root, args.listing) } else { pack(&args.prefix, &args.root, args.packing, max_pixels) }
}

fn list(prefix: &Path, root: &Path, args: Listing) -> anyhow::Result<ExitCode> {
    let Listing { exts, chunks, train_ratio, test_ratio, recursive, no_shuffle, list: _ } = args;
    let options = ListOptions { exts, chunks, train_ratio, test_ratio, recursive, shuffle: !no_shuffle };
    let listed = write_lists(prefix, root, &options)?;
    if recursive {
        for (label, folder) in listed.folders.iter().enumerate() {
            println!("{folder} {label}");
        }
    }
    for name in &listed.left_out {
        eprintln!("left out   {name}: it can't stand in a list");
    }
    for (path, lines) in &listed.files {
        eprintln!("{}: {lines} pictures", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn pack(prefix: &Path, root: &Path, args: Packing, max_pixels: u64) -> anyhow::Result<ExitCode> {
    let pictures = PictureOptions {
        resize: args.resize,
        center_crop: args.center_crop,
        quality: args.quality,
        encoding: match args.encoding {
            Form::Jpeg => Encoding::Jpeg,
            Form::Png => Encoding::Png,
        },
        color: match args.color {
            0 => ColorMode::Gray,
            1 => ColorMode::Color,
            _ => ColorMode::Unchanged,
        },
        max_pixels,
    };
    let threads = if args.num_thread == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { args.num_thread };
    let options = PackOptions {
        pictures: (!args.pass_through).then_some(pictures),
        pack_label: args.pack_label || args.boxes,
        check_boxes: args.boxes,
        threads,
    };
    let masks = args.masks.map(|folder| match args.mask_list {
        Some(list) => MaskPlace::List { folder, list },
        None => MaskPlace::Folder(folder),
    });
    let lists = lists_of(prefix)?;
    if lists.len() > 1 && matches!(masks, Some(MaskPlace::List { .. })) {
        bail!("--mask-list belongs to one list, but {} lists begin with {}", lists.len(), prefix.display());
    }
    let mut anything_lost = false;
    for list in lists {
        let packed = one_list(&list, root, masks.as_ref(), &options)?;
        anything_lost |= packed.left_out + packed.bad_lines > 0;
    }
    Ok(if args.strict && anything_lost { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn one_list(list: &Path, root: &Path, masks: Option<&MaskPlace>, options: &PackOptions) -> anyhow::Result<Packed> {
    let screen = Screen::new(None);
    let report = |event: Event<'_>| {
        screen.step();
        match event {
            Event::Written => {}
            Event::LeftOut { id, path, why } => screen.say(format!("left out   {id} {path}: {why}")),
            Event::BadLine(error) => screen.say(format!("left out   {}: {error}", list.display())),
        }
    };
    let packed = match masks {
        None => pack_list(list, root, options, report)?,
        Some(masks) => pack_pairs(list, root, masks, options, report)?,
    };
    screen.end();
    let Packed { written, left_out, bad_lines, bytes } = packed;
    println!(
        "{}: {written} records written ({bytes} bytes), {left_out} pictures left out, {bad_lines} lines not understood",
        list.display()
    );
    Ok(packed)
}
