//! Sets that are folders of pictures.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use labelwright_dataset::exchange::{Input, stem};
use labelwright_dataset::{Class, ClassKind, ClassMap, Schema};

use super::error::ItemProblem;
use super::files::{self, Limits};
use super::{DataSet, ItemError, SourceError};
use crate::sample::Sample;

/// Endings of picture files, in small letters.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"];

/// Pictures in a folder, with masks beside them or in one folder a class. Files are found once; names are in the order of their bytes.
pub struct FolderSet {
    input: Arc<dyn Input>,
    schema: Schema,
    items: Vec<Entry>,
    limits: Limits,
    /// The class of everything that a map of things numbers, where there is no mask of classes.
    things_are: Option<u8>,
}

#[derive(Default)]
struct Entry {
    picture: String,
    mask: Option<String>,
    instances: Option<String>,
    label: Option<f32>,
}

impl FolderSet {
    /// Pictures below `images/`, masks of the same name below `masks/` (PNG, 8 bits: classes), numbers of things below `instances/` (PNG).
    /// Each picture needs a mask or numbers, unless neither folder has any file. Classes are taken from a `classes.json` as our exports have it.
    ///
    /// # Errors
    /// There are no pictures, some have no mask, or files can't be listed.
    pub fn masks(input: Arc<dyn Input>) -> Result<Self, SourceError> {
        let list = |folder: &str| input.list(folder).map_err(SourceError::io(folder));
        let by_stem = |folder: &str| -> Result<HashMap<String, String>, SourceError> {
            let below = |name: &str| name.get(folder.len() + 1..).map(|rest| stem(rest).to_owned());
            Ok(list(folder)?.into_iter().filter_map(|name| Some((below(&name)?, name))).collect())
        };
        let (masks, instances) = (by_stem("masks")?, by_stem("instances")?);
        let mut items = Vec::new();
        let mut bare = Vec::new();
        for picture in list("images")?.into_iter().filter(|name| is_picture(name)) {
            let key = stem(&picture["images/".len()..]).to_owned();
            let entry = Entry { mask: masks.get(&key).cloned(), instances: instances.get(&key).cloned(), picture, label: None };
            if entry.mask.is_none() && entry.instances.is_none() {
                bare.push(entry.picture.clone());
            }
            items.push(entry);
        }
        let labeled = !masks.is_empty() || !instances.is_empty();
        if labeled && !bare.is_empty() {
            let count = bare.len();
            return Err(SourceError::NoMask(bare.swap_remove(0), count));
        }
        let schema = classes_json(&*input)?;
        Self::new(input, schema, items, "images")
    }

    /// One folder a class, in the order of their names, as torchvision's `ImageFolder` and Gluon's `ImageFolderDataset` have it. Each picture
    /// has one label, the number of its folder from 0; in the schema the classes count from 1.
    ///
    /// # Errors
    /// There are no pictures, more than 254 folders, or files can't be listed.
    pub fn classes(input: Arc<dyn Input>) -> Result<Self, SourceError> {
        let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in input.list("").map_err(SourceError::io("the folder"))?.into_iter().filter(|name| is_picture(name)) {
            if let Some((folder, _)) = name.split_once('/') {
                folders.entry(folder.to_owned()).or_default().push(name);
            }
        }
        let too_many = || SourceError::File { file: "the folder".to_owned(), reason: "there are more than 254 classes".to_owned() };
        let mut classes = Vec::new();
        let mut items = Vec::new();
        for (label, (name, pictures)) in folders.into_iter().enumerate() {
            let index = u8::try_from(label + 1).ok().filter(|&index| index < u8::MAX).ok_or_else(too_many)?;
            classes.push(Class { index, name, color: "#808080".to_owned(), kind: ClassKind::Thing });
            items.extend(pictures.into_iter().map(|picture| Entry { picture, label: Some(label as f32), ..Entry::default() }));
        }
        Self::new(input, Schema { classes }, items, "the folder")
    }

    fn new(input: Arc<dyn Input>, schema: Schema, items: Vec<Entry>, folder: &str) -> Result<Self, SourceError> {
        if items.is_empty() {
            return Err(SourceError::Empty(folder.to_owned()));
        }
        Ok(Self { input, schema, items, limits: Limits::default(), things_are: None })
    }

    /// Other limits than the usual ones.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The classes, where there is no `classes.json`.
    #[must_use]
    pub fn with_schema(self, schema: Schema) -> Self {
        Self { schema, ..self }
    }

    /// A picture without a mask of classes gets one from its numbers: that class where there is a thing, background elsewhere. Files below
    /// `masks/` may then have 16 bits and be numbers themselves.
    #[must_use]
    pub fn things_are(self, class: u8) -> Self {
        Self { things_are: Some(class), ..self }
    }

    fn read(&self, entry: &Entry) -> Result<Sample, ItemProblem> {
        let file = |name: &str| files::read(&*self.input, name, self.limits);
        let mut sample = Sample::new(entry.picture.clone(), files::picture(&file(&entry.picture)?, self.limits)?);
        sample.target.labels.extend(entry.label);
        if let Some(name) = &entry.instances {
            sample.target.instances = Some(files::things(&file(name)?, self.limits, &sample)?);
        }
        match (&entry.mask, self.things_are) {
            (Some(name), None) => sample.target.mask = Some(files::classes(&file(name)?, self.limits, &sample)?),
            (Some(name), Some(_)) => sample.target.instances = Some(files::things(&file(name)?, self.limits, &sample)?),
            (None, _) => {}
        }
        if let (Some(class), Some(things)) = (self.things_are, &sample.target.instances) {
            let classes = things.numbers.iter().map(|&number| if number == 0 { 0 } else { class }).collect();
            sample.target.mask = Some(ClassMap { width: things.width, height: things.height, classes });
        }
        Ok(sample)
    }
}

fn is_picture(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// The classes of an export; none where there is no such file.
fn classes_json(input: &dyn Input) -> Result<Schema, SourceError> {
    const FILE: &str = "classes.json";
    if input.size(FILE).map_err(SourceError::io(FILE))?.is_none() {
        return Ok(Schema::default());
    }
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    let wrong = |reason: String| SourceError::File { file: FILE.to_owned(), reason };
    let text = files::read(input, FILE, limits).map_err(|problem| wrong(problem.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))
}

impl DataSet for FolderSet {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        let entry = self.items.get(index).ok_or_else(|| ItemProblem::Missing { len: self.items.len() }.at(index, ""))?;
        Ok(Cow::Borrowed(&entry.picture))
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        let entry = self.items.get(index).ok_or_else(|| ItemProblem::Missing { len: self.items.len() }.at(index, ""))?;
        self.read(entry).map_err(|problem| problem.at(index, &entry.picture))
    }
}
