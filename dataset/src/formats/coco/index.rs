//! Which annotations belong to which image, without holding any.

use std::collections::HashMap;

use serde::Deserialize;

use super::annotation::{Id, ImageLine, ImageOf};
use super::categories::{Categories, Category};
use super::{file_name, is_panoptic};
use crate::exchange::{ExchangeError, Input, Loss, Losses};
use crate::formats::support::{Elements, Place, subset_named};
use crate::schema::Subset;

/// An image, as the file tells it.
pub(super) struct Entry {
    pub name: String,
    pub width: u32,
    pub height: u32,
}

/// One annotation file, open to be read image by image.
struct Indexed {
    file: String,
    subset: Option<Subset>,
    word: String,
    elements: Elements,
    images: std::vec::IntoIter<Entry>,
    /// The image's place in the file, and where the annotation is; in the order of the images.
    places: Vec<(u32, Place)>,
    image: u32,
    place: usize,
    text: Vec<u8>,
}

/// The annotation files of a dataset, of the one kind or the other.
fn files(input: &dyn Input, panoptic: bool) -> Result<Vec<String>, ExchangeError> {
    let names = input.list("").map_err(ExchangeError::io("the dataset"))?;
    let near = |name: &&String| name.ends_with(".json") && name.matches('/').count() <= 1 && is_panoptic(name) == panoptic;
    let all: Vec<String> = names.iter().filter(near).filter(|name| *name != "classes.json").cloned().collect();
    let called = |start: &str| all.iter().filter(|name| file_name(name).starts_with(start)).cloned().collect::<Vec<_>>();
    let instances = called("instances");
    let other = |name: &String| {
        !["captions", "person_keypoints", "stuff", "image_info", "labels"].iter().any(|start| file_name(name).starts_with(start))
    };
    let found = if panoptic || instances.is_empty() { all.into_iter().filter(other).collect() } else { instances };
    if found.is_empty() {
        let example = if panoptic { "panoptic_train.json" } else { "instances_train.json" };
        return Err(ExchangeError::Format(format!(
            "there is no annotation file: a dataset of this format has annotations/{example} or the like"
        )));
    }
    Ok(found)
}

impl Indexed {
    /// Reads through a file once.
    fn new(input: &dyn Input, file: &str, categories: &mut Categories, losses: &mut Losses) -> Result<Self, ExchangeError> {
        let mut elements = Elements::open(input, file)?;
        let (mut text, mut images, mut ids, mut places) = (Vec::new(), Vec::new(), HashMap::new(), Vec::new());
        let (mut seen, mut waiting) = (false, None);
        while let Some(key) = elements.key()? {
            match key.as_str() {
                "images" if elements.array()? => {
                    seen = true;
                    while let Some(place) = elements.element(&mut text)? {
                        let image: ImageLine = parse(&elements, place, &text)?;
                        let number = images.len() as u32;
                        images.push(Entry { name: image.file_name, width: image.width, height: image.height });
                        if ids.insert(image.id, number).is_some() {
                            return Err(elements.wrong(place.line.into(), "two images have the same id"));
                        }
                    }
                }
                "categories" if elements.array()? => {
                    while let Some(place) = elements.element(&mut text)? {
                        let category: Category = parse(&elements, place, &text)?;
                        categories.add(category).map_err(|reason| elements.wrong(place.line.into(), reason))?;
                    }
                }
                // Before the images are known, nobody can say whose annotations these are.
                "annotations" if !seen => waiting = Some(elements.skip()?),
                "annotations" => annotations(&mut elements, &ids, &mut places, losses)?,
                "images" | "categories" => {}
                _ => {
                    elements.skip()?;
                }
            }
        }
        if let Some(mark) = waiting {
            elements.go_back(mark)?;
            annotations(&mut elements, &ids, &mut places, losses)?;
        }
        places.sort_by_key(|&(image, _)| image);
        let stem = file_name(file).trim_end_matches(".json");
        let word = stem.rsplit_once('_').map_or(stem, |(_, word)| word).to_owned();
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| file_name(folder));
        let subset = subset_named(&word).or_else(|| subset_named(folder)).flatten();
        Ok(Self { file: file.to_owned(), subset, word, elements, images: images.into_iter(), places, image: 0, place: 0, text })
    }

    /// The next image, and what `take` makes of each of its annotations. A fault in one is told after all were looked at.
    fn next<T>(&mut self, mut take: impl FnMut(&Entry, &[u8]) -> Result<T, String>) -> Option<Result<(Entry, Vec<T>), ExchangeError>> {
        let entry = self.images.next()?;
        let (mut made, mut fault) = (Vec::new(), None);
        while let Some(&(_, place)) = self.places.get(self.place).filter(|(image, _)| *image == self.image) {
            self.place += 1;
            if let Err(error) = self.elements.again(place, &mut self.text) {
                return Some(Err(error));
            }
            match take(&entry, &self.text) {
                Ok(value) => made.push(value),
                Err(reason) => fault = fault.or(Some(format!("{}, line {}: {reason}", self.file, place.line))),
            }
        }
        self.image += 1;
        Some(match fault {
            Some(reason) => Err(ExchangeError::image(&entry.name, reason)),
            None => Ok((entry, made)),
        })
    }
}

