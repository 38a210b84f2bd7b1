//! Draws what a training sees: the first batch of a folder of pictures and masks, with the masks laid over in colour.
//!
//! ```text
//! cargo run -p labelwright-data --example contact_sheet -- FOLDER sheet.png
//! ```
//!
//! FOLDER has `images/` and `masks/` (PNG, 16 bits: numbers of things). Void is shown in magenta.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use image::{Rgb, RgbImage};
use labelwright_data::source::{DataSet, DataSetExt};
use labelwright_data::source::{FolderSet, Shares};
use labelwright_data::transform::batch::{SegmentationBatch, SegmentationBatcher};
use labelwright_data::transform::{Chain, Pipeline};
use labelwright_data::{DataLoader, LoaderOptions};
use labelwright_dataset::exchange::FolderInput;
use labelwright_dataset::{Subset, VOID};

const COLUMNS: usize = 4;
const ROWS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(out)) = (arguments.next(), arguments.next()) else { return Err("say the folder and the file to write".into()) };
    let set = FolderSet::masks(Arc::new(FolderInput::new(folder)))?.things_are(1).split(Subset::Train, Shares::default(), 7)?;
    println!("{} pictures", set.len());
    let steps = r#"[
        {"kind": "random_rotation", "degrees": 30, "expand": true},
        {"kind": "random_resize_long", "size": 320, "scale": [0.6, 1.6]},
        {"kind": "random_crop", "size": 256},
        {"kind": "random_horizontal_flip"},
        {"kind": "copy_paste", "p": 0.5},
        {"kind": "color_jitter", "brightness": 0.3, "contrast": 0.3, "hue": 0.05},
        {"kind": "gaussian_blur", "sigma": [0, 1]}
    ]"#;
    let chain: Chain = serde_json::from_str(steps)?;
    let batcher = SegmentationBatcher::of(&chain).ok_or("the chain does not end in one size")?;
    let options = LoaderOptions { batch_size: COLUMNS * ROWS, shuffle: Some(1), ..LoaderOptions::default() };
    let loader = DataLoader::new(Pipeline::new(set, chain, 7), batcher, options)?;
    let begin = Instant::now();
    let mut count = 0;
    let mut first = None;
    for loaded in loader.epoch(0) {
        let batch = loaded?.batch;
        count += batch.ids.len();
        first.get_or_insert(batch);
    }
    println!("{count} samples in {:.1} s", begin.elapsed().as_secs_f64());
    draw(&first.ok_or("there are no pictures")?, Path::new(&out))
}

fn draw(batch: &SegmentationBatch, out: &Path) -> Result<(), Box<dyn Error>> {
    let [width, height] = batch.size;
    let plane = (width * height) as usize;
    let mut sheet = RgbImage::new(width * COLUMNS as u32, height * ROWS as u32);
    for number in 0..batch.ids.len() {
        let (left, top) = ((number % COLUMNS) as u32 * width, (number / COLUMNS) as u32 * height);
        let mask = &batch.masks[number * plane..][..plane];
        let edge =
            |at: usize, x: u32| (x > 0 && mask[at - 1] != mask[at]) || (at >= width as usize && mask[at - width as usize] != mask[at]);
        for (at, &class) in mask.iter().enumerate() {
            let (x, y) = (at as u32 % width, at as u32 / width);
            let color = [0, 1, 2].map(|c| (batch.pictures[(3 * number + c) * plane + at] * 255.0) as u8);
            let color = match class {
                VOID => [255, 0, 255],
                _ if edge(at, x) => [255, 220, 0],
                _ => color,
            };
            sheet.put_pixel(left + x, top + y, Rgb(color));
        }
    }
    sheet.save(out)?;
    Ok(())
}
