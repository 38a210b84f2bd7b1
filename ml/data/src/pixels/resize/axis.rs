//! Where the pixels of a new row or column come from, for two pixels each.

/// One direction of a bilinear resize, in parts of 2048.
#[derive(Debug, Default)]
pub(super) struct Axis {
    /// For each new pixel the first of its two old ones, which may lie before the picture in `rows`.
    pub first: Vec<i32>,
    /// The shares of the first and of the second.
    pub weights: Vec<[u16; 2]>,
}

impl Axis {
    /// For the new pixels `begin..begin + count`. With `inside`, pixels at the border have only one old pixel; otherwise the caller repeats
    /// the border.
    pub fn fill(&mut self, from: u32, to: u32, begin: u32, count: u32, inside: bool) {
        self.first.clear();
        self.weights.clear();
        let scale = f64::from(from) / f64::from(to);
        for at in begin..begin + count {
            let place = ((f64::from(at) + 0.5) * scale - 0.5) as f32;
            let floor = place.floor();
            let (mut first, mut share) = (floor as i32, place - floor);
            if inside && (first < 0 || first >= from as i32 - 1) {
                (first, share) = (first.clamp(0, from as i32 - 1), 0.0);
            }
            self.first.push(first);
            self.weights.push([1.0 - share, share].map(|w| (w * 2048.0).round_ties_even() as u16));
        }
    }
}
