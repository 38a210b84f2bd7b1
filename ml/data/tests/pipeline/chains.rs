//! What single steps and whole chains do, by references worked out here.

use labelwright_data::sample::{BoxLabel, Outline, Sample};
use labelwright_data::transform::batch::SegmentationBatch;
use labelwright_data::transform::step::Normalize;
use labelwright_data::transform::{Chain, ChainError, Draws, Step, Transformation};
use labelwright_dataset::{Point, Polygon, VOID};

use crate::support::{Alone, chain, one, picture, run, sample};

fn pixel(sample: &Sample, x: u32, y: u32) -> [u8; 3] {
    sample.picture.as_pixels()[(y * sample.picture.width() + x) as usize]
}

fn class(sample: &Sample, x: u32, y: u32) -> u8 {
    sample.target.mask.as_ref().unwrap().classes[(y * sample.picture.width() + x) as usize]
}

#[test]
fn flips_and_crops_copy_pixels() {
    let before = sample(20, 14);
    let flipped = run(&one("random_horizontal_flip", "p = 1.0"), before.clone(), 0);
    let upside = run(&one("random_vertical_flip", "p = 1"), before.clone(), 0);
    let middle = run(&one("center_crop", "size = [10, 6]"), before.clone(), 0);
    for y in 0..14 {
        for x in 0..20 {
            assert_eq!((pixel(&flipped, x, y), class(&flipped, x, y)), (pixel(&before, 19 - x, y), class(&before, 19 - x, y)));
            assert_eq!((pixel(&upside, x, y), class(&upside, x, y)), (pixel(&before, x, 13 - y), class(&before, x, 13 - y)));
            if x < 10 && y < 6 {
                assert_eq!((pixel(&middle, x, y), class(&middle, x, y)), (pixel(&before, x + 5, y + 4), class(&before, x + 5, y + 4)));
            }
        }
    }
    assert_eq!(run(&one("random_horizontal_flip", "p = 0.0"), before.clone(), 0), before);
}

#[test]
fn random_crops_reach_every_place() {
    let before = sample(12, 9);
    let mut seen = std::collections::HashSet::new();
    for seed in 0..400 {
        let crop = run(&one("random_crop", "size = [10, 7]"), before.clone(), seed);
        let at = (0..3).flat_map(|y| (0..3).map(move |x| (x, y))).find(|&(x, y)| pixel(&crop, 0, 0) == pixel(&before, x, y)).unwrap();
        assert_eq!(pixel(&crop, 9, 6), pixel(&before, at.0 + 9, at.1 + 6));
        seen.insert(at);
    }
    assert_eq!(seen.len(), 9);
}

#[test]
fn where_there_is_no_picture_masks_are_void() {
    let before = sample(5, 4);
    let padded = run(&one("pad", "size = [8, 4]\nalign = \"top_left\"\nfill = [1, 2, 3]"), before.clone(), 0);
    assert_eq!((padded.size(), pixel(&padded, 7, 0), class(&padded, 7, 0)), ([8, 4], [1, 2, 3], VOID));
    assert_eq!((pixel(&padded, 4, 3), class(&padded, 4, 3)), (pixel(&before, 4, 3), class(&before, 4, 3)));
    let turned = run(&one("random_rotation", "degrees = [45, 45]\nfill = 200"), sample(40, 40), 0);
    assert_eq!((pixel(&turned, 0, 0), class(&turned, 0, 0)), ([200; 3], VOID));
    let whole = run(&one("random_rotation", "degrees = [90, 90]\nexpand = true"), sample(30, 10), 0);
    assert_eq!(whole.size(), [10, 30]);
    assert!(whole.target.mask.unwrap().classes.iter().all(|&class| class != VOID));
}

#[test]
fn what_a_step_cut_off_never_comes_back() {
    let cut = chain("[[transform]]\nkind = \"center_crop\"\nsize = 4\n[[transform]]\nkind = \"pad\"\nsize = 10\nfill = 77");
    let made = run(&cut, sample(10, 10), 0);
    assert_eq!((pixel(&made, 0, 0), class(&made, 2, 2)), ([77; 3], VOID));
    assert_eq!(pixel(&made, 3, 3), pixel(&sample(10, 10), 3, 3));
    // Two colours of padding stay two.
    let twice = chain("[[transform]]\nkind = \"pad\"\nsize = 6\nfill = 1\n[[transform]]\nkind = \"pad\"\nsize = 8\nfill = 2");
    let made = run(&twice, sample(4, 4), 0);
    assert_eq!([0, 1, 2].map(|x| pixel(&made, x, 4)), [[2; 3], [1; 3], pixel(&sample(4, 4), 0, 2)]);
}

