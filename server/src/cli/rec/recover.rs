//! What can be saved of a damaged file.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use labelwright_data::im2rec::RecordFile;
use labelwright_dataset::formats::recordio::{ImageHeader, MappedFile, Salvage, Salvager};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The damaged .rec file; nothing may write to it meanwhile
    file: PathBuf,
    /// The .rec to write; its .idx comes beside it
    to: PathBuf,
    /// Write over files that are there
    #[arg(long)]
    replace: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let base = super::base(&args.to, "");
    for end in ["rec", "idx"] {
        super::may_write(&args.to.with_extension(end), args.replace)?;
    }
    let bytes = MappedFile::open(&args.file).with_context(|| format!("{} can't be opened", args.file.display()))?;
    if args.to.canonicalize().is_ok_and(|to| args.file.canonicalize().is_ok_and(|file| file == to)) {
        bail!("what is saved can't replace the damaged file itself; choose another name");
    }
    let mut out = RecordFile::create(&base)?;
    let (mut saved, mut lost, mut stretches) = (0u64, 0, 0u64);
    for stretch in Salvager::new(&bytes) {
        match stretch {
            Salvage::Record(record) => {
                // Ids are the keys of im2rec's indices; what has none gets its number.
                let id = ImageHeader::unpack(&record.bytes).map_or(saved, |(header, _)| header.id);
                out.write(id, &record.bytes)?;
                saved += 1;
            }
            Salvage::Lost { from, to, why } => {
                println!("lost       bytes {from} to {to}: {why}");
                lost += to - from;
                stretches += 1;
            }
        }
    }
    out.finish()?;
    println!("{}: {saved} records saved; {lost} bytes lost in {stretches} places", args.to.display());
    Ok(ExitCode::SUCCESS)
}
