//! What the model said, in the form that was asked for.

use actix_web::{HttpResponse, http::header};
use labelwright_dataset::{
    BACKGROUND, Geometry, Shape,
    formats::png_masks::{palette, png_gray8, png_palette8},
};
use labelwright_ml::predict::{Prediction, ShapeOptions, shapes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Include, accept::Form};
use crate::{
    flow::{
        FlowError,
        inference::{Answered, Chosen, Times},
    },
    http::error::Result,
    media,
};

/// Which model answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Asked {
    pub id: Uuid,
    pub project: Uuid,
    pub version: i64,
}

/// A class that was found, or that may be there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Found {
    pub class: u8,
    pub name: String,
    /// `#rrggbb`
    pub color: String,
    /// Expected overlap with the truth, from 0 to 1; 0 for a class that is likely somewhere and found nowhere.
    pub confidence: f32,
    /// Share of the picture that is of this class.
    pub share: f32,
}

/// Where the time went on the server.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Milliseconds {
    /// Decoding and resizing.
    pub prepare: f64,
    /// In the queue, waiting for the pictures before.
    pub queue: f64,
    /// The model, for the whole batch.
    pub model: f64,
    /// Enlarging to the picture's own size.
    pub enlarge: f64,
}

/// What a model says of one picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answer {
    pub model: Asked,
    /// In pixels, after the orientation of the file's EXIF block was applied.
    pub width: u32,
    pub height: u32,
    /// How good the result probably is, from 0 to 1, as Labelwright compares it with the project's threshold.
    pub confidence: f32,
    /// Whether nothing was found; the confidence is that of nothing being there.
    pub empty: bool,
    pub classes: Vec<Found>,
    /// Polygons in pixels, the lowest first: `class`, `confidence`, `instance` (things are numbered), `parts`.
    #[schema(value_type = Vec<Object>)]
    pub shapes: Vec<Shape>,
    /// If asked for: the classes in their colours as a see-through PNG, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<String>,
    /// If asked for: the probability of each pixel's class as a gray PNG, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<String>,
    pub milliseconds: Milliseconds,
    /// Pictures that went through the model together with this one, itself included.
    pub together: usize,
}

/// An answer in bytes.
pub struct Drawn {
    form: Form,
    bytes: Vec<u8>,
    /// Headers about it.
    said: Vec<(&'static str, String)>,
}

impl From<Times> for Milliseconds {
    fn from(times: Times) -> Self {
        let milliseconds = |time: std::time::Duration| (time.as_secs_f64() * 1e5).round() / 100.0;
        Self {
            prepare: milliseconds(times.prepared),
            queue: milliseconds(times.waited),
            model: milliseconds(times.worked),
            enlarge: milliseconds(times.enlarged),
        }
    }
}

fn broken(error: impl std::fmt::Display) -> FlowError {
    FlowError::Work(error.to_string())
}

/// The answer as data. CPU work.
///
/// # Errors
/// A picture can't be written.
pub fn answer(chosen: &Chosen, answered: &Answered, include: &Include) -> Result<Answer, FlowError> {
    let Answered { prediction, times } = answered;
    let (width, height) = (prediction.width, prediction.height);
    let found = prediction.per_class.iter().filter(|scores| scores.class != BACKGROUND).filter_map(|scores| {
        let class = chosen.schema.class(scores.class)?;
        Some(Found {
            class: scores.class,
            name: class.name.clone(),
            color: class.color.clone(),
            confidence: scores.soft_iou,
            share: scores.share,
        })
    });
    let overlay = || media::overlay_png(width, height, &prediction.class_map, &chosen.schema, 255).map_err(broken);
    let certainty = || png_gray8(width, height, &prediction.certainty()).map_err(broken);
    Ok(Answer {
        model: Asked { id: chosen.model.id, project: chosen.model.project_id, version: chosen.model.version },
        width,
        height,
        confidence: prediction.confidence,
        empty: prediction.empty,
        classes: found.collect(),
        shapes: polygons(chosen, prediction),
        overlay: include.overlay.then(overlay).transpose()?.map(|png| base64(&png)),
        certainty: include.certainty.then(certainty).transpose()?.map(|png| base64(&png)),
        milliseconds: (*times).into(),
        together: times.together,
    })
}

/// Every class as polygons, those of stuff too: masks are a form of our own, and polygons are everybody's.
fn polygons(chosen: &Chosen, prediction: &Prediction) -> Vec<Shape> {
    let options = ShapeOptions::default();
    let mut shapes = shapes(prediction, &chosen.schema, &options);
    for shape in &mut shapes {
        if let Geometry::Mask(mask) = &shape.geometry {
            shape.geometry = Geometry::Polygon(mask.to_polygon().simplified(options.tolerance));
        }
    }
    shapes
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The answer in a form. CPU work.
///
/// # Errors
/// It can't be written.
pub fn draw(form: Form, chosen: &Chosen, answered: &Answered, include: &Include) -> Result<Drawn, FlowError> {
    let prediction = &answered.prediction;
    let (width, height) = (prediction.width, prediction.height);
    let bytes = match form {
        Form::Json => serde_json::to_vec(&answer(chosen, answered, include)?).map_err(broken)?,
        Form::Mask => png_palette8(width, height, &prediction.class_map, &palette(&chosen.schema)).map_err(broken)?,
        Form::Confidence => png_gray8(width, height, &prediction.certainty()).map_err(broken)?,
        Form::Probabilities => {
            let grid = prediction.grid();
            npy(&[grid.height, grid.width, grid.classes.len()], grid.values)
        }
    };
    let Milliseconds { prepare, queue, model, enlarge } = answered.times.into();
    let classes: Vec<String> = prediction.grid().classes.iter().map(u8::to_string).collect();
    let said = vec![
        ("server-timing", format!("prepare;dur={prepare}, queue;dur={queue}, model;dur={model}, enlarge;dur={enlarge}")),
        ("x-labelwright-model", chosen.model.id.to_string()),
        ("x-labelwright-version", chosen.model.version.to_string()),
        ("x-labelwright-confidence", format!("{:.4}", prediction.confidence)),
        ("x-labelwright-classes", classes.join(",")),
    ];
    Ok(Drawn { form, bytes, said })
}

impl Drawn {
    pub fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type(self.form.content_type()).insert_header((header::CACHE_CONTROL, "no-store"));
        response.insert_header((header::VARY, "accept"));
        for header in self.said {
            response.insert_header(header);
        }
        if self.form != Form::Json {
            // PNG is compressed already, and arrays of numbers are hardly smaller afterwards.
            response.insert_header((header::CONTENT_ENCODING, "identity"));
        }
        response.body(self.bytes)
    }
}

/// An array of 32-bit floats in NumPy's format, version 1.0, little-endian, last index fastest.
fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
    let mut head = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sides.join(", "));
    // Magic, version, length and head together are a multiple of 64 bytes, padded with spaces, with a line's end last.
    let padding = (64 - (10 + head.len() + 1) % 64) % 64;
    head.extend(std::iter::repeat_n(' ', padding));
    head.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((head.len() as u16).to_le_bytes());
    out.extend(head.as_bytes());
    out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `numpy.save` writes `numpy.zeros((2, 3, 1), dtype='<f4')`.
    #[test]
    fn arrays_are_numpys() {
        let file = npy(&[2, 3, 1], &[0.0; 6]);
        assert_eq!(&file[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert!(file[10..].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 1), }"));
        assert_eq!((file[127], file.len()), (b'\n', 128 + 24));
    }
}
