//! Pictures, samples and files that tests are made of.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use labelwright_data::pixels::Picture;
use labelwright_data::sample::Sample;
use labelwright_data::source::{ItemError, ItemProblem};
use labelwright_data::transform::{Chain, Draws, Partners, Step, Transformation};
use labelwright_dataset::{Class, ClassKind, ClassMap, Schema};

/// A picture in which every pixel is another colour.
pub fn picture(width: u32, height: u32) -> Picture {
    let pixel = |x: u32, y: u32| [(x * 7 + y) as u8, (y * 5 + x / 3) as u8, (x * y + 13) as u8];
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)));
    Picture::new(width, height, pixels.collect()).expect("the values of a picture")
}

pub fn encoded(picture: &Picture, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_raw(picture.width(), picture.height(), picture.pixels().to_vec()).expect("a picture");
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).expect("written");
    out.into_inner()
}

pub fn png(picture: &Picture) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// A sample with a mask of a few classes.
pub fn sample(width: u32, height: u32) -> Sample {
    let mut sample = Sample::new("one", picture(width, height));
    let classes = (0..height).flat_map(|y| (0..width).map(move |x| ((x / 3 + 5 * (y / 2)) % 7) as u8)).collect();
    sample.target.mask = Some(ClassMap { width, height, classes });
    sample
}

pub fn schema(names: &[&str]) -> Schema {
    let class = |(i, name): (usize, &&str)| Class {
        index: i as u8 + 1,
        name: (*name).to_owned(),
        color: "#ff8000".to_owned(),
        kind: ClassKind::Thing,
    };
    Schema { classes: names.iter().enumerate().map(class).collect() }
}

/// A set that has no second samples.
pub struct Alone;

impl Partners for Alone {
    fn partner(&self, _: u64) -> Result<Sample, ItemError> {
        Err(ItemProblem::Missing { len: 0 }.at(0, ""))
    }
}

/// A set that always gives the same one.
pub struct Always(pub Sample);

impl Partners for Always {
    fn partner(&self, _: u64) -> Result<Sample, ItemError> {
        Ok(self.0.clone())
    }
}

/// A chain from the text of a configuration file.
pub fn chain(text: &str) -> Chain {
    #[derive(serde::Deserialize)]
    struct File {
        transform: Vec<Step>,
    }
    let file: File = toml::from_str(text).expect("a configuration");
    Chain::new(file.transform).expect("a chain")
}

/// A chain of one step: its kind and parameters.
pub fn one(kind: &str, parameters: &str) -> Chain {
    chain(&format!("[[transform]]\nkind = \"{kind}\"\n{parameters}\n"))
}

pub fn run(chain: &Chain, sample: Sample, seed: u64) -> Sample {
    chain.apply(sample, &Draws::new(seed, 0, 0), &Alone).expect("transformed")
}
