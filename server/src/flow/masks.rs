//! Existing masks as labels.

use labelwright_dataset::{
    ClassKind, Geometry, Mask, Schema, Shape, VOID,
    formats::png_masks::{MaskPng, read_mask_png},
};
use uuid::Uuid;

use super::{
    FlowError, Result, blocking,
    imports::{Imported, Said, import_label},
    tasks::schema,
};
use crate::{
    context::Context,
    store::{images, labels as label_rows, projects},
};

/// Makes the mask file the label of an image: 8-bit values are class indices, 16-bit values are numbers of things of class `things`.
/// `false` when the image has a label already; it stays.
///
/// # Errors
/// The file is no mask, has another size than the image, or names an unknown class; nothing was stored then.
pub async fn import_mask(ctx: &Context, image: Uuid, file: Vec<u8>, things: u8) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    let row = images::get(&mut tx, image).await?.ok_or(FlowError::NotFound("image"))?;
    let classes = projects::classes(&mut tx, row.project_id).await?;
    if label_rows::of_image(&mut tx, image).await?.is_some() {
        return Ok(false);
    }
    drop(tx);
    let (width, height, limit) = (row.width as u32, row.height as u32, ctx.config.max_image_pixels);
    let shapes = blocking(move || shapes_of(&file, limit, width, height, things, &schema(&classes))).await?.map_err(FlowError::Invalid)?;
    Ok(import_label(ctx, image, shapes, Said::default()).await? == Imported::Labeled)
}

/// The shapes of a mask file: one mask a class for stuff, one a connected area for things, one a number in files of 16 bits.
fn shapes_of(file: &[u8], limit: u64, width: u32, height: u32, things: u8, schema: &Schema) -> Result<Vec<Shape>, String> {
    let mask = read_mask_png(file, limit).map_err(|e| e.to_string())?;
    let (mask_width, mask_height, values, by_number) = match mask {
        MaskPng::Classes(map) => (map.width, map.height, map.classes.into_iter().map(u16::from).collect::<Vec<_>>(), false),
        MaskPng::Instances(map) => (map.width, map.height, map.numbers, true),
    };
    if (mask_width, mask_height) != (width, height) {
        return Err(format!("the mask is of {mask_width}×{mask_height} pixels, but the image is of {width}×{height}"));
    }
    let mut numbers: Vec<u16> = values.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let mut shapes = Vec::new();
    let mut instance = 0;
    for number in numbers.into_iter().filter(|&number| number != 0) {
        let bitmap: Vec<bool> = values.iter().map(|&value| value == number).collect();
        let mask = Mask::from_bitmap(width, height, &bitmap).map_err(|e| e.to_string())?;
        let class = if by_number { things } else { number as u8 };
        let single = by_number || class == VOID || schema.class(class).is_none_or(|class| class.kind == ClassKind::Stuff);
        let parts = if single { vec![mask] } else { mask.components(10_000).map_err(|e| e.to_string())? };
        for part in parts {
            // Specks of a few pixels are below what may be stored; they are part of no object.
            if part.area() < labelwright_dataset::validate::MIN_AREA {
                continue;
            }
            let numbered = by_number || !single;
            instance += u32::from(numbered);
            shapes.push(Shape {
                class,
                instance: numbered.then_some(instance),
                confidence: None,
                attributes: labelwright_dataset::Attributes::new(),
                geometry: Geometry::Mask(part),
            });
        }
    }
    Ok(shapes)
}
