//! Damaged input of every kind ends in an error or a value, never in a panic. The same functions have fuzz targets in
//! `dataset/fuzz`, which go deeper but take a fuzzer.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;

use labelwright_dataset::Schema;
use labelwright_dataset::formats::png_masks::{palette, png_gray16, png_palette8};
use labelwright_dataset::formats::recordio::RecordReader;

/// A small generator with a known seed (xorshift), so that a failure comes back.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Changes a few places: bits, bytes, numbers with a meaning, cuts, doublings.
fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(8) {
            _ if bytes.is_empty() => bytes.push(random.next() as u8),
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes.truncate(at),
            3 => {
                let end = (at + random.below(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => {
                let end = (at + random.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let word = [0xced7_230a, 0x2000_0000, 0x6000_0001, u32::MAX, 0x1fff_ffff, 0][random.below(6)];
                bytes.splice(at..at, word.to_le_bytes());
            }
            6 => {
                let text = ["-", "1e308", "99999999999", "\t", "\n", "null", "[", "0.5", "-1"][random.below(9)];
                bytes.splice(at..at, text.bytes());
            }
            _ => {
                if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                    bytes[at + digit] = b'0' + random.below(10) as u8;
                }
            }
        }
    }
    bytes
}

fn throw(seeds: &[Vec<u8>], target: fn(&[u8])) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for seed in seeds {
        target(seed);
    }
    for round in 0..20_000 {
        target(&mutate(&seeds[round % seeds.len()], &mut random));
    }
}

fn golden(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| fs::read(format!("{}/../tests/golden/mxnet/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()).collect()
}

#[test]
fn records() {
    throw(&golden(&["raw_magic.rec", "raw_pad.rec", "irheader.rec", "raw_empty.rec"]), targets::records);
}

#[test]
fn salvage() {
    throw(&golden(&["raw_magic.rec", "raw_pad.rec", "irheader.rec", "raw_empty.rec"]), targets::salvage);
}

#[test]
fn every_file_of_recordio() {
    throw(&golden(&["raw_magic.rec", "irheader.rec", "sagemaker_pb.rec", "raw_strkey.idx", "det46p.lst"]), targets::recordio);
}

#[test]
fn protobuf() {
    let file = &golden(&["sagemaker_pb.rec"])[0];
    let messages = RecordReader::new(&file[..]).collect::<Result<Vec<_>, _>>().unwrap();
    throw(&messages, targets::protobuf);
}

#[test]
fn image_headers() {
    // Payloads of image records, as they stand after the eight bytes before each.
    let file = &golden(&["irheader.rec"])[0];
    throw(&[file[8..40].to_vec(), file[80..].to_vec(), file[128..].to_vec()], targets::image_headers);
}

#[test]
fn text_files() {
    throw(&golden(&["raw_magic.idx", "raw_strkey.idx", "multi.lst", "det46p.lst"]), targets::text_files);
}

#[test]
fn mask_pictures() {
    let classes: Vec<u8> = (0..30 * 20).map(|i| (i / 50) as u8).collect();
    let numbers: Vec<u16> = (0..30 * 20).collect();
    let coloured = png_palette8(30, 20, &classes, &palette(&Schema::default())).unwrap();
    throw(&[golden(&["masks/0.png"]).remove(0), coloured, png_gray16(30, 20, &numbers).unwrap()], targets::mask_pictures);
}

#[test]
fn shapes() {
    let seeds = [
        r#"{"class":1,"type":"polygon","parts":[{"outer":[[1.5,2],[30,4.25],[28,40],[2,33]],"holes":[[[5,6],[9,6],[9,12]]]}]}"#,
        r#"{"class":2,"instance":3,"confidence":0.5,"type":"polygon","parts":[{"outer":[[0,0],[50,50],[50,0],[0,50]]},{"outer":[[-9,1],[70,2],[3,90]]}]}"#,
        r#"{"class":255,"type":"mask","size":[48,64],"counts":[100,20,44,20,44,20,2824]}"#,
        r#"{"class":1,"type":"box","box":[1,2,30.5,40]}"#,
        r#"{"class":1,"type":"point","point":[63.5,0]}"#,
        r#"[{"class":1,"type":"tag"}]"#,
    ];
    throw(&seeds.map(|seed| seed.as_bytes().to_vec()), targets::shapes);
}

#[test]
fn coco_run_lengths() {
    let codes = ["11110O30", "0PeQ35Q[nL", "o1", "P5`0P10O100000"];
    throw(&codes.map(|code| code.as_bytes().to_vec()), targets::coco_rle);
}

#[test]
fn datasets_of_every_format() {
    let mut seeds = Vec::new();
    for (format, (_, files)) in targets::sample_datasets().iter().enumerate() {
        for (file, content) in files.0.values().enumerate() {
            seeds.push([&[format as u8, file as u8], &content[..]].concat());
        }
    }
    throw(&seeds, targets::datasets);
}
