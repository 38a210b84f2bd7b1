//! Pictures and their masks into two files side by side: the same ids in the same order.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use labelwright_dataset::formats::png_masks::{MaskPng, png_gray8, png_gray16, read_mask_png};
use labelwright_dataset::formats::recordio::{ImageHeader, ListEntry, ListReader, TextError};

use super::files::{RecordFile, base_of};
use super::one::{Memory, fitting, header, read};
use super::ordered::ordered;
use super::{Event, PackOptions, Packed};
use crate::im2rec::list::named;
use crate::im2rec::picture::{PictureOptions, Shape, cut_out, planned, size_and_turn};
use crate::im2rec::{Im2recError, PictureError};
use crate::pixels::resize::nearest_window;
use crate::pixels::{View, Window};

/// Where the mask of each picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskPlace {
    /// In this folder, under the picture's own path with the end `.png`.
    Folder(PathBuf),
    /// In this folder, under the path that a second list has for the same id. Both lists have the same ids in the same order.
    List { folder: PathBuf, list: PathBuf },
}

/// A picture's line, and the path of its mask.
type Pair = Result<(ListEntry, PathBuf), Im2recError>;

enum Outcome {
    Records { id: u64, picture: Vec<u8>, mask: Vec<u8> },
    LeftOut { line: ListEntry, why: PictureError },
    Failed(Im2recError),
}

