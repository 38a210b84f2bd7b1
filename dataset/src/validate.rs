//! Whether a shape may be stored, and what had to be repaired so that it may.

use std::fmt;

use crate::geometry::{Mask, Point, Polygon, count_crossings, row_crossings};
use crate::schema::Schema;
use crate::shape::{Geometry, Shape};

/// No shape has more points than this.
pub const MAX_POINTS: usize = 100_000;

/// The area in pixels below which a shape is taken for a slip of the hand, unless a caller says otherwise.
pub const MIN_AREA: u64 = 4;

/// No coordinate is farther from the origin than this; beyond it lies nothing that could be meant.
const MAX_COORDINATE: f64 = 1e7;

/// A polygon may cross the rows of pixels this often in all, which bounds the time that painting it takes.
const MAX_ROW_CROSSINGS: u64 = 30_000_000;

/// A point may lie this many pixels outside the image and is then moved to its border.
const POINT_SLACK: f64 = 1.0;

/// What was changed in a shape so that it could be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// What lay outside the image was cut off.
    Clipped,
    /// The outline crossed itself; the area stayed the same by the even-odd rule.
    Untangled { crossings: usize },
    /// A box had its corners in another order than left, top, right, bottom.
    BoxOrdered,
    /// A point just outside the image was moved to its border.
    PointMoved,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clipped => write!(f, "the part outside the image was cut off"),
            Self::Untangled { crossings: 1 } => write!(f, "the outline crossed itself and was untangled; its area is the same"),
            Self::Untangled { crossings } => {
                write!(f, "the outline crossed itself in {crossings} places and was untangled; its area is the same")
            }
            Self::BoxOrdered => write!(f, "the corners of the box were put in order"),
            Self::PointMoved => write!(f, "the point was moved to the border of the image"),
        }
    }
}

/// Why a shape can't be stored.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    #[error("class {class} is not one of the project's classes; choose another class")]
    UnknownClass { class: u8 },
    #[error("instance numbers start at 1; leave the number out for areas that are not counted")]
    InstanceZero,
    #[error("a confidence of {confidence} is not between 0 and 1")]
    Confidence { confidence: f32 },
    #[error("a coordinate is not a usable number; draw the shape again")]
    Coordinate,
    #[error("an outline has {points} points, but at least 3 are needed; add points or remove the outline")]
    TooFewPoints { points: usize },
    #[error("the shape has {points} points, but at most {MAX_POINTS} are allowed; simplify it or store it as a mask")]
    TooManyPoints { points: usize },
    #[error("the outline is too tangled to be worked with; simplify it or store it as a mask")]
    TooComplex,
    #[error("the shape lies outside the image of {width}×{height} pixels; move it into the image")]
    Outside { width: u32, height: u32 },
    #[error("the shape covers {area} pixels, but at least {minimum} are needed; draw it larger or remove it")]
    TooSmall { area: u64, minimum: u64 },
    #[error("the mask is of {mask_width}×{mask_height} pixels, but the image is of {width}×{height}; draw the shape again on this image")]
    MaskSize { mask_width: u32, mask_height: u32, width: u32, height: u32 },
}

/// Checks one shape for an image of that size. A shape without fault comes back exactly as it was, bit for bit; small
/// faults are repaired, and told.
///
/// `min_area` is in pixels: for polygons and masks the pixels they cover, for boxes width times height. See [`MIN_AREA`].
///
/// # Errors
/// The shape can't be stored, for the reason given.
pub fn validate(shape: &Shape, width: u32, height: u32, schema: &Schema, min_area: u64) -> Result<(Shape, Vec<Repair>), ShapeError> {
    if !schema.accepts(shape.class) {
        return Err(ShapeError::UnknownClass { class: shape.class });
    }
    if shape.instance == Some(0) {
        return Err(ShapeError::InstanceZero);
    }
    if let Some(confidence) = shape.confidence
        && !(0.0..=1.0).contains(&confidence)
    {
        return Err(ShapeError::Confidence { confidence });
    }
    let limits = Limits { width, height, min_area };
    let mut repairs = Vec::new();
    let geometry = match &shape.geometry {
        Geometry::Polygon(polygon) => limits.polygon(polygon, &mut repairs)?.map(Geometry::Polygon),
        Geometry::Mask(mask) => limits.mask(mask).map(|()| None)?,
        Geometry::Box { corners } => limits.corners(*corners, &mut repairs)?.map(|corners| Geometry::Box { corners }),
        Geometry::Point { point } => limits.point(*point, &mut repairs)?.map(|point| Geometry::Point { point }),
        Geometry::Tag => None,
    };
    let mut valid = shape.clone();
    if let Some(geometry) = geometry {
        valid.geometry = geometry;
    }
    Ok((valid, repairs))
}

