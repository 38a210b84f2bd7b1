//! Two samples in one.

use labelwright_data::pixels::Picture;
use labelwright_data::sample::{BoxLabel, Outline, Sample};
use labelwright_data::transform::batch::SegmentationBatch;
use labelwright_data::transform::step::Normalize;
use labelwright_data::transform::{Draws, TransformError, Transformation};
use labelwright_dataset::{ClassMap, InstanceMap, Point, Polygon};

use crate::support::{Always, chain, one};

/// A picture of one colour with one square thing.
fn square(color: u8, class: u8, [from, to]: [u32; 2]) -> Sample {
    let inside = |x: u32, y: u32| (from..to).contains(&x) && (from..to).contains(&y);
    let at = |of: &dyn Fn(u32, u32) -> u8| (0..20).flat_map(|y| (0..20).map(move |x| (x, y))).map(|(x, y)| of(x, y)).collect::<Vec<u8>>();
    let mut sample = Sample::new("square", Picture::new(20, 20, vec![color; 1200]).unwrap());
    sample.target.mask = Some(ClassMap { width: 20, height: 20, classes: at(&|x, y| if inside(x, y) { class } else { 0 }) });
    let numbers = at(&|x, y| u8::from(inside(x, y))).into_iter().map(u16::from).collect();
    sample.target.instances = Some(InstanceMap { width: 20, height: 20, numbers });
    let [l, r] = [from, to].map(f64::from);
    sample.target.boxes = vec![BoxLabel { instance: Some(1), ..BoxLabel::new(u32::from(class), [l, l, r, r]) }];
    let polygon = Polygon::simple([[l, l], [r, l], [r, r], [l, r]].map(Point::from).to_vec());
    sample.target.outlines = vec![Outline { class, instance: Some(1), polygon }];
    sample
}

#[test]
fn a_pasted_thing_lies_on_top_in_every_part() {
    let (below, above) = (square(10, 1, [4, 12]), square(200, 2, [8, 16]));
    let paste = one("copy_paste", "p = 1.0\nshare = 1.0");
    let made = paste.apply(below.clone(), &Draws::new(1, 0, 0), &Always(above.clone())).unwrap();
    for y in 0..20u32 {
        for x in 0..20u32 {
            let at = (y * 20 + x) as usize;
            let from = if above.target.mask.as_ref().unwrap().classes[at] == 2 { &above } else { &below };
            assert_eq!(made.picture.as_pixels()[at], from.picture.as_pixels()[at]);
            assert_eq!(made.target.mask.as_ref().unwrap().classes[at], from.target.mask.as_ref().unwrap().classes[at]);
        }
    }
    let things = made.target.instances.as_ref().unwrap().masks().unwrap();
    assert_eq!(things.iter().map(|(n, mask)| (*n, mask.area())).collect::<Vec<_>>(), [(1, 48), (2, 64)]);
    // The thing below lost a corner, so its box stays; the share that is seen is less.
    let boxes: Vec<_> = made.target.boxes.iter().map(|b| (b.class, b.instance, b.corners, b.visible)).collect();
    assert_eq!(boxes, [(1, Some(1), [4.0, 4.0, 12.0, 12.0], 0.75), (2, Some(2), [8.0, 8.0, 16.0, 16.0], 1.0)]);
    assert_eq!(made.target.outlines.iter().map(|o| (o.class, o.instance)).collect::<Vec<_>>(), [(1, Some(1)), (2, Some(2))]);

    // A thing that is covered wholly is gone.
    let covered = paste.apply(square(10, 1, [9, 11]), &Draws::new(1, 0, 0), &Always(above.clone())).unwrap();
    assert_eq!(covered.target.boxes.iter().map(|b| b.class).collect::<Vec<_>>(), [2]);
    let other_class = one("copy_paste", "p = 1.0\nshare = 1.0\nclasses = [7]");
    assert_eq!(other_class.apply(below.clone(), &Draws::new(1, 0, 0), &Always(above)).unwrap(), below);
}

#[test]
fn masks_alone_are_pasted_by_their_areas() {
    let mut above = square(200, 2, [8, 16]);
    above.target.instances = None;
    above.target.outlines.clear();
    let mut below = square(10, 1, [4, 12]);
    below.target.instances = None;
    let made = one("copy_paste", "p = 1\nshare = 1").apply(below, &Draws::new(1, 0, 0), &Always(above)).unwrap();
    let classes = made.target.mask.unwrap().classes;
    assert_eq!([1u8, 2].map(|class| classes.iter().filter(|&&c| c == class).count()), [48, 64]);
}

#[test]
fn blended_samples_keep_both_labels() {
    let mixup = chain("[[transform]]\nkind = \"center_crop\"\nsize = 16\n[[transform]]\nkind = \"mixup\"\np = 1.0\nalpha = 1.0");
    let (one, other) = (square(0, 1, [4, 12]), square(240, 2, [8, 16]));
    let made = mixup.apply(one, &Draws::new(3, 0, 0), &Always(other)).unwrap();
    let mixed = made.mixed.clone().unwrap();
    assert!(mixed.share > 0.0 && mixed.share < 1.0);
    let wanted = 240.0 * (1.0 - mixed.share);
    assert!(made.picture.pixels().iter().all(|&v| (f32::from(v) - wanted).abs() <= 1.0));
    let batch = SegmentationBatch::new(&[made.clone(), square(1, 1, [1, 2])][..1], &Normalize::UNIT, [16, 16]).unwrap();
    // The second sample went through the crop as well: its square is 6 to 14 now.
    assert_eq!((batch.masks[2 * 16 + 2], batch.other_masks[6 * 16 + 6], batch.other_masks[5 * 16 + 5]), (1, 2, 0));
    assert_eq!(batch.shares, [mixed.share]);
}

#[test]
fn samples_of_different_sizes_are_not_blended() {
    let small = Sample::new("small", Picture::new(2, 2, vec![0; 12]).unwrap());
    let error = one("mixup", "p = 1.0").apply(square(0, 1, [4, 12]), &Draws::new(3, 0, 0), &Always(small)).unwrap_err();
    assert!(matches!(error, TransformError::PartnerSize { kind: "mixup", one: [20, 20], other: [2, 2] }), "{error}");
}
