//! Measures the whole chain on a directory with `images/*.png` and `masks/*.png`.
//!
//! `cargo run -p labelwright-ml --example nuclei -- DIRECTORY [input size] [test images] [heads]`
//!
//! Masks of 16 bits hold instance numbers and become class 1; masks of 8 bits hold classes. Trains on 20, 50 and 100 images (or as `SIZES=5,20` says), tests on others.

use std::{
    collections::HashMap,
    env,
    error::Error,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use image::DynamicImage;
use labelwright_dataset::{Class, ClassKind, Geometry, Schema};
use labelwright_ml::{
    Device, Extractor, Features,
    metrics::{Confusion, ObjectMatches},
    predict::{Instances, Prediction, Predictor, ShapeOptions, shapes},
    train::{Sample, Target, TrainConfig, train_head},
};

struct Item {
    features: Arc<Features>,
    truth: Vec<u8>,
    /// Object numbers, where the data has them.
    objects: Option<Vec<u16>>,
    width: usize,
    target: Target,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let directory = PathBuf::from(arguments.first().ok_or("give a directory with images/ and masks/")?);
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |word| word.parse());
    let (input_size, tests, heads) = (number(1, 256)?, number(2, 100)?, number(3, 3)?);
    let sizes = env::var("SIZES").map_or(Ok(vec![20, 50, 100]), |list| list.split(',').map(str::parse).collect())?;
    let most = sizes.iter().copied().max().ok_or("SIZES is empty")?;

    let extractor = Extractor::new(Device::flex())?;
    let names = shuffled_names(&directory.join("images"))?;
    let (mut items, mut seconds) = (Vec::new(), 0.0);
    for name in names.iter().take(most + tests) {
        let (item, took) = load(&directory, name, &extractor, input_size as u32)?;
        items.push(item);
        seconds += took;
    }
    println!("{} images, features {:.0} ms CPU each", items.len(), 1e3 * seconds / items.len() as f64);
    let sizes_of_features: usize = items.iter().map(|item| item.features.size()).sum();
    println!("cache {:.0} kB an image", sizes_of_features as f64 / 1e3 / items.len() as f64);

    let test = &items[most..];
    for size in sizes {
        let samples: Vec<Sample> =
            items[..size].iter().map(|item| Sample { features: item.features.clone(), target: item.target.clone() }).collect();
        let mut config = TrainConfig { heads, ..TrainConfig::default() };
        override_from_environment(&mut config);
        let (start, start_cpu) = (Instant::now(), cpu_seconds());
        let head = train_head(&samples, &config, &Device::flex(), &mut |_| ControlFlow::Continue(()))?;
        let (train_seconds, train_cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - start_cpu);

        let predictor = Predictor::new(&head, &Device::flex());
        let start = cpu_seconds();
        let predictions = test.iter().map(|item| predictor.predict(&item.features)).collect::<Result<Vec<_>, _>>()?;
        let milliseconds = 1e3 * (cpu_seconds() - start) / test.len() as f64;
        let (mut pooled, mut scores) = (Confusion::new(), Vec::new());
        for (item, prediction) in test.iter().zip(&predictions) {
            let one = Confusion::of(&item.truth, &prediction.class_map)?;
            scores.push((f64::from(prediction.confidence), one.mean_iou()));
            pooled.merge(&one);
        }
        let mean = scores.iter().map(|(_, iou)| iou).sum::<f64>() / scores.len() as f64;
        println!(
            "{size:4} labels: train {train_seconds:.1} s ({train_cpu:.1} s CPU), predict {milliseconds:.0} ms CPU, mean IoU over images {mean:.4}, pooled {:.4}, pixels {:.4}, Spearman {:.3}",
            pooled.mean_iou(),
            pooled.pixel_accuracy(),
            spearman(&scores)
        );
        for split in [false, true] {
            let (mut found, mut predicted, mut there) = (0, 0, 0);
            for (item, prediction) in test.iter().zip(&predictions) {
                let Some(objects) = &item.objects else { continue };
                let inside: Vec<bool> = prediction.class_map.iter().map(|&class| class == 1).collect();
                let own = Instances::new(&inside, item.width, inside.len() / item.width, split).numbers();
                let (hits, ours, theirs) = matched(objects, &own);
                (found, predicted, there) = (found + hits, predicted + ours, there + theirs);
            }
            if there > 0 {
                let f1 = 2.0 * found as f64 / (predicted + there) as f64;
                println!("     split {split}: {predicted} objects predicted, {there} there, F1 at IoU 0.5 {f1:.3}");
                let matches = found_objects(test, &predictions, split)?;
                let precision = matches.average_precision().unwrap_or_default();
                println!("     split {split}: average precision at IoU 0.5 {precision:.3}, share right {:.3}", matches.share_right());
            }
        }
    }
    Ok(())
}

