//! One record out of a file.

use std::{fs, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use labelwright_dataset::formats::recordio::ImageHeader;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The .rec file
    file: PathBuf,
    #[command(flatten)]
    which: Which,
    /// Where to write it (default: standard output)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The whole record; otherwise only the picture after the header of an image record
    #[arg(long)]
    raw: bool,
    /// Write over a file that is there
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The record with this key in the .idx beside the file
    #[arg(long)]
    key: Option<String>,
    /// The record with this number, counted from 0
    #[arg(long)]
    number: Option<usize>,
    /// The record that begins at this byte
    #[arg(long)]
    offset: Option<u64>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(out) = &args.out {
        super::may_write(out, args.replace)?;
    }
    let record = record(args)?;
    let bytes = if args.raw { &record[..] } else { ImageHeader::unpack(&record).context("--raw takes records of any kind")?.1 };
    match &args.out {
        Some(out) => fs::write(out, bytes).with_context(|| format!("{} can't be written", out.display()))?,
        None => std::io::stdout().write_all(bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn record(args: &Args) -> anyhow::Result<Vec<u8>> {
    let mut reader = super::open(&args.file)?;
    if let Some(number) = args.which.number {
        let mut record = Vec::new();
        for at in 0..=number {
            if reader.read_into(&mut record)?.is_none() {
                bail!("{} has only {at} records", args.file.display());
            }
        }
        return Ok(record);
    }
    let offset = match (&args.which.key, args.which.offset) {
        (Some(key), _) => {
            let index = super::index_beside(&args.file)?;
            let index = index.with_context(|| format!("{} has no .idx; 'labelwright rec index' makes one", args.file.display()))?;
            index.offset(key).with_context(|| format!("there is no record with the key '{key}'"))?
        }
        (None, Some(offset)) => offset,
        (None, None) => bail!("say which record: --key, --number or --offset"),
    };
    Ok(reader.read_at(offset)?)
}
