//! What a file holds.

use std::{collections::BTreeMap, io::Write as _, path::PathBuf, process::ExitCode};

use labelwright_dataset::formats::recordio::{ImageHeader, Labels};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The .rec file
    file: PathBuf,
    /// A line for each record: number, offset, length, id, what it holds, labels
    #[arg(long)]
    list: bool,
}

/// Counts while the file is read.
#[derive(Default)]
struct Counts {
    records: u64,
    bytes: u64,
    longest: usize,
    /// How many records hold what.
    kinds: BTreeMap<&'static str, u64>,
    /// How many image records have so many labels.
    labels: BTreeMap<usize, u64>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut reader = super::open(&args.file)?;
    let (mut counts, mut record) = (Counts::default(), Vec::new());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let read = loop {
        let offset = match reader.read_into(&mut record) {
            Ok(Some(offset)) => offset,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        let (kind, image) = kind_of(&record);
        if args.list {
            let (id, labels) =
                image.as_ref().map_or_else(|| ("-".to_owned(), "-".to_owned()), |header| (header.id.to_string(), in_words(header)));
            writeln!(out, "{}\t{offset}\t{}\t{id}\t{kind}\t{labels}", counts.records, record.len())?;
        }
        counts.records += 1;
        counts.bytes += record.len() as u64;
        counts.longest = counts.longest.max(record.len());
        *counts.kinds.entry(kind).or_default() += 1;
        if let Some(header) = image {
            let labels = match header.labels {
                Labels::One(_) => 1,
                Labels::Many(labels) => labels.len(),
            };
            *counts.labels.entry(labels).or_default() += 1;
        }
    };
    if !args.list {
        writeln!(out, "{} records, {} bytes in them, {} at most in one", counts.records, counts.bytes, counts.longest)?;
        for (kind, records) in &counts.kinds {
            writeln!(out, "{records:>10} {kind}")?;
        }
        for (labels, records) in &counts.labels {
            writeln!(out, "{records:>10} with {labels} label{}", if *labels == 1 { "" } else { "s" })?;
        }
    }
    out.flush()?;
    // What could be read up to the damage was said.
    match read {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(anyhow::Error::new(error).context("'labelwright rec recover' saves what is whole")),
    }
}

/// What a record holds, and the header if that is a picture.
fn kind_of(record: &[u8]) -> (&'static str, Option<ImageHeader>) {
    if record.is_empty() {
        return ("empty", None);
    }
    match ImageHeader::unpack(record) {
        Ok((header, picture)) => match image::guess_format(picture) {
            Ok(format) => (format.extensions_str().first().copied().unwrap_or("picture"), Some(header)),
            Err(_) => ("other", None),
        },
        Err(_) => ("other", None),
    }
}

/// Labels of a header, a few of many.
fn in_words(header: &ImageHeader) -> String {
    match &header.labels {
        Labels::One(label) => label.to_string(),
        Labels::Many(labels) => {
            let few: Vec<String> = labels.iter().take(24).map(ToString::to_string).collect();
            format!("[{}{}]", few.join(", "), if labels.len() > 24 { ", …" } else { "" })
        }
    }
}
