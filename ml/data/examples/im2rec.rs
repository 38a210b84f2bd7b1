//! Packs a list as `labelwright im2rec` does, for measuring without the server's crate:
//! `im2rec LIST ROOT THREADS [RESIZE QUALITY]`, without the last two as the files are. CPU time is told by `time`.

use std::error::Error;
use std::path::Path;
use std::{env, time::Instant};

use labelwright_data::im2rec::{PackOptions, PictureOptions, pack_list};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [list, root, threads, rest @ ..] = &arguments[..] else { return Err("im2rec LIST ROOT THREADS [RESIZE QUALITY]".into()) };
    let pictures = match rest {
        [resize, quality] => Some(PictureOptions { resize: resize.parse()?, quality: quality.parse()?, ..PictureOptions::default() }),
        _ => None,
    };
    let options = PackOptions { pictures, threads: threads.parse()?, ..PackOptions::default() };
    let begin = Instant::now();
    let packed = pack_list(Path::new(list), Path::new(root), &options, |_| {})?;
    let seconds = begin.elapsed().as_secs_f64();
    println!("{} pictures, {} bytes, {:.0} a second on the clock", packed.written, packed.bytes, packed.written as f64 / seconds);
    Ok(())
}