/// For experiments: `ITERATIONS`, `PLACES`, `WIDTH`, `RATE`, `DICE`, `DROPOUT`, `AVERAGE`, `SEED`.
fn override_from_environment(config: &mut TrainConfig) {
    fn set<T: std::str::FromStr>(name: &str, value: &mut T) {
        if let Some(parsed) = env::var(name).ok().and_then(|word| word.parse().ok()) {
            *value = parsed;
        }
    }
    set("ITERATIONS", &mut config.iterations);
    set("PLACES", &mut config.places_per_image);
    set("WIDTH", &mut config.width);
    set("RATE", &mut config.learning_rate);
    set("DICE", &mut config.dice);
    set("DROPOUT", &mut config.dropout);
    set("AVERAGE", &mut config.average);
    set("SEED", &mut config.seed);
}

/// File names in an order that is mixed but always the same.
fn shuffled_names(directory: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names: Vec<String> = fs::read_dir(directory)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".png"))
        .collect();
    let hash =
        |name: &String| name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    names.sort_by_key(|name| (hash(name).rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15), name.clone()));
    Ok(names)
}

fn load(directory: &Path, name: &str, extractor: &Extractor, input_size: u32) -> Result<(Item, f64), Box<dyn Error>> {
    let image = image::open(directory.join("images").join(name))?.to_rgb8();
    let (truth, objects): (Vec<u8>, _) = match image::open(directory.join("masks").join(name))? {
        DynamicImage::ImageLuma16(mask) => (mask.as_raw().iter().map(|&object| u8::from(object > 0)).collect(), Some(mask.into_raw())),
        // With `MERGED=1` all classes are one: foreground against background.
        mask => {
            let merged = env::var_os("MERGED").is_some();
            (
                mask.into_luma8().into_raw().into_iter().map(|class| if merged && class != 255 { class.min(1) } else { class }).collect(),
                None,
            )
        }
    };
    let start = cpu_seconds();
    let features = extractor.extract(&image, input_size)?;
    let seconds = cpu_seconds() - start;
    let target = Target::new(&truth, image.width(), image.height(), features.fit()).ok_or("a mask has another size than its image")?;
    Ok((Item { features: Arc::new(features), truth, objects, width: image.width() as usize, target }, seconds))
}

/// The predicted objects as people would get them, with their confidences, against the true ones.
fn found_objects(test: &[Item], predictions: &[Prediction], split: bool) -> Result<ObjectMatches, Box<dyn Error>> {
    let class = Class { index: 1, name: "nucleus".to_owned(), color: "#000000".to_owned(), kind: ClassKind::Thing };
    let schema = Schema { classes: vec![class] };
    let options = ShapeOptions { split, tolerance: 0.0, ..ShapeOptions::default() };
    let mut matches = ObjectMatches::new(0.5);
    for (item, prediction) in test.iter().zip(predictions) {
        let Some(objects) = &item.objects else { continue };
        let truth: Vec<u32> = objects.iter().map(|&object| u32::from(object)).collect();
        let (mut own, mut confidences) = (vec![0u32; truth.len()], Vec::new());
        for shape in shapes(prediction, &schema, &options) {
            let (Geometry::Polygon(polygon), Some(confidence)) = (&shape.geometry, shape.confidence) else { continue };
            confidences.push(confidence);
            let mask = polygon.to_mask(prediction.width, prediction.height).ok_or("an image without area")?;
            for (row, from, to) in mask.row_spans() {
                own[row as usize * item.width + from as usize..row as usize * item.width + to as usize].fill(confidences.len() as u32);
            }
        }
        matches.add(&truth, &own, &confidences)?;
    }
    Ok(matches)
}

/// How many objects overlap with IoU above 0.5, how many were predicted (of at least 16 pixels) and how many are there.
fn matched(truth: &[u16], own: &[u32]) -> (usize, usize, usize) {
    let (mut areas, mut own_areas, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (&truth, &own) in truth.iter().zip(own) {
        *areas.entry(truth).or_insert(0u32) += 1;
        *own_areas.entry(own).or_insert(0u32) += 1;
        *both.entry((truth, own)).or_insert(0u32) += 1;
    }
    own_areas.retain(|_, area| *area >= 16);
    let hit = |(&(truth, own), &common): (&(u16, u32), &u32)| {
        let Some(area) = own_areas.get(&own) else { return false };
        truth > 0 && own > 0 && 2 * common > areas[&truth] + area - common
    };
    (
        both.iter().filter(|&pair| hit(pair)).count(),
        own_areas.keys().filter(|&&own| own > 0).count(),
        areas.keys().filter(|&&truth| truth > 0).count(),
    )
}

/// CPU seconds of this process so far; unlike the wall clock it doesn't mind what else the machine does. Linux only, elsewhere 0.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].into_iter().filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Rank correlation of the pairs.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        values
            .iter()
            .map(|a| {
                values
                    .iter()
                    .map(|b| {
                        if b < a {
                            1.0
                        } else if b == a {
                            0.5
                        } else {
                            0.0
                        }
                    })
                    .sum()
            })
            .collect()
    };
    let (a, b) = (ranks(pairs.iter().map(|p| p.0).collect()), ranks(pairs.iter().map(|p| p.1).collect()));
    let mean = pairs.len() as f64 / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}
