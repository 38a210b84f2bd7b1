//! Measures how well one click or a box finds an object, on a directory with `images/*.png` and `masks/*.png` of object numbers (16 bits).
//!
//! `cargo run -p labelwright-ml --example clicks -- DIRECTORY [images]`
//!
//! Each object of at least 60 pixels is clicked once, at its pixel nearest to its centre; then a box is drawn around it. The proposals are compared with its mask,
//! by features alone and with a head that was trained on 50 other images.

use std::{env, error::Error, fs, ops::ControlFlow, path::Path, sync::Arc, time::Instant};

use image::{RgbImage, imageops::FilterType};
use labelwright_ml::{
    Device, Extractor, Features,
    predict::{Click, Prediction, Predictor, Wanted, suggest},
    train::{Sample, Target, TrainConfig, train_head},
};

const INPUT_SIZE: u32 = 256;
const TRAINED_ON: usize = 50;
const SMALLEST: usize = 60;
const OBJECTS: usize = 12;

struct Item {
    picture: RgbImage,
    features: Arc<Features>,
    numbers: Vec<u16>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let directory = Path::new(arguments.first().ok_or("give a directory with images/ and masks/")?);
    let count = arguments.get(1).map_or(Ok(40), |word| word.parse())?;
    let mut names: Vec<_> =
        fs::read_dir(directory.join("images"))?.map(|entry| Ok(entry?.file_name())).collect::<Result<_, std::io::Error>>()?;
    names.sort();
    let extractor = Extractor::new(Device::flex())?;
    let mut items = Vec::new();
    for name in names.iter().take(TRAINED_ON + count) {
        let picture = image::open(directory.join("images").join(name))?.into_rgb8();
        let numbers = image::open(directory.join("masks").join(name))?.into_luma16().into_raw();
        let features = Arc::new(extractor.extract(&picture, INPUT_SIZE)?);
        items.push(Item { picture, features, numbers });
    }
    let samples = items[..TRAINED_ON].iter().map(|item| {
        let classes: Vec<u8> = item.numbers.iter().map(|&number| u8::from(number > 0)).collect();
        let target = Target::new(&classes, item.picture.width(), item.picture.height(), item.features.fit())
            .ok_or("a mask has another size than its image")?;
        Ok(Sample { features: item.features.clone(), target })
    });
    let samples = samples.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let head = train_head(&samples, &TrainConfig::default(), &Device::flex(), &mut |_| ControlFlow::Continue(()))?;
    let predictor = Predictor::new(&head, &Device::flex());
    let test = &items[TRAINED_ON..];
    let predictions = test.iter().map(|item| predictor.predict(&item.features)).collect::<Result<Vec<_>, _>>()?;

    for (what, boxed, trained) in [
        ("click, features alone", false, false),
        ("click, trained head", false, true),
        ("box, features alone", true, false),
        ("box, trained head", true, true),
    ] {
        let (mut scores, mut times) = (Vec::new(), Vec::new());
        for (item, prediction) in test.iter().zip(&predictions) {
            ask(item, trained.then_some(prediction), boxed, &mut scores, &mut times);
        }
        report(what, &mut scores, &mut times);
    }
    let large = image::imageops::resize(&test[0].picture, 1024, 1024, FilterType::Triangle);
    let features = extractor.extract(&large, INPUT_SIZE)?;
    let prediction = predictor.predict(&features)?;
    let mut times: Vec<f64> = (0..40)
        .map(|at| {
            let clicks = [Click { x: 100.0 + 20.0 * f64::from(at), y: 500.0, inside: true }];
            let start = Instant::now();
            let _ = suggest(&large, &features, Some(&prediction), &Wanted { clicks: &clicks, ..Wanted::default() });
            1e3 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "1024×1024, trained head: median {:.0} ms, slowest {:.0} ms of {}",
        times[times.len() / 2],
        times[times.len() - 1],
        times.len()
    );
    Ok(())
}

/// Asks for the objects of an image, and compares.
fn ask(item: &Item, prediction: Option<&Prediction>, boxed: bool, scores: &mut Vec<f64>, times: &mut Vec<f64>) {
    let width = item.picture.width() as usize;
    let most = item.numbers.iter().copied().max().unwrap_or(0);
    let mut asked = 0;
    for number in 1..=most {
        let pixels: Vec<usize> = (0..item.numbers.len()).filter(|&p| item.numbers[p] == number).collect();
        if pixels.len() < SMALLEST || asked == OBJECTS {
            continue;
        }
        asked += 1;
        let place = |p: usize| ((p % width) as f64 + 0.5, (p / width) as f64 + 0.5);
        let n = pixels.len() as f64;
        let center = pixels.iter().map(|&p| place(p)).fold((0.0, 0.0), |(x, y), (u, v)| (x + u / n, y + v / n));
        let away = |p: usize| (place(p).0 - center.0).hypot(place(p).1 - center.1);
        let (x, y) = pixels.iter().copied().min_by(|&a, &b| away(a).total_cmp(&away(b))).map_or(center, place);
        let clicks = [Click { x, y, inside: true }];
        let bounds = pixels.iter().map(|&p| place(p)).fold([f64::MAX, f64::MAX, 0.0, 0.0], |[x0, y0, x1, y1], (x, y)| {
            [x0.min(x - 0.5), y0.min(y - 0.5), x1.max(x + 0.5), y1.max(y + 0.5)]
        });
        let wanted = Wanted { clicks: if boxed { &[] } else { &clicks }, around: boxed.then_some(bounds), class: Some(1) };
        let start = Instant::now();
        let found = suggest(&item.picture, &item.features, prediction, &wanted);
        times.push(1e3 * start.elapsed().as_secs_f64());
        let found = found.map_or_else(|| vec![false; item.numbers.len()], |found| found.mask.to_bitmap());
        let both = pixels.iter().filter(|&&p| found[p]).count();
        let either = pixels.len() + found.iter().filter(|&&inside| inside).count() - both;
        scores.push(both as f64 / either as f64);
    }
}

fn report(what: &str, scores: &mut [f64], times: &mut [f64]) {
    scores.sort_by(f64::total_cmp);
    times.sort_by(f64::total_cmp);
    let share = |least: f64| 100.0 * scores.iter().filter(|&&score| score >= least).count() as f64 / scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    println!(
        "{what}: {} objects, mean IoU {mean:.3}, median {:.3}, IoU ≥ 0.7 of {:.0} %, ≥ 0.5 of {:.0} %; {:.0} ms median, {:.0} ms at 95 %",
        scores.len(),
        scores[scores.len() / 2],
        share(0.7),
        share(0.5),
        times[times.len() / 2],
        times[times.len() * 95 / 100],
    );
}
