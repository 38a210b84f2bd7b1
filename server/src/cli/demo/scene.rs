//! Pictures whose truth is known: read from a folder, or drawn here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use image::{DynamicImage, ImageFormat};
use labelwright_dataset::{BACKGROUND, ClassMap, InstanceMap, Mask, VOID};

/// Smaller objects are noise of the truth, not something a person would outline.
const SMALLEST: u64 = 6;

/// More objects than this in one image are not told apart.
const MOST_OBJECTS: usize = 5000;

/// One object of the truth.
#[derive(Clone, Debug)]
pub struct Object {
    pub class: u8,
    pub mask: Mask,
}

/// An image as it is uploaded, and what is really in it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The file's name, by which it is found again on the server.
    pub name: String,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// The true class of each pixel, row by row.
    pub truth: Vec<u8>,
    /// Large ones first, so that what lies inside another object is painted over it.
    pub objects: Vec<Object>,
}

impl Scene {
    /// A scene from its true objects; the truth of each pixel is that of the last object over it.
    #[must_use]
    pub fn new(name: String, bytes: Vec<u8>, width: u32, height: u32, truth: Vec<u8>, mut objects: Vec<Object>) -> Self {
        objects.retain(|object| object.mask.area() >= SMALLEST);
        // By the rectangle around it: a thin ring has few pixels, but what it surrounds has to be painted after it.
        objects.sort_by_key(|object| {
            std::cmp::Reverse(object.mask.bounds().map(|r| u64::from(r.right - r.left) * u64::from(r.bottom - r.top)))
        });
        Self { name, bytes, width, height, truth, objects }
    }
}

/// Reads up to `limit` images that have a mask of the same stem: `images/NAME.*` and `masks/NAME.png`. A mask of 16 bits numbers the
/// objects of class 1; one of 8 bits holds class indices (0 background, 255 void), and each connected area is an object.
///
/// # Errors
/// A folder or file can't be read, a mask has another size than its image, or nothing fits together.
pub fn load(folder: &Path, limit: usize) -> Result<Vec<Scene>> {
    let masks: BTreeMap<String, PathBuf> = files(&folder.join("masks"))?.into_iter().collect();
    let mut scenes = Vec::new();
    for (stem, path) in files(&folder.join("images"))? {
        if scenes.len() == limit {
            break;
        }
        if let Some(mask) = masks.get(&stem) {
            scenes.push(read(&path, mask).with_context(|| format!("could not use {}", path.display()))?);
        }
    }
    if scenes.is_empty() {
        bail!("{} has no image with a mask of the same name: it needs images/NAME.png and masks/NAME.png", folder.display());
    }
    Ok(scenes)
}

fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("could not read the folder {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("could not read the folder {}", folder.display()))?.path();
        if let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| path.is_file()) {
            found.push((stem.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

fn read(image: &Path, mask: &Path) -> Result<Scene> {
    let bytes = std::fs::read(image)?;
    let picture = image::load_from_memory(&bytes)?;
    let (width, height) = (picture.width(), picture.height());
    let marked = image::open(mask).with_context(|| format!("could not read the mask {}", mask.display()))?;
    if (marked.width(), marked.height()) != (width, height) {
        bail!("its mask is {}×{} pixels, the image {width}×{height}", marked.width(), marked.height());
    }
    let name = image.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (truth, objects) = match marked {
        DynamicImage::ImageLuma16(numbers) => numbered(numbers.into_raw(), width, height)?,
        DynamicImage::ImageLuma8(classes) => connected(classes.into_raw(), width, height)?,
        other => bail!("its mask has the pixel format {:?}; 8 or 16 bits of gray are understood", other.color()),
    };
    Ok(Scene::new(name, bytes, width, height, truth, objects))
}

/// Objects of class 1, each with its own number.
fn numbered(numbers: Vec<u16>, width: u32, height: u32) -> Result<(Vec<u8>, Vec<Object>)> {
    let truth = numbers.iter().map(|number| u8::from(*number > 0)).collect();
    let masks = InstanceMap { width, height, numbers }.masks()?;
    Ok((truth, masks.into_iter().map(|(_, mask)| Object { class: 1, mask }).collect()))
}

/// Objects are the connected areas of each class.
fn connected(classes: Vec<u8>, width: u32, height: u32) -> Result<(Vec<u8>, Vec<Object>)> {
    let map = ClassMap { width, height, classes };
    let present: BTreeSet<u8> = map.classes.iter().copied().filter(|class| !matches!(*class, BACKGROUND | VOID)).collect();
    let mut objects = Vec::new();
    for class in present {
        let mask = map.mask_of(class)?;
        objects.extend(mask.without_specks(SMALLEST).components(MOST_OBJECTS)?.into_iter().map(|mask| Object { class, mask }));
    }
    Ok((map.classes, objects))
}

/// Codes an RGB picture as PNG.
///
/// # Errors
/// The number of bytes doesn't fit the size.
pub fn png(width: u32, height: u32, rgb: Vec<u8>) -> Result<Vec<u8>> {
    let picture = image::RgbImage::from_raw(width, height, rgb).context("the picture has another size than stated")?;
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_both_kinds_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["images", "masks"] {
            std::fs::create_dir(folder.path().join(sub)).unwrap();
        }
        for name in ["a", "b", "without-mask"] {
            std::fs::write(folder.path().join(format!("images/{name}.png")), png(12, 10, vec![90; 360]).unwrap()).unwrap();
        }
        let place = |x: u32, y: u32| (1..5).contains(&y) && ((1..5).contains(&x) || (7..11).contains(&x));
        let classes = image::GrayImage::from_fn(12, 10, |x, y| image::Luma([if place(x, y) { 3 } else { u8::from(y == 9) * 255 }]));
        classes.save(folder.path().join("masks/a.png")).unwrap();
        let numbers = image::ImageBuffer::<image::Luma<u16>, Vec<u16>>::from_fn(12, 10, |x, y| {
            image::Luma([if place(x, y) { 300 + (x / 6) as u16 } else { 0 }])
        });
        DynamicImage::ImageLuma16(numbers).save(folder.path().join("masks/b.png")).unwrap();

        let scenes = load(folder.path(), 10).unwrap();
        let found: Vec<(&str, usize, u8)> =
            scenes.iter().map(|scene| (scene.name.as_str(), scene.objects.len(), scene.objects[0].class)).collect();
        assert_eq!(found, [("a.png", 2, 3), ("b.png", 2, 1)]);
        assert_eq!(load(folder.path(), 1).unwrap().len(), 1);
    }
}
