//! A file cut into parts.

use std::{collections::HashMap, fs::File, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use labelwright_data::im2rec::RecordFile;
use labelwright_dataset::formats::recordio::PartOf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The .rec file; with an .idx beside it the parts have the same number of records, otherwise about the same length
    file: PathBuf,
    /// How many parts: FILE_0.rec, FILE_1.rec, …
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000))]
    parts: u64,
    /// Write over files that are there
    #[arg(long)]
    replace: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    for part in 0..args.parts {
        for end in [".rec", ".idx"] {
            super::may_write(&super::base(&args.file, &format!("_{part}{end}")), args.replace)?;
        }
    }
    let index = super::index_beside(&args.file)?;
    let entries = index.iter().flat_map(|index| index.entries());
    let keys: HashMap<u64, &str> = entries.map(|entry| (entry.offset, entry.key.as_str())).collect();
    let mut file = File::open(&args.file).with_context(|| format!("{} can't be opened", args.file.display()))?;
    let mut reader = super::open(&args.file)?;
    let (mut record, mut number) = (Vec::new(), 0u64);
    for part in 0..args.parts {
        let of = PartOf::new(part, args.parts).context("there is no such part")?;
        let base = super::base(&args.file, &format!("_{part}"));
        let mut out = RecordFile::create(&base)?;
        let begun = number;
        // A record without a key in the index has its number in the file.
        let mut write = |offset: u64, record: &[u8]| {
            let numbered = number.to_string();
            number += 1;
            out.write(keys.get(&offset).map_or(numbered.as_str(), |key| key), record)
        };
        if let Some(index) = &index {
            for offset in of.by_count(index) {
                write(offset, &reader.read_at(offset)?)?;
            }
        } else {
            let range = of.by_bytes(&mut file)?;
            reader.seek(range.start)?;
            while reader.offset() < range.end {
                let Some(offset) = reader.read_into(&mut record)? else { break };
                write(offset, &record)?;
            }
        }
        let bytes = out.finish()?;
        println!("{}.rec: {} records, {bytes} bytes", base.display(), number - begun);
    }
    Ok(ExitCode::SUCCESS)
}
