//! One line of a label: a class and shares of the picture's size.

use std::fmt::Write as _;

use crate::geometry::{Part, Point, Polygon};
use crate::shape::Geometry;

/// A box whose corners come back as near as this, in pixels, is taken for exact.
const EXACT: f64 = 1e-6;

/// Writes coordinates as shares, and notes whether they came back.
pub(super) struct Shares {
    width: f64,
    height: f64,
    decimals: usize,
    pub text: String,
    /// Whether a number of this line can't be read back as it was.
    pub rounded: bool,
}

impl Shares {
    pub fn new(width: u32, height: u32, decimals: usize) -> Self {
        Self { width: width.into(), height: height.into(), decimals, text: String::new(), rounded: false }
    }

    fn put(&mut self, share: f64) -> f64 {
        let from = self.text.len();
        let _ = match self.decimals {
            0 => write!(self.text, " {share}"),
            decimals => write!(self.text, " {share:.decimals$}"),
        };
        self.text[from + 1..].parse().unwrap_or(share)
    }

    /// The share that times `size` gives `value`, if there is one.
    fn share(value: f64, size: f64) -> f64 {
        let share = value / size;
        let fits = |share: &f64| share * size == value;
        let candidates = [share, share.next_up(), share.next_down()];
        candidates.into_iter().find(fits).unwrap_or(share).clamp(0.0, 1.0)
    }

    pub fn ring(&mut self, class: u8, ring: &[Point]) {
        let _ = write!(self.text, "{class}");
        for point in ring {
            for (value, size) in [(point.x, self.width), (point.y, self.height)] {
                let written = self.put(Self::share(value, size));
                self.rounded |= written * size != value;
            }
        }
        self.text.push('\n');
    }

    pub fn corners(&mut self, class: u8, corners: [f64; 4]) {
        let [x0, y0, x1, y1] = corners;
        let _ = write!(self.text, "{class}");
        let shares = [(x0 + x1) / 2.0 / self.width, (y0 + y1) / 2.0 / self.height, (x1 - x0) / self.width, (y1 - y0) / self.height];
        let written = shares.map(|share| self.put(share.clamp(0.0, 1.0)));
        let read = corners_of(written, self.width, self.height);
        self.rounded |= read.iter().zip(&corners).any(|(read, value)| (read - value).abs() > EXACT);
        self.text.push('\n');
    }
}

/// Left, top, right, bottom of a box that is given as its centre and size in shares.
fn corners_of([x, y, w, h]: [f64; 4], width: f64, height: f64) -> [f64; 4] {
    let within = |value: f64, size: f64| (value * size).clamp(0.0, size);
    [within(x - w / 2.0, width), within(y - h / 2.0, height), within(x + w / 2.0, width), within(y + h / 2.0, height)]
}

/// Reads a line: the class as counted from 0, and where it is.
pub(super) fn parse(line: &str, width: u32, height: u32, keypoints: bool) -> Result<(usize, Geometry), String> {
    let (width, height) = (f64::from(width), f64::from(height));
    let mut words = line.split_ascii_whitespace();
    let class = words.next().unwrap_or_default();
    // Some tools write the class as '3.0'.
    let class =
        class.parse().or_else(|_| class.parse::<f64>().ok().filter(|c| c.fract() == 0.0 && *c >= 0.0).map(|c| c as usize).ok_or(()));
    let class = class.map_err(|()| "a line begins with the number of its class".to_owned())?;
    let number = |word: &str| word.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(|| format!("'{word}' is not a number"));
    let numbers = words.map(number).collect::<Result<Vec<f64>, _>>()?;
    let geometry = match numbers[..] {
        [x, y, w, h] => Geometry::Box { corners: corners_of([x, y, w, h], width, height) },
        // A sixth number is how sure a model is.
        [x, y, w, h, _] => Geometry::Box { corners: corners_of([x, y, w, h], width, height) },
        [x, y, w, h, ..] if keypoints => Geometry::Box { corners: corners_of([x, y, w, h], width, height) },
        _ if numbers.len() >= 6 && numbers.len() % 2 == 0 => {
            let outer = numbers.chunks_exact(2).map(|pair| Point { x: pair[0] * width, y: pair[1] * height }).collect();
            Geometry::Polygon(Polygon { parts: vec![Part { outer, holes: Vec::new() }] })
        }
        _ => return Err(format!("{} numbers are neither a box nor an outline", numbers.len())),
    };
    Ok((class, geometry))
}
