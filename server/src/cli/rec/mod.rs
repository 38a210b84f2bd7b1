//! `labelwright rec`: RecordIO files looked into and mended.

mod extract;
mod index;
mod info;
mod recover;
mod split;

use std::{
    ffi::OsString,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use labelwright_dataset::formats::recordio::{Index, RecordReader};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Count what a file holds; with --list a line for each record
    Info(info::Args),
    /// Make the .idx of a .rec that has none
    Index(index::Args),
    /// Save what is whole in a damaged file
    Recover(recover::Args),
    /// Take one record, or the picture in it, out of a file
    Extract(extract::Args),
    /// Cut a file into parts of about the same size
    Split(split::Args),
}

/// # Errors
/// A file is damaged, or can't be read or written.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Info(args) => info::run(&args),
        Command::Index(args) => index::run(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Split(args) => split::run(&args),
    }
}

/// The records of a file from its beginning.
fn open(path: &Path) -> anyhow::Result<RecordReader<BufReader<File>>> {
    let file = File::open(path).with_context(|| format!("{} can't be opened", path.display()))?;
    Ok(RecordReader::new(BufReader::with_capacity(1 << 18, file)))
}

/// The `.idx` beside a `.rec`, if there is one.
fn index_beside(path: &Path) -> anyhow::Result<Option<Index>> {
    let path = path.with_extension("idx");
    match File::open(&path) {
        Ok(file) => Ok(Some(Index::read(BufReader::new(file)).with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Refuses to write over a file, unless that is asked for.
fn may_write(path: &Path, replace: bool) -> anyhow::Result<()> {
    if path.exists() && !replace {
        bail!("{} is there already; --replace writes over it", path.display());
    }
    Ok(())
}

/// Where a `.rec` and its `.idx` go: the path without `.rec`, with more at its end.
fn base(rec: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(rec.with_extension(""));
    name.push(end);
    name.into()
}
