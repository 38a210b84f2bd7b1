//! From a class map to shapes that people can edit.

use labelwright_dataset::{ClassKind, Geometry, Mask, Schema, Shape};

use super::{Prediction, instances::Instances};

/// What becomes a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapeOptions {
    /// Areas of fewer pixels are left out.
    pub min_area: u64,
    /// Splits things of one class that touch where the area between them is narrow.
    pub split: bool,
    /// How far a polygon's outline may be from the exact one, in pixels; 0 keeps every corner.
    pub tolerance: f64,
    /// No more shapes than this; the smallest are left out.
    pub max_shapes: usize,
}

impl Default for ShapeOptions {
    fn default() -> Self {
        Self { min_area: 16, split: true, tolerance: 0.7, max_shapes: 2000 }
    }
}

/// The shapes of a prediction: for every thing class one polygon an object, numbered from 1; for every stuff class one mask.
///
/// A shape's confidence is the mean probability of its class over its pixels. Classes that the schema doesn't have are left out.
#[must_use]
pub fn shapes(prediction: &Prediction, schema: &Schema, options: &ShapeOptions) -> Vec<Shape> {
    let (width, height) = (prediction.width, prediction.height);
    let mut out: Vec<(u64, Shape)> = Vec::new();
    for class in &schema.classes {
        let inside: Vec<bool> = prediction.class_map.iter().map(|&pixel| pixel == class.index).collect();
        if !inside.contains(&true) {
            continue;
        }
        match class.kind {
            ClassKind::Stuff => {
                let Ok(mask) = Mask::from_bitmap(width, height, &inside) else { continue };
                let mask = mask.without_specks(options.min_area);
                if let Some(confidence) = prediction.mean_probability(class.index, &mask) {
                    let shape = Shape {
                        class: class.index,
                        instance: None,
                        confidence: Some(confidence),
                        attributes: labelwright_dataset::Attributes::new(),
                        geometry: Geometry::Mask(mask.clone()),
                    };
                    // Stuff is painted below things, so it comes first, as the largest areas do.
                    out.push((u64::MAX, shape));
                }
            }
            ClassKind::Thing => {
                let instances = Instances::new(&inside, width as usize, height as usize, options.split);
                for mask in instances.masks(options.min_area) {
                    let Some(confidence) = prediction.mean_probability(class.index, &mask) else { continue };
                    let polygon = mask.to_polygon().simplified(options.tolerance);
                    let shape = Shape {
                        class: class.index,
                        instance: None,
                        confidence: Some(confidence),
                        attributes: labelwright_dataset::Attributes::new(),
                        geometry: Geometry::Polygon(polygon),
                    };
                    out.push((mask.area(), shape));
                }
            }
        }
    }
    out.sort_by_key(|(area, _)| std::cmp::Reverse(*area));
    out.truncate(options.max_shapes);
    let mut number = 0;
    let mut numbered = |mut shape: Shape| {
        if matches!(shape.geometry, Geometry::Polygon(_)) {
            number += 1;
            shape.instance = Some(number);
        }
        shape
    };
    out.into_iter().map(|(_, shape)| numbered(shape)).collect()
}

impl Prediction {
    /// Mean probability of a class over a mask, read from the head's grid; `None` for an empty mask or a class the head doesn't know.
    fn mean_probability(&self, class: u8, mask: &Mask) -> Option<f32> {
        let grid = &self.probabilities;
        let column = grid.classes.iter().position(|&known| known == class)?;
        let cell = |at: u32, size: u32, cells: usize| (at as usize * cells / size as usize).min(cells - 1);
        let (mut sum, mut count) = (0.0f64, 0u64);
        for (y, from, to) in mask.row_spans() {
            let row = cell(y, self.height, grid.height);
            for x in from..to {
                sum += f64::from(grid.cell(cell(x, self.width, grid.width), row)[column]);
                count += 1;
            }
        }
        (count > 0).then(|| (sum / count as f64) as f32)
    }
}

#[cfg(test)]
mod tests {
    use labelwright_dataset::Class;

    use super::*;
    use crate::predict::Probabilities;

    fn prediction(rows: &[&str]) -> Prediction {
        let class_map: Vec<u8> = rows.iter().flat_map(|row| row.bytes().map(|c| c - b'0')).collect();
        let (width, height) = (rows[0].len(), rows.len());
        let values = class_map.iter().flat_map(|&class| (0..3).map(move |c| if c == class { 0.8 } else { 0.1 })).collect();
        let probabilities = Probabilities { classes: vec![0, 1, 2], width, height, values };
        Prediction {
            width: width as u32,
            height: height as u32,
            class_map,
            confidence: 0.8,
            per_class: Vec::new(),
            empty: false,
            entropy: 0.0,
            probabilities,
        }
    }

    fn schema() -> Schema {
        let class = |index, kind| Class { index, name: index.to_string(), color: "#000000".to_owned(), kind };
        Schema { classes: vec![class(1, ClassKind::Thing), class(2, ClassKind::Stuff)] }
    }

    #[test]
    fn things_become_polygons_and_stuff_one_mask() {
        let prediction = prediction(&["1100222", "1100000", "0000011", "2000011", "2000011"]);
        let options = ShapeOptions { min_area: 2, tolerance: 0.0, ..ShapeOptions::default() };
        let shapes = shapes(&prediction, &schema(), &options);
        assert_eq!(shapes.iter().map(|shape| (shape.class, shape.instance)).collect::<Vec<_>>(), [(2, None), (1, Some(1)), (1, Some(2))]);
        assert!(shapes.iter().all(|shape| (shape.confidence.unwrap() - 0.8).abs() < 1e-6));
        let Geometry::Polygon(polygon) = &shapes[1].geometry else { panic!("a thing is a polygon") };
        assert_eq!(polygon.to_mask(7, 5).unwrap().area(), 6);
        let Geometry::Mask(mask) = &shapes[0].geometry else { panic!("stuff is a mask") };
        assert_eq!(mask.area(), 5);
    }

    #[test]
    fn the_smallest_shapes_go_first_when_there_are_too_many() {
        let prediction = prediction(&["1010110", "0000110"]);
        let options = ShapeOptions { min_area: 1, max_shapes: 1, tolerance: 0.0, ..ShapeOptions::default() };
        let shapes = shapes(&prediction, &schema(), &options);
        assert_eq!(shapes.len(), 1);
        assert_eq!(shapes[0].instance, Some(1));
    }
}
