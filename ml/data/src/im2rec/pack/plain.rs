//! A list of pictures into one `.rec`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use labelwright_dataset::formats::recordio::{ListEntry, ListReader, TextError};

use super::files::{RecordFile, base_of};
use super::one::{Memory, record};
use super::ordered::ordered;
use super::{Event, PackOptions, Packed};
use crate::im2rec::{Im2recError, PictureError};

/// What became of a line.
enum Outcome {
    Record { id: u64, bytes: Vec<u8> },
    LeftOut { line: ListEntry, why: PictureError },
    BadLine(TextError),
}

/// Packs the pictures of `NAME.lst` into `NAME.rec` and `NAME.idx`; paths in the list begin at `root`. The list is read line by line, and a few
/// pictures a thread are in memory. The same list gives the same bytes whatever the number of threads.
///
/// A picture that can't be read or made is told to `report` and left out, and so is a line that is none.
///
/// # Errors
/// The list can't be read or the files can't be written; what had their names before is still there then.
pub fn pack_list(list: &Path, root: &Path, options: &PackOptions, mut report: impl FnMut(Event<'_>)) -> Result<Packed, Im2recError> {
    let lines = File::open(list).map_err(Im2recError::io(list))?;
    let mut file = RecordFile::create(&base_of(list))?;
    let mut packed = Packed::default();
    let work = |memory: &mut Memory, line: Result<ListEntry, TextError>| match line {
        Err(error) => Outcome::BadLine(error),
        Ok(line) => match record(root, &line, options, memory) {
            Ok(bytes) => Outcome::Record { id: line.id, bytes },
            Err(why) => Outcome::LeftOut { line, why },
        },
    };
    let sink = |outcome| {
        match outcome {
            Outcome::Record { id, bytes } => {
                file.write(id, &bytes)?;
                packed.written += 1;
                report(Event::Written);
            }
            Outcome::LeftOut { line, why } => {
                packed.left_out += 1;
                report(Event::LeftOut { id: line.id, path: &line.path, why: &why });
            }
            Outcome::BadLine(source) if !source.is_of_one_line() => {
                return Err(Im2recError::Text { path: list.to_owned(), source });
            }
            Outcome::BadLine(error) => {
                packed.bad_lines += 1;
                report(Event::BadLine(&error));
            }
        }
        Ok(())
    };
    ordered(ListReader::new(BufReader::new(lines)).keep_going(), options.threads, work, sink, Im2recError::Thread)?;
    packed.bytes = file.finish()?;
    Ok(packed)
}