struct Limits {
    width: u32,
    height: u32,
    min_area: u64,
}

fn usable(point: &Point) -> bool {
    // Comparisons with what is not a number are false.
    point.x.abs() <= MAX_COORDINATE && point.y.abs() <= MAX_COORDINATE
}

// Each check gives the repaired geometry, or `None` when nothing had to be repaired.
impl Limits {
    fn outside(&self) -> ShapeError {
        ShapeError::Outside { width: self.width, height: self.height }
    }

    fn large_enough(&self, area: u64) -> Result<(), ShapeError> {
        // Whatever the minimum, a shape that covers nothing says nothing.
        let minimum = self.min_area.max(1);
        if area < minimum { Err(ShapeError::TooSmall { area, minimum }) } else { Ok(()) }
    }

    fn polygon(&self, polygon: &Polygon, repairs: &mut Vec<Repair>) -> Result<Option<Polygon>, ShapeError> {
        let points = polygon.points();
        if points > MAX_POINTS {
            return Err(ShapeError::TooManyPoints { points });
        }
        if let Some(points) = polygon.rings().map(Vec::len).chain(polygon.parts.is_empty().then_some(0)).find(|&points| points < 3) {
            return Err(ShapeError::TooFewPoints { points });
        }
        if !polygon.rings().flatten().all(usable) {
            return Err(ShapeError::Coordinate);
        }
        let mut repaired = polygon.clipped(self.width, self.height);
        if let Some(clipped) = &repaired {
            if clipped.parts.is_empty() {
                return Err(self.outside());
            }
            repairs.push(Repair::Clipped);
        }
        let crossing = count_crossings(repaired.as_ref().unwrap_or(polygon)).map_err(|_| ShapeError::TooComplex)?;
        if crossing > 0 {
            repaired = Some(repaired.as_ref().unwrap_or(polygon).untangled(self.width, self.height));
            repairs.push(Repair::Untangled { crossings: crossing });
        }
        let result = repaired.as_ref().unwrap_or(polygon);
        if result.points() > MAX_POINTS || row_crossings(result, self.height) > MAX_ROW_CROSSINGS {
            return Err(ShapeError::TooComplex);
        }
        self.large_enough(result.pixels(self.width, self.height))?;
        Ok(repaired)
    }

    fn mask(&self, mask: &Mask) -> Result<(), ShapeError> {
        if (mask.width(), mask.height()) != (self.width, self.height) {
            let (mask_width, mask_height) = (mask.width(), mask.height());
            return Err(ShapeError::MaskSize { mask_width, mask_height, width: self.width, height: self.height });
        }
        self.large_enough(mask.area())
    }

    fn corners(&self, corners: [f64; 4], repairs: &mut Vec<Repair>) -> Result<Option<[f64; 4]>, ShapeError> {
        let [x0, y0, x1, y1] = corners;
        if !usable(&Point { x: x0, y: y0 }) || !usable(&Point { x: x1, y: y1 }) {
            return Err(ShapeError::Coordinate);
        }
        let ordered = [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)];
        if x0 > x1 || y0 > y1 {
            repairs.push(Repair::BoxOrdered);
        }
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        if ordered[0] >= width || ordered[1] >= height || ordered[2] <= 0.0 || ordered[3] <= 0.0 {
            return Err(self.outside());
        }
        let clipped = [ordered[0].max(0.0), ordered[1].max(0.0), ordered[2].min(width), ordered[3].min(height)];
        if clipped != ordered {
            repairs.push(Repair::Clipped);
        }
        let area = (clipped[2] - clipped[0]) * (clipped[3] - clipped[1]);
        self.large_enough(area as u64)?;
        Ok((!repairs.is_empty()).then_some(clipped))
    }

    fn point(&self, point: Point, repairs: &mut Vec<Repair>) -> Result<Option<Point>, ShapeError> {
        if !usable(&point) {
            return Err(ShapeError::Coordinate);
        }
        let inside = Point { x: point.x.clamp(0.0, f64::from(self.width)), y: point.y.clamp(0.0, f64::from(self.height)) };
        if inside == point {
            return Ok(None);
        }
        if (inside.x - point.x).abs() > POINT_SLACK || (inside.y - point.y).abs() > POINT_SLACK {
            return Err(self.outside());
        }
        repairs.push(Repair::PointMoved);
        Ok(Some(inside))
    }
}