#[test]
fn sides_get_their_lengths() {
    let size = |kind: &str, parameters: &str| run(&one(kind, parameters), sample(60, 40), 3).size();
    assert_eq!(size("resize_short", "size = 20"), [30, 20]);
    assert_eq!(size("resize_short", "size = 80\nmax = 90"), [90, 60]);
    assert_eq!(size("resize_long", "size = 30"), [30, 20]);
    assert_eq!(size("resize", "size = [7, 9]"), [7, 9]);
    assert_eq!(size("random_scale", "scale = 0.5"), [30, 20]);
    assert_eq!(size("random_aspect", "ratio = 4.0"), [120, 20]);
    assert_eq!(size("random_resized_crop", "size = [16, 8]"), [16, 8]);
    for seed in 0..50 {
        let long = run(&one("random_resize_long", "size = 20"), sample(30, 10), seed).size();
        assert!((10..=40).contains(&long[0]) && long[1] == long[0] / 3, "{long:?}");
    }
}

#[test]
fn boxes_follow_and_go_when_little_is_left() {
    let mut before = sample(100, 100);
    before.target.boxes = vec![BoxLabel::new(1, [10.0, 10.0, 30.0, 30.0]), BoxLabel::new(2, [45.0, 0.0, 55.0, 100.0])];
    let right = chain("[[transform]]\nkind = \"random_horizontal_flip\"\np = 1\n[[transform]]\nkind = \"center_crop\"\nsize = [44, 100]");
    let made = run(&right, before.clone(), 0);
    // The crop shows 28 to 72: the first box, mirrored to 70..90, has a tenth left.
    assert_eq!(made.target.boxes, vec![BoxLabel::new(2, [17.0, 0.0, 27.0, 100.0])]);
    let made = run(&right.with_least_visible(0.1), before.clone(), 0);
    assert_eq!(made.target.boxes[0].corners, [42.0, 10.0, 44.0, 30.0]);
    assert!((made.target.boxes[0].visible - 0.1).abs() < 1e-12);
    // Shares multiply over steps that can't be fused.
    let twice = chain(
        "[[transform]]\nkind = \"center_crop\"\nsize = [100, 50]\n[[transform]]\nkind = \"pad\"\nsize = 100\n[[transform]]\nkind = \"center_crop\"\nsize = [100, 40]",
    );
    let made = run(&twice, before, 0);
    assert!((made.target.boxes[0].visible - 0.4).abs() < 1e-12, "{:?}", made.target.boxes);
}

#[test]
fn outlines_are_cut_at_the_border() {
    let mut before = sample(10, 10);
    let square = |l: f64, r: f64| Polygon::simple([[l, l], [r, l], [r, r], [l, r]].map(Point::from).to_vec());
    before.target.outlines = [square(1.0, 6.0), square(0.0, 2.0)].map(|polygon| Outline { class: 1, instance: None, polygon }).to_vec();
    let made = run(&one("center_crop", "size = 6"), before, 0);
    let outlines: Vec<_> = made.target.outlines.iter().map(|outline| outline.polygon.clone()).collect();
    assert_eq!(outlines.len(), 1, "what is wholly outside is gone");
    assert_eq!(outlines[0].to_mask(6, 6).unwrap().bounds().map(|b| (b.left, b.top, b.right, b.bottom)), Some((0, 0, 4, 4)));
}

#[test]
fn colour_steps_leave_masks_alone_and_noise_and_erasing_are_seen() {
    let before = sample(30, 20);
    for (kind, parameters) in [
        ("random_hsl", "h = 20\ns = 30\nl = 30"),
        ("random_gamma", "gamma = [0.5, 0.5]"),
        ("random_lighting", "alpha = 0.5"),
        ("random_grayscale", "p = 1.0"),
        ("gaussian_noise", "sigma = 20\np = 1.0"),
        ("gaussian_blur", "sigma = 1.5\np = 1.0"),
    ] {
        let made = run(&one(kind, parameters), before.clone(), 1);
        assert_ne!(made.picture, before.picture, "{kind}");
        assert_eq!(made.target, before.target, "{kind}");
    }
    let gray = run(&one("random_grayscale", "p = 1.0"), before.clone(), 1);
    assert!(gray.picture.as_pixels().iter().all(|p| p[0] == p[1] && p[1] == p[2]));
    let gamma = run(&one("random_gamma", "gamma = 0.5"), before.clone(), 1);
    let wanted = before.picture.pixels().iter().map(|&v| (255.0 * (f64::from(v) / 255.0).sqrt()).round() as u8);
    assert!(gamma.picture.pixels().iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 1));

    let erased = run(&one("random_erasing", "p = 1.0\nscale = [0.1, 0.2]\nfill = 99"), before.clone(), 1);
    let void = erased.target.mask.as_ref().unwrap().classes.iter().filter(|&&class| class == VOID).count();
    assert!((40..=140).contains(&void), "{void} of 600 pixels");
    for (i, (&class, pixel)) in erased.target.mask.as_ref().unwrap().classes.iter().zip(erased.picture.as_pixels()).enumerate() {
        assert_eq!(class == VOID, *pixel == [99; 3] && before.picture.as_pixels()[i] != [99; 3], "pixel {i}");
    }
    let kept = run(&one("random_erasing", "p = 1.0\nvoid = false"), before.clone(), 1);
    assert_eq!(kept.target, before.target);
}

