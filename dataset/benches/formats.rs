//! How fast each format is written and read, and in how much memory: `cargo bench -p labelwright-dataset --bench formats -- FOLDER
//! [IMAGES] [FORMAT …]`. Images are of 500×375 pixels with eight shapes; every format is written to and read from `FOLDER` by processes of
//! their own, whose highest memory the system tells (Linux). Folders are deleted afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use labelwright_dataset::exchange::{FolderInput, FolderOutput, Item};
use labelwright_dataset::formats::registry::{self, FORMATS};
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Part, Point, Polygon, Schema, Shape, Subset};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SIZE: (u32, u32) = (500, 375);

fn schema() -> Schema {
    let class = |index, name: &str, kind| Class { index, name: name.into(), color: format!("#{index:02x}80c0"), kind };
    Schema { classes: vec![class(1, "sky", ClassKind::Stuff), class(2, "cat", ClassKind::Thing), class(3, "dog", ClassKind::Thing)] }
}

fn ring(x: f64, y: f64, radius: f64, corners: u32) -> Vec<Point> {
    let corner = |at: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(at) / f64::from(corners)).sin_cos();
        let radius = radius * (1.0 - 0.2 * f64::from(at % 3));
        Point { x: (x + radius * cos).clamp(0.0, 500.0), y: (y + radius * sin).clamp(0.0, 375.0) }
    };
    (0..corners).map(corner).collect()
}

fn item(number: u32) -> Result<Item> {
    let (width, height) = SIZE;
    let at = f64::from(number % 97);
    let thing = |class, instance, geometry| Shape {
        class,
        instance: Some(instance),
        confidence: None,
        attributes: labelwright_dataset::Attributes::new(),
        geometry,
    };
    let part = |x, y, r| Part { outer: ring(x, y, r, 40), holes: Vec::new() };
    let mut shapes = vec![Shape::polygon(1, ring(250.0, 60.0 + at / 3.0, 110.0, 60))];
    for place in 0..5u32 {
        let x = 60.0 + 85.0 * f64::from(place) + at / 4.0;
        shapes.push(thing(2 + (place % 2) as u8, 1 + place, Geometry::Polygon(Polygon { parts: vec![part(x, 240.0, 38.0)] })));
    }
    let inside: Vec<bool> = (0..width * height)
        .map(|pixel| (pixel % width).abs_diff(100 + number % 97).pow(2) + (pixel / width).abs_diff(330).pow(2) < 1600)
        .collect();
    shapes.push(thing(2, 6, Geometry::Mask(Mask::from_bitmap(width, height, &inside)?)));
    shapes.push(Shape {
        class: 3,
        instance: None,
        confidence: None,
        attributes: labelwright_dataset::Attributes::new(),
        geometry: Geometry::Box { corners: [300.0, 300.0, 400.5 + at, 360.0] },
    });
    let subset = Some([Subset::Train, Subset::Validation][usize::from(number % 10 == 9)]);
    Ok(Item { name: format!("{number:06}.jpg"), width, height, subset, shapes, ..Item::default() })
}

fn picture() -> Result<Vec<u8>> {
    let image = image::RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| image::Rgb([(x / 2) as u8, (y / 2) as u8, ((x ^ y) & 255) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

/// Highest memory of this process in bytes, and its processor time in seconds.
fn usage() -> (u64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (peak.unwrap_or(0) * 1024, (ticks(11) + ticks(12)) / 100.0)
}

/// Does one thing and prints seconds, processor seconds, peak memory, and how many images.
fn work(what: &str, id: &str, folder: &Path, images: u32) -> Result<()> {
    let mut count = 0;
    let (picture, items) = (picture()?, (0..97).map(item).collect::<Result<Vec<_>>>()?);
    let (began, (_, before)) = (Instant::now(), usage());
    if what == "write" {
        let (mut out, mut writer) = (FolderOutput::new(folder), registry::writer(id, &schema(), &Value::Null, None)?);
        for number in 0..images {
            let item = Item { name: format!("{number:06}.jpg"), ..items[number as usize % items.len()].clone() };
            count += u32::from(writer.write(&item, &picture, &mut out)?);
        }
        writer.finish(&mut out)?;
        out.flush(false)?;
    } else {
        for item in registry::reader(id, Arc::new(FolderInput::new(folder)), &Value::Null)? {
            count += u32::from(item?.item.shapes.len() > 1);
        }
    }
    let (peak, cpu) = usage();
    println!("{} {} {peak} {count}", began.elapsed().as_secs_f64(), cpu - before);
    Ok(())
}

/// Bytes of all files but pictures.
fn label_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        let picture = entry.path().extension().is_some_and(|ending| ending == "jpg");
        bytes += if about.is_dir() {
            label_bytes(&entry.path())?
        } else if picture {
            0
        } else {
            about.len()
        };
    }
    Ok(bytes)
}

fn measure(what: &str, id: &str, folder: &Path, images: u32) -> Result<[f64; 4]> {
    let output = Command::new(std::env::current_exe()?).arg(what).arg(id).arg(folder).arg(images.to_string()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().map_err(|_| format!("{what} {id}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some(what @ ("write" | "read")) => return work(what, &args[1], Path::new(&args[2]), args[3].parse()?),
        None => return Err("name a folder to write to".into()),
        Some(_) => {}
    }
    let folder = PathBuf::from(&args[0]);
    let images: u32 = args.get(1).map_or(Ok(10_000), |number| number.parse())?;
    println!("{images} images of {}×{} with 8 shapes; picture {} bytes", SIZE.0, SIZE.1, picture()?.len());
    println!(
        "| format | labels MB | written: CPU s | images a CPU s | peak MB | s | read: CPU s | images a CPU s | label MB a CPU s | peak MB | s |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let chosen = |id: &str| args.len() < 3 || args[2..].iter().any(|wanted| wanted == id);
    for format in FORMATS.iter().filter(|format| format.writer.is_some() && format.reader.is_some() && chosen(format.id)) {
        let below = folder.join(format.id);
        fs::create_dir_all(&below)?;
        let [seconds, cpu, peak, written] = measure("write", format.id, &below, images)?;
        let megabytes = label_bytes(&below)? as f64 / 1e6;
        let [read_seconds, read_cpu, read_peak, read] = measure("read", format.id, &below, images)?;
        assert!(written > 0.0 && read == written, "{}: {written} images were written, {read} read", format.id);
        println!(
            "| {} | {megabytes:.1} | {cpu:.1} | {:.0} | {:.0} | {seconds:.0} | {read_cpu:.1} | {:.0} | {:.0} | {:.0} | {read_seconds:.0} |",
            format.id,
            written / cpu,
            peak / 1e6,
            read / read_cpu,
            megabytes / read_cpu,
            read_peak / 1e6
        );
        fs::remove_dir_all(&below)?;
    }
    Ok(())
}
