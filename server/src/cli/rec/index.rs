//! A new `.idx`.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use labelwright_dataset::formats::recordio::{Keys, rebuild_index};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The .rec file
    file: PathBuf,
    /// The index to write (default: beside the file)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The keys are the ids in the image records, not 0, 1, 2, …
    #[arg(long)]
    ids: bool,
    /// Write over an index that is there
    #[arg(long)]
    replace: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let out = args.out.clone().unwrap_or_else(|| args.file.with_extension("idx"));
    super::may_write(&out, args.replace)?;
    let reader = super::open(&args.file)?.into_inner();
    let index = rebuild_index(reader, if args.ids { Keys::Ids } else { Keys::Numbers })
        .with_context(|| format!("{}; 'labelwright rec recover' saves what is whole", args.file.display()))?;
    let unfinished = super::base(&out, ".idx.part");
    let mut file = BufWriter::new(File::create(&unfinished)?);
    index.write(&mut file)?;
    file.flush()?;
    fs::rename(&unfinished, &out)?;
    println!("{}: {} records", out.display(), index.entries().len());
    Ok(ExitCode::SUCCESS)
}
