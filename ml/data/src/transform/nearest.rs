//! Maps of classes and of things, moved by taking the value at the nearest pixel.

use super::affine::Affine;

/// Coordinates that should lie on the line between two pixels differ by rounding errors; so they all go to the same side.
const NUDGE: f64 = 1e-9;

/// A map of `from` (width and height) as seen through `back`, which leads from pixels of the new map to those of the old one; `fill` where it
/// leads outside.
pub(super) fn nearest<T: Copy>(values: &[T], from: [u32; 2], back: &Affine, to: [u32; 2], fill: T) -> Vec<T> {
    let (width, height) = (to[0] as usize, to[1] as usize);
    let mut out = Vec::with_capacity(width * height);
    if back.b == 0.0 && back.d == 0.0 {
        upright(values, from, back, to, fill, &mut out);
    } else {
        let (columns, rows) = (f64::from(from[0]), f64::from(from[1]));
        for y in 0..height {
            let cy = y as f64 + 0.5;
            let (x0, y0) = (back.b * cy + back.c + NUDGE, back.e * cy + back.f + NUDGE);
            out.extend((0..width).map(|x| {
                let cx = x as f64 + 0.5;
                let (sx, sy) = (back.a * cx + x0, back.d * cx + y0);
                let inside = sx >= 0.0 && sy >= 0.0 && sx < columns && sy < rows;
                if inside { values.get(sy as usize * from[0] as usize + sx as usize).copied().unwrap_or(fill) } else { fill }
            }));
        }
    }
    out
}

/// As [`nearest`] where rows stay rows: the columns are worked out once.
fn upright<T: Copy>(values: &[T], from: [u32; 2], back: &Affine, to: [u32; 2], fill: T, out: &mut Vec<T>) {
    let find = |scale: f64, shift: f64, at: u32, limit: u32| {
        let position = scale * (f64::from(at) + 0.5) + shift + NUDGE;
        (position >= 0.0 && position < f64::from(limit)).then_some(position as usize)
    };
    let columns: Vec<Option<usize>> = (0..to[0]).map(|x| find(back.a, back.c, x, from[0])).collect();
    // Columns inside are one stretch, because positions rise or fall steadily.
    let first = columns.iter().position(Option::is_some).unwrap_or(columns.len());
    let inside: Vec<u32> = columns[first..].iter().map_while(|&x| x.map(|x| x as u32)).collect();
    let after = columns.len() - first - inside.len();
    let straight = inside.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let mut last: Option<(usize, usize)> = None;
    for y in 0..to[1] {
        let begin = out.len();
        match find(back.e, back.f, y, from[1]) {
            Some(row) if last.is_some_and(|(same, _)| same == row) => {
                let at = last.map_or(0, |(_, at)| at);
                out.extend_from_within(at..at + columns.len());
            }
            Some(row) => {
                let line = &values[row * from[0] as usize..][..from[0] as usize];
                out.resize(begin + first, fill);
                match inside.first() {
                    Some(&from) if straight => out.extend_from_slice(&line[from as usize..from as usize + inside.len()]),
                    _ => out.extend(inside.iter().map(|&x| line[x as usize])),
                }
                out.resize(out.len() + after, fill);
                last = Some((row, begin));
            }
            None => out.resize(begin + columns.len(), fill),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_taken_from_the_nearest_pixel() {
        let values = [1, 2, 3, 4, 5, 6];
        let of = |back: Affine, to| nearest(&values, [3, 2], &back, to, 9);
        assert_eq!(of(Affine::IDENTITY, [3, 2]), values);
        assert_eq!(of(Affine::shift(-1.0, 1.0), [4, 2]), [9, 4, 5, 6, 9, 9, 9, 9]);
        assert_eq!(of(Affine::scale(0.5, 0.5), [6, 2]), [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]);
        assert_eq!(of(Affine { a: -1.0, c: 3.0, ..Affine::IDENTITY }, [3, 2]), [3, 2, 1, 6, 5, 4]);
        // A clockwise quarter turn: the way back leads from (x, y) to (y, 2 - x).
        let turn = Affine { a: 0.0, b: 1.0, c: 0.0, d: -1.0, e: 0.0, f: 2.0 };
        assert_eq!(of(turn, [2, 3]), [4, 1, 5, 2, 6, 3]);
        assert_eq!(of(Affine::shift(50.0, 0.0), [2, 1]), [9, 9]);
    }
}