#[test]
fn one_seed_gives_one_sample() {
    let chain = Chain::gluoncv_train(60, 48).unwrap();
    let make = |seed, epoch, index| chain.apply(sample(50, 40), &Draws::new(seed, epoch, index), &Alone).unwrap();
    assert_eq!(make(1, 2, 3), make(1, 2, 3));
    assert!([make(2, 2, 3), make(1, 3, 3), make(1, 2, 4)].iter().all(|other| *other != make(1, 2, 3)));
    // A step at the end changes nothing before it.
    let longer = [chain.steps()[..4].to_vec(), vec![Step::RandomVerticalFlip(serde_json::from_str("{\"p\": 0}").unwrap())]].concat();
    let (short, long) = (Chain::new(chain.steps()[..4].to_vec()).unwrap(), Chain::new(longer).unwrap());
    assert_eq!(run(&short, sample(50, 40), 5), run(&long, sample(50, 40), 5));
}

#[test]
fn presets_fill_batches() {
    for chain in [Chain::gluoncv_train(52, 48).unwrap(), Chain::gluoncv_val(48).unwrap(), Chain::workshop().unwrap()] {
        let size = chain.output_size().unwrap();
        let samples: Vec<_> = (0..3).map(|seed| run(&chain, sample(50, 37), seed)).collect();
        let batch = SegmentationBatch::new(&samples, &chain.normalize(), size).unwrap();
        let plane = (size[0] * size[1]) as usize;
        assert_eq!((batch.pictures.len(), batch.masks.len()), (9 * plane, 3 * plane));
        let pixel = samples[1].picture.as_pixels()[5];
        let Normalize { mean, std } = chain.normalize();
        for c in 0..3 {
            let wanted = (f32::from(pixel[c]) / 255.0 - mean[c]) / std[c];
            assert!((batch.pictures[(3 + c) * plane + 5] - wanted).abs() < 1e-5);
        }
        assert_eq!(batch.masks[2 * plane..], samples[2].target.mask.as_ref().unwrap().classes);
        assert_eq!(batch.long_masks(-1).iter().filter(|&&c| c == -1).count(), batch.masks.iter().filter(|&&c| c == VOID).count());
        let wrong = SegmentationBatch::new(&[Sample::new("x", picture(4, 4))], &Normalize::UNIT, size).unwrap_err();
        assert!(wrong.to_string().contains("4×4"), "{wrong}");
    }
}

#[test]
fn configurations_survive_and_bad_ones_are_told() {
    let chain = Chain::gluoncv_train(520, 480).unwrap();
    let text = serde_json::to_string(&chain).unwrap();
    assert_eq!(serde_json::from_str::<Chain>(&text).unwrap(), chain);
    let bad = |text: &str| serde_json::from_str::<Chain>(text).unwrap_err().to_string();
    assert!(bad(r#"[{"kind": "random_crop", "size": 0}]"#).contains("random_crop"));
    assert!(bad(r#"[{"kind": "random_crop", "sise": 3}]"#).contains("sise"));
    assert!(bad(r#"[{"kind": "crop_randomly", "size": 3}]"#).contains("crop_randomly"));
    assert!(bad(r#"[{"kind": "random_scale", "scale": [2, 1]}]"#).contains("scale"));
    assert!(bad(r#"[{"kind": "normalize"}, {"kind": "random_grayscale"}]"#).contains("last step"));
    assert!(bad(r#"[{"kind": "random_affine", "shear": 60}]"#).contains("45"));
    let error: ChainError = Chain::new(vec![serde_json::from_str(r#"{"kind": "random_hue", "amount": 0.7}"#).unwrap()]).unwrap_err();
    assert_eq!((error.at, error.kind.as_str()), (0, "random_hue"));
}
