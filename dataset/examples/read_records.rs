//! Reads a `.rec` from beginning to end in several ways, in turn: `read_records FILE ROUNDS`. The first is a plain read of all bytes, which the others
//! are compared with. Each way looks at one byte a record. The file should be in the system's memory, so read it once before.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Instant;
use std::{env, hint};

use labelwright_dataset::formats::recordio::{MappedFile, RecordReader, RecordSlice};

type Way = (&'static str, fn(&Path) -> Result<u64, Box<dyn Error>>);

const WAYS: [Way; 3] = [("plain read", plain), ("RecordReader", streamed), ("RecordSlice over a MappedFile", mapped)];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("read_records FILE ROUNDS")?;
    let rounds: usize = arguments.next().unwrap_or("7".into()).parse()?;
    let path = Path::new(&path);
    let bytes = path.metadata()?.len() as f64;
    let mut rates = [const { Vec::new() }; WAYS.len()];
    for _ in 0..rounds {
        for ((_, way), rates) in WAYS.iter().zip(&mut rates) {
            let begin = Instant::now();
            hint::black_box(way(path)?);
            rates.push(bytes / begin.elapsed().as_secs_f64() / 1e9);
        }
    }
    for ((name, _), rates) in WAYS.iter().zip(&mut rates) {
        rates.sort_by(f64::total_cmp);
        println!("{name}: {:.2} GB/s [{:.2}..{:.2}]", rates[rounds / 2], rates[0], rates[rounds - 1]);
    }
    Ok(())
}

fn plain(path: &Path) -> Result<u64, Box<dyn Error>> {
    let (mut file, mut buffer, mut sum) = (File::open(path)?, vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sum),
            n => sum += u64::from(buffer[n - 1]),
        }
    }
}

fn streamed(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut reader = RecordReader::new(BufReader::with_capacity(1 << 18, File::open(path)?));
    let (mut record, mut sum) = (Vec::new(), 0);
    while reader.read_into(&mut record)?.is_some() {
        sum += record.last().map_or(0, |&byte| u64::from(byte));
    }
    Ok(sum)
}

fn mapped(path: &Path) -> Result<u64, Box<dyn Error>> {
    let (file, mut sum) = (MappedFile::open(path)?, 0);
    for record in RecordSlice::new(&file) {
        sum += record?.bytes.last().map_or(0, |&byte| u64::from(byte));
    }
    Ok(sum)
}
