//! A list cut into chunks, and chunks into training, test and validation, as `im2rec.py` cuts them.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Found, Im2recError, ListOptions, named};

/// Refuses options that make no sense.
pub(super) fn check(options: &ListOptions) -> Result<(), Im2recError> {
    let share = |ratio: f64| (0.0..=1.0).contains(&ratio);
    if options.chunks == 0 {
        return Err(Im2recError::Options("there must be at least one chunk"));
    }
    if !share(options.train_ratio) || !share(options.test_ratio) {
        return Err(Im2recError::Options("the shares for training and test must be between 0 and 1"));
    }
    // With everything for training the test share counts for nothing; and sums of fractions are a little off.
    if options.train_ratio < 1.0 && options.train_ratio + options.test_ratio > 1.0 + 1e-9 {
        return Err(Im2recError::Options("the shares for training and test are more than 1 together"));
    }
    Ok(())
}

/// Writes all lists and says how many lines each has.
pub(super) fn write(prefix: &Path, found: &[Found], options: &ListOptions) -> Result<Vec<(PathBuf, u64)>, Im2recError> {
    let size = found.len().div_ceil(options.chunks);
    let part = |items: usize, ratio: f64| (items as f64 * ratio) as usize;
    let mut files = Vec::new();
    for number in 0..options.chunks {
        let chunk = cut(found, number * size, (number + 1) * size);
        let name = if options.chunks > 1 { format!("_{number}") } else { String::new() };
        let mut list = |kind: &str, lines: &[Found]| -> Result<(), Im2recError> {
            let path = named(prefix, &format!("{name}{kind}.lst"));
            write_list(&path, lines).map_err(Im2recError::io(&path))?;
            files.push((path, lines.len() as u64));
            Ok(())
        };
        if options.train_ratio == 1.0 {
            list("", chunk)?;
            continue;
        }
        let test = part(size, options.test_ratio);
        let train = test + part(size, options.train_ratio);
        if options.test_ratio > 0.0 {
            list("_test", cut(chunk, 0, test))?;
        }
        if options.train_ratio + options.test_ratio < 1.0 {
            list("_val", cut(chunk, train, chunk.len()))?;
        }
        list("_train", cut(chunk, test, train))?;
    }
    Ok(files)
}

/// As Python cuts: places behind the end are the end.
fn cut(items: &[Found], from: usize, to: usize) -> &[Found] {
    let to = to.min(items.len());
    &items[from.min(to)..to]
}

/// Writes a list beside its name and moves it there when it is whole.
fn write_list(path: &Path, lines: &[Found]) -> io::Result<()> {
    let unfinished = named(path, ".part");
    let mut file = BufWriter::new(File::create(&unfinished)?);
    for Found { id, label, path } in lines {
        writeln!(file, "{id}\t{label}.000000\t{path}")?;
    }
    file.flush()?;
    fs::rename(unfinished, path)
}
