//! The committed test vectors are what the code gives.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

#[path = "../examples/geometry_vectors.rs"]
mod generate;

#[test]
fn the_committed_vectors_are_what_the_code_gives() {
    for (path, vectors) in [(generate::PATH, generate::vectors()), (generate::MASKS_PATH, generate::mask_vectors())] {
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(
            committed == vectors,
            "{path} differs from the code. If the change is meant, write the file anew with \
             `cargo run -p labelwright-dataset --example geometry_vectors`, and make the editor follow."
        );
    }
}

#[test]
fn ten_thousand_masks_become_polygons_and_the_same_masks_again() {
    let mut count = 0;
    for mask in generate::many_masks() {
        let polygon = mask.to_polygon();
        assert_eq!(polygon.to_mask(mask.width(), mask.height()).unwrap(), mask);
        // Filling by runs is filling by outlines.
        let mut outlines = labelwright_dataset::Mask::empty(mask.width(), mask.height()).unwrap();
        for part in polygon.parts {
            let outline = labelwright_dataset::Polygon::simple(part.outer).to_mask(mask.width(), mask.height()).unwrap();
            outlines = outlines.union(&outline).unwrap();
        }
        assert_eq!(mask.filled(), outlines);
        count += 1;
    }
    assert_eq!(count, generate::MASKS);
}
