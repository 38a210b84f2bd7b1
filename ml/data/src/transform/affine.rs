//! Maps from pixel coordinates to pixel coordinates that keep lines straight and parallel.

use labelwright_dataset::Point;

/// `x' = a·x + b·y + c`, `y' = d·x + e·y + f`. Pixel `(i, j)` covers `[i, i + 1) × [j, j + 1)`, so the centre of a picture is half its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
    pub e: f64,
    pub f: f64,
}

impl Affine {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 1.0, f: 0.0 };

    #[must_use]
    pub fn scale(x: f64, y: f64) -> Self {
        Self { a: x, e: y, ..Self::IDENTITY }
    }

    #[must_use]
    pub fn shift(x: f64, y: f64) -> Self {
        Self { c: x, f: y, ..Self::IDENTITY }
    }

    /// A turn about the origin, clockwise as seen on the screen.
    #[must_use]
    pub fn turn(degrees: f64) -> Self {
        let (sin, cos) = libm::sincos(degrees.to_radians());
        Self { a: cos, b: -sin, c: 0.0, d: sin, e: cos, f: 0.0 }
    }

    /// Slants by that many degrees: `x` moves with `y`, and `y` with `x`.
    #[must_use]
    pub fn shear(x: f64, y: f64) -> Self {
        Self { b: libm::tan(x.to_radians()), d: libm::tan(y.to_radians()), ..Self::IDENTITY }
    }

    /// First this, then `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self {
            a: next.a * self.a + next.b * self.d,
            b: next.a * self.b + next.b * self.e,
            c: next.a * self.c + next.b * self.f + next.c,
            d: next.d * self.a + next.e * self.d,
            e: next.d * self.b + next.e * self.e,
            f: next.d * self.c + next.e * self.f + next.f,
        }
    }

    /// The same map with `(x, y)` in place of the origin.
    #[must_use]
    pub fn about(&self, x: f64, y: f64) -> Self {
        Self::shift(-x, -y).then(self).then(&Self::shift(x, y))
    }

    /// How the signed area of a figure grows.
    #[must_use]
    pub fn determinant(&self) -> f64 {
        self.a * self.e - self.b * self.d
    }

    /// The way back; `None` where the map squeezes everything onto a line or is not finite.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let det = self.determinant();
        let inverse = Self {
            a: self.e / det,
            b: -self.b / det,
            c: (self.b * self.f - self.c * self.e) / det,
            d: -self.d / det,
            e: self.a / det,
            f: (self.c * self.d - self.a * self.f) / det,
        };
        [inverse.a, inverse.b, inverse.c, inverse.d, inverse.e, inverse.f].iter().all(|v| v.is_finite()).then_some(inverse)
    }

    #[must_use]
    pub fn apply(&self, p: Point) -> Point {
        Point { x: self.a * p.x + self.b * p.y + self.c, y: self.d * p.x + self.e * p.y + self.f }
    }

    /// The smallest upright rectangle (left, top, right, bottom) around the image of one.
    #[must_use]
    pub fn bounds(&self, [left, top, right, bottom]: [f64; 4]) -> [f64; 4] {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| self.apply(Point { x, y }));
        let of = |value: fn(&Point) -> f64, pick: fn(f64, f64) -> f64| corners[1..].iter().map(value).fold(value(&corners[0]), pick);
        [of(|p| p.x, f64::min), of(|p| p.y, f64::min), of(|p| p.x, f64::max), of(|p| p.y, f64::max)]
    }

    /// The least factor by which a length can grow; below 1 the map shrinks in some direction.
    #[must_use]
    pub fn least_growth(&self) -> f64 {
        let (sum, det) = (self.a * self.a + self.b * self.b + self.d * self.d + self.e * self.e, self.determinant());
        let spread = libm::sqrt((sum * sum - 4.0 * det * det).max(0.0));
        libm::sqrt(((sum - spread) / 2.0).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Point, b: [f64; 2]) {
        assert!((a.x - b[0]).abs() < 1e-9 && (a.y - b[1]).abs() < 1e-9, "{a:?} {b:?}");
    }

    #[test]
    fn maps_are_done_in_order() {
        let p = Point { x: 3.0, y: 1.0 };
        close(Affine::scale(2.0, 3.0).then(&Affine::shift(1.0, -1.0)).apply(p), [7.0, 2.0]);
        // Clockwise on the screen: right goes down.
        close(Affine::turn(90.0).apply(Point { x: 1.0, y: 0.0 }), [0.0, 1.0]);
        close(Affine::turn(180.0).about(2.0, 2.0).apply(p), [1.0, 3.0]);
        close(Affine::shear(45.0, 0.0).apply(p), [4.0, 1.0]);
    }

    #[test]
    fn there_is_a_way_back() {
        let map = Affine::turn(33.0).then(&Affine::shear(10.0, -5.0)).then(&Affine::scale(0.3, 2.0)).then(&Affine::shift(9.0, -7.0));
        let back = map.inverse().unwrap();
        close(back.apply(map.apply(Point { x: 5.0, y: 11.0 })), [5.0, 11.0]);
        assert_eq!(Affine::scale(0.0, 1.0).inverse(), None);
        assert_eq!(Affine::scale(f64::NAN, 1.0).inverse(), None);
    }

    #[test]
    fn growth_and_bounds() {
        assert!((Affine::turn(20.0).then(&Affine::scale(0.5, 0.25)).least_growth() - 0.25).abs() < 1e-12);
        let [l, t, r, b] = Affine::turn(45.0).bounds([0.0, 0.0, 1.0, 1.0]);
        let root = 0.5f64.sqrt();
        assert!((l + root).abs() < 1e-9 && t.abs() < 1e-9 && (r - root).abs() < 1e-9 && (b - 2.0 * root).abs() < 1e-9);
    }
}
