//! Measures images per CPU second of the record iterators: `throughput REC WORKLOAD THREADS SECONDS [MASK_REC]`.
//!
//! Workloads: `decode`, `basic`, `workshop`, `segmentation`. CPU time is that of the whole process, of all its threads, in user and kernel.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use labelwright_data::pixels::decode_words;
use labelwright_data::record_iter::SegmentationRecordIter;
use labelwright_data::{ImageRecordIter, ImageRecordParameters};
use labelwright_dataset::formats::recordio::{ImageHeader, RecordReader};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [rec, workload, threads, seconds, rest @ ..] = &arguments[..] else {
        return Err("throughput REC decode|basic|workshop|segmentation THREADS SECONDS [MASK_REC]".into());
    };
    let (threads, seconds): (usize, f64) = (threads.parse()?, seconds.parse()?);
    let parameters = ImageRecordParameters {
        path_imgrec: PathBuf::from(rec),
        batch_size: 32,
        preprocess_threads: threads,
        shuffle: false,
        mean_r: 123.68,
        mean_g: 116.779,
        mean_b: 103.939,
        std_r: 58.395,
        std_g: 57.12,
        std_b: 57.375,
        rand_crop: true,
        rand_mirror: true,
        ..ImageRecordParameters::default()
    };
    let basic = ImageRecordParameters { resize: 256, ..parameters.clone() };
    let workshop = ImageRecordParameters {
        max_random_scale: 1.05,
        min_random_scale: 0.95,
        max_rotate_angle: 10,
        random_h: 10,
        random_s: 10,
        random_l: 10,
        ..basic.clone()
    };
    match workload.as_str() {
        "decode" => decode(Path::new(rec), seconds),
        "basic" => measure(workload, seconds, epochs(&ImageRecordIter::new(basic)?)),
        "workshop" => measure(workload, seconds, epochs(&ImageRecordIter::new(workshop)?)),
        "segmentation" => {
            let parameters = ImageRecordParameters {
                data_shape: [3, 480, 480],
                batch_size: 16,
                resize: 520,
                max_random_scale: 2.0,
                min_random_scale: 0.5,
                ..parameters
            };
            let masks = rest.first().ok_or("segmentation needs the file of masks")?;
            let iter = SegmentationRecordIter::new(parameters, Path::new(masks))?;
            measure(workload, seconds, |epoch| {
                let batches = iter.epoch(epoch).map(|batch| Ok(batch?.len()));
                batches.sum()
            })
        }
        other => Err(format!("there is no workload {other}").into()),
    }
}

fn epochs(iter: &ImageRecordIter) -> impl FnMut(u64) -> Result<usize, Box<dyn Error>> {
    move |epoch| iter.epoch(epoch).map(|batch| Ok(batch?.len())).sum()
}

fn measure(name: &str, seconds: f64, mut epoch: impl FnMut(u64) -> Result<usize, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    epoch(0)?;
    let (begin, cpu) = (Instant::now(), cpu_seconds()?);
    let (mut images, mut number) = (0, 1);
    while begin.elapsed().as_secs_f64() < seconds {
        images += epoch(number)?;
        number += 1;
    }
    let (cpu, wall) = (cpu_seconds()? - cpu, begin.elapsed().as_secs_f64());
    println!("{name}: {:.0} images per CPU second, {:.0} per second ({images} images)", images as f64 / cpu, images as f64 / wall);
    Ok(())
}

fn decode(rec: &Path, seconds: f64) -> Result<(), Box<dyn Error>> {
    let records: Vec<Vec<u8>> = RecordReader::new(std::io::BufReader::new(fs::File::open(rec)?)).collect::<Result<_, _>>()?;
    let mut memory = Vec::new();
    measure("decode", seconds, |_| {
        for record in &records {
            decode_words(ImageHeader::unpack(record)?.1, false, u64::MAX, &mut memory)?;
        }
        Ok(records.len())
    })
}

/// User and system time of this process, from `/proc/self/stat`, in its hundredths of a second.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("no process name")?.1.split_whitespace().collect();
    let ticks = |i: usize| -> Result<f64, Box<dyn Error>> { Ok(fields.get(i).ok_or("too few fields")?.parse::<f64>()?) };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