/// All annotation files of a dataset, read one after another.
pub(super) struct Files {
    /// The one at hand stands last.
    open: Vec<Indexed>,
    pub images: u64,
    pub categories: Categories,
    pub losses: Losses,
}

impl Files {
    /// Reads through the files of the one kind or the other once.
    pub fn new(input: &dyn Input, panoptic: bool) -> Result<Self, ExchangeError> {
        let (mut categories, mut losses) = (Categories::default(), Losses::default());
        let names = files(input, panoptic)?;
        let indexed = names.iter().rev().map(|name| Indexed::new(input, name, &mut categories, &mut losses));
        let open = indexed.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { images: open.iter().map(|file| file.images.len() as u64).sum(), open, categories, losses })
    }

    /// The next image of the next file that has one, what `take` makes of its annotations, and whose it is. After an error that is not of
    /// one image there are no more.
    pub fn next<T>(&mut self, take: impl Fn(&Categories, &Entry, &[u8]) -> Result<T, String>) -> Option<Result<Found<T>, ExchangeError>> {
        loop {
            let file = self.open.last_mut()?;
            let Some(next) = file.next(|entry, text| take(&self.categories, entry, text)) else {
                self.open.pop();
                continue;
            };
            let found = next.map(|(entry, annotations)| Found {
                entry,
                annotations,
                file: file.file.clone(),
                subset: file.subset,
                word: file.word.clone(),
            });
            if found.as_ref().is_err_and(|error| !error.is_of_one_image()) {
                self.open.clear();
            }
            return Some(found);
        }
    }
}

/// An image and its annotations.
pub(super) struct Found<T> {
    pub entry: Entry,
    pub annotations: Vec<T>,
    /// The file that has them.
    pub file: String,
    pub subset: Option<Subset>,
    /// What stands for the subset in the file's name: `train2017`.
    pub word: String,
}

fn annotations(
    elements: &mut Elements,
    ids: &HashMap<Id, u32>,
    places: &mut Vec<(u32, Place)>,
    losses: &mut Losses,
) -> Result<(), ExchangeError> {
    if !elements.array()? {
        return Ok(());
    }
    let mut text = Vec::new();
    while let Some(place) = elements.element(&mut text)? {
        let of: ImageOf = parse(elements, place, &text)?;
        match ids.get(&of.image_id) {
            Some(&image) => places.push((image, place)),
            None => losses.add(Loss::Unsupported, &format!("an image that is not listed (annotation at line {})", place.line)),
        }
    }
    Ok(())
}

fn parse<'de, T: Deserialize<'de>>(elements: &Elements, place: Place, text: &'de [u8]) -> Result<T, ExchangeError> {
    serde_json::from_slice(text).map_err(|error| elements.wrong(place.line.into(), error))
}

/// The picture of an image, where datasets have it.
pub(super) fn picture(input: &dyn Input, word: &str, name: &str) -> Option<String> {
    let candidates = [format!("images/{word}/{name}"), format!("{word}/{name}"), format!("images/{name}"), name.to_owned()];
    candidates.into_iter().find(|name| input.size(name).is_ok_and(|size| size.is_some()))
}
