//! Measures the whole chain on a directory with `images/*.png` and `masks/*.png`.
//!
//! `cargo run -p labelwright-ml --example nuclei -- DIRECTORY [input size] [test images] [heads]`
//!
//! Masks of 16 bits hold instance numbers and become class 1; masks of 8 bits hold classes. Trains on 20, 50 and 100 images, tests on others.

use std::{
    env,
    error::Error,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use image::DynamicImage;
use labelwright_ml::{
    Device, Extractor, Features,
    metrics::Confusion,
    predict::Predictor,
    train::{Sample, Target, TrainConfig, train_head},
};

struct Item {
    features: Arc<Features>,
    truth: Vec<u8>,
    target: Target,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let directory = PathBuf::from(arguments.first().ok_or("give a directory with images/ and masks/")?);
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |word| word.parse());
    let (input_size, tests, heads) = (number(1, 256)?, number(2, 100)?, number(3, 3)?);
    let sizes = [20, 50, 100];

    let extractor = Extractor::new(Device::flex())?;
    let names = shuffled_names(&directory.join("images"))?;
    let (mut items, mut seconds) = (Vec::new(), 0.0);
    for name in names.iter().take(sizes[2] + tests) {
        let (item, took) = load(&directory, name, &extractor, input_size as u32)?;
        items.push(item);
        seconds += took;
    }
    println!("{} images, features {:.1} ms each", items.len(), 1e3 * seconds / items.len() as f64);
    let sizes_of_features: usize = items.iter().map(|item| item.features.size()).sum();
    println!("cache {:.0} kB an image", sizes_of_features as f64 / 1e3 / items.len() as f64);

    let test = &items[sizes[2]..];
    for size in sizes {
        let samples: Vec<Sample> =
            items[..size].iter().map(|item| Sample { features: item.features.clone(), target: item.target.clone() }).collect();
        let mut config = TrainConfig { heads, ..TrainConfig::default() };
        override_from_environment(&mut config);
        let start = Instant::now();
        let head = train_head(&samples, &config, &Device::flex(), &mut |_| ControlFlow::Continue(()))?;
        let train_seconds = start.elapsed().as_secs_f64();

        let predictor = Predictor::new(&head, &Device::flex());
        let start = Instant::now();
        let predictions = test.iter().map(|item| predictor.predict(&item.features)).collect::<Result<Vec<_>, _>>()?;
        let milliseconds = 1e3 * start.elapsed().as_secs_f64() / test.len() as f64;
        let (mut pooled, mut scores) = (Confusion::new(), Vec::new());
        for (item, prediction) in test.iter().zip(&predictions) {
            let one = Confusion::of(&item.truth, &prediction.class_map)?;
            scores.push((f64::from(prediction.confidence), one.mean_iou()));
            pooled.merge(&one);
        }
        let mean = scores.iter().map(|(_, iou)| iou).sum::<f64>() / scores.len() as f64;
        println!(
            "{size:4} labels: train {train_seconds:.1} s, predict {milliseconds:.1} ms, mean IoU over images {mean:.4}, pooled {:.4}, pixels {:.4}, Spearman {:.3}",
            pooled.mean_iou(),
            pooled.pixel_accuracy(),
            spearman(&scores)
        );
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
    let truth: Vec<u8> = match image::open(directory.join("masks").join(name))? {
        DynamicImage::ImageLuma16(mask) => mask.into_raw().into_iter().map(|instance| u8::from(instance > 0)).collect(),
        mask => mask.into_luma8().into_raw(),
    };
    let start = Instant::now();
    let features = extractor.extract(&image, input_size)?;
    let seconds = start.elapsed().as_secs_f64();
    let target = Target::new(&truth, image.width(), image.height(), features.fit()).ok_or("a mask has another size than its image")?;
    Ok((Item { features: Arc::new(features), truth, target }, seconds))
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