/// Packs the pictures of `NAME.lst` into `NAME_image.rec` and their masks into `NAME_mask.rec`, each with its `.idx`. Masks are PNGs of class
/// indices; they are cropped and resized with their pictures, to the nearest pixel, and their labels are those of the pictures. A picture
/// whose mask is missing, damaged or of another size is told to `report`, and both are left out.
///
/// # Errors
/// As [`pack_list`](super::pack_list); also if the list of masks has other ids.
pub fn pack_pairs(
    list: &Path,
    root: &Path,
    masks: &MaskPlace,
    options: &PackOptions,
    mut report: impl FnMut(Event<'_>),
) -> Result<Packed, Im2recError> {
    let pairs = pairs(list, masks)?;
    let base = base_of(list);
    let mut files = [RecordFile::create(&named(&base, "_image"))?, RecordFile::create(&named(&base, "_mask"))?];
    let mut packed = Packed::default();
    let work = |memory: &mut Memory, pair: Pair| match pair {
        Err(error) => Outcome::Failed(error),
        Ok((line, mask)) => match both(root, &line, &mask, options, memory) {
            Ok((picture, mask)) => Outcome::Records { id: line.id, picture, mask },
            Err(why) => Outcome::LeftOut { line, why },
        },
    };
    let sink = |outcome| {
        match outcome {
            Outcome::Records { id, picture, mask } => {
                files[0].write(id, &picture)?;
                files[1].write(id, &mask)?;
                packed.written += 1;
                report(Event::Written);
            }
            Outcome::LeftOut { line, why } => {
                packed.left_out += 1;
                report(Event::LeftOut { id: line.id, path: &line.path, why: &why });
            }
            Outcome::Failed(Im2recError::Text { source, .. }) if source.is_of_one_line() => {
                packed.bad_lines += 1;
                report(Event::BadLine(&source));
            }
            Outcome::Failed(error) => return Err(error),
        }
        Ok(())
    };
    ordered(pairs, options.threads, work, sink, Im2recError::Thread)?;
    for file in files {
        packed.bytes += file.finish()?;
    }
    Ok(packed)
}

/// The lines of the list, each with the place of its mask.
fn pairs(list: &Path, masks: &MaskPlace) -> Result<Box<dyn Iterator<Item = Pair> + Send>, Im2recError> {
    let open = |path: &Path| -> Result<_, Im2recError> {
        let path = path.to_owned();
        let reader = ListReader::new(BufReader::new(File::open(&path).map_err(Im2recError::io(&path))?)).keep_going();
        Ok(reader.map(move |line| line.map_err(|source: TextError| Im2recError::Text { path: path.clone(), source })))
    };
    let pictures = open(list)?;
    Ok(match masks {
        MaskPlace::Folder(folder) => {
            let folder = folder.clone();
            Box::new(pictures.map(move |line| line.map(|line| (folder.join(Path::new(&line.path).with_extension("png")), line)).map(swap)))
        }
        MaskPlace::List { folder, list } => {
            let (folder, mut masks) = (folder.clone(), open(list)?);
            Box::new(pictures.map(move |line| {
                let line = line?;
                let mask = masks.next().ok_or(Im2recError::MaskListEnds { expected: line.id })??;
                if mask.id != line.id {
                    return Err(Im2recError::MaskOrder { expected: line.id, found: mask.id });
                }
                Ok((line, folder.join(mask.path)))
            }))
        }
    })
}

fn swap<A, B>((a, b): (A, B)) -> (B, A) {
    (b, a)
}

/// Both records of a line.
fn both(
    root: &Path,
    line: &ListEntry,
    mask: &Path,
    options: &PackOptions,
    memory: &mut Memory,
) -> Result<(Vec<u8>, Vec<u8>), PictureError> {
    let header = header(line, options)?;
    read(mask, &mut memory.file).map_err(|error| match error {
        PictureError::Read(source) => PictureError::MaskFile(source),
        other => other,
    })?;
    let mask = std::mem::take(&mut memory.file);
    read(&root.join(&line.path), &mut memory.file)?;
    let mut picture = Vec::new();
    let made = match &options.pictures {
        None => {
            header.pack(&memory.file, &mut picture);
            as_they_are(&header, &memory.file, &mask)?
        }
        Some(options) => {
            header.pack(&[], &mut picture);
            let size = options.remake(&memory.file, &mut memory.picture, &mut picture)?;
            remade(&header, &mask, size, options)?
        }
    };
    Ok((fitting(picture)?, fitting(made)?))
}

/// The mask's own file, if it has the picture's size; the picture may have a mark that it should be turned.
fn as_they_are(header: &ImageHeader, picture: &[u8], mask: &[u8]) -> Result<Vec<u8>, PictureError> {
    let (size, _) = size_and_turn(picture)?;
    let (mask_size, _) = size_and_turn(mask)?;
    if mask_size != size {
        return Err(PictureError::MaskSize { picture: size, mask: mask_size });
    }
    let mut record = Vec::new();
    header.pack(mask, &mut record);
    Ok(record)
}

/// The mask cropped and resized as its picture was, whose size it must have.
fn remade(header: &ImageHeader, file: &[u8], size: [u32; 2], options: &PictureOptions) -> Result<Vec<u8>, PictureError> {
    let shape = planned(size, options.center_crop, options.resize);
    let same = |mask: [u32; 2]| if mask == size { Ok(()) } else { Err(PictureError::MaskSize { picture: size, mask }) };
    let png = match read_mask_png(file, options.max_pixels)? {
        MaskPng::Classes(mask) => {
            same([mask.width, mask.height])?;
            png_gray8(shape.to[0], shape.to[1], &nearest(&mask.classes, shape, size))?
        }
        MaskPng::Instances(mask) => {
            same([mask.width, mask.height])?;
            png_gray16(shape.to[0], shape.to[1], &nearest(&mask.numbers, shape, size))?
        }
    };
    let mut record = Vec::new();
    header.pack(&png, &mut record);
    Ok(record)
}

fn nearest<P: Copy>(values: &[P], shape: Shape, size: [u32; 2]) -> Vec<P> {
    let (mut cut, mut out) = (Vec::new(), Vec::new());
    let part = cut_out(values, size, shape, &mut cut);
    nearest_window(View::whole(part, shape.part.size()), shape.to, Window::whole(shape.to), &mut out);
    out
}
