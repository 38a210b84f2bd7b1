//! Finding the lowest point of a smooth function in a box.

/// The most curvature pairs that are remembered.
const MEMORY: usize = 8;

/// Minimises `f`, which gives its value and gradient, from `start` within `[low, high]` by projected L-BFGS with backtracking.
///
/// Source: Nocedal & Wright, 'Numerical Optimization', 2006, algorithms 7.4 and 7.5; coordinates at a bound whose gradient points outwards
/// are held. A value that is not finite counts as worse than any.
pub(super) fn minimize(
    mut f: impl FnMut(&[f64]) -> (f64, Vec<f64>),
    start: &[f64],
    low: &[f64],
    high: &[f64],
    iterations: usize,
) -> (Vec<f64>, f64) {
    let clamp = |x: &mut Vec<f64>| x.iter_mut().zip(low.iter().zip(high)).for_each(|(x, (low, high))| *x = x.clamp(*low, *high));
    let mut x = start.to_vec();
    clamp(&mut x);
    let (mut value, mut gradient) = f(&x);
    let mut pairs: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::new();
    for _ in 0..iterations {
        if !value.is_finite() {
            break;
        }
        let held = |x: &[f64], g: &[f64], i: usize| (x[i] <= low[i] && g[i] > 0.0) || (x[i] >= high[i] && g[i] < 0.0);
        let free: Vec<bool> = (0..x.len()).map(|i| !held(&x, &gradient, i)).collect();
        let steepest: Vec<f64> = gradient.iter().zip(&free).map(|(g, &free)| if free { *g } else { 0.0 }).collect();
        if steepest.iter().all(|g| g.abs() < 1e-9) {
            break;
        }
        let mut direction = newton(&steepest, &pairs);
        direction.iter_mut().zip(&free).for_each(|(d, &free)| *d = if free { -*d } else { 0.0 });
        if dot(&direction, &steepest) >= 0.0 {
            pairs.clear();
            direction = steepest.iter().map(|g| -g).collect();
        }
        let longest = direction.iter().fold(0.0f64, |longest, d| longest.max(d.abs()));
        let mut step = if pairs.is_empty() { (0.1 / longest).min(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..25 {
            let mut next: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            clamp(&mut next);
            let moved: Vec<f64> = next.iter().zip(&x).map(|(next, x)| next - x).collect();
            let (next_value, next_gradient) = f(&next);
            if next_value.is_finite() && next_value <= value + 1e-4 * dot(&steepest, &moved) {
                found = Some((next, moved, next_value, next_gradient));
                break;
            }
            step *= 0.5;
        }
        let Some((next, moved, next_value, next_gradient)) = found else { break };
        let change: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(next, g)| next - g).collect();
        let curvature = dot(&moved, &change);
        if curvature > 1e-12 * dot(&change, &change) {
            if pairs.len() == MEMORY {
                pairs.remove(0);
            }
            pairs.push((moved, change, curvature));
        }
        let gain = value - next_value;
        (x, value, gradient) = (next, next_value, next_gradient);
        if gain.abs() <= 1e-12 * value.abs().max(1e-12) {
            break;
        }
    }
    (x, value)
}

/// The inverse Hessian, as far as it is known, times the gradient.
fn newton(gradient: &[f64], pairs: &[(Vec<f64>, Vec<f64>, f64)]) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut shares = Vec::with_capacity(pairs.len());
    for (moved, change, curvature) in pairs.iter().rev() {
        let share = dot(moved, &q) / curvature;
        q.iter_mut().zip(change).for_each(|(q, change)| *q -= share * change);
        shares.push(share);
    }
    if let Some((_, change, curvature)) = pairs.last() {
        let scale = curvature / dot(change, change);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for ((moved, change, curvature), share) in pairs.iter().zip(shares.into_iter().rev()) {
        let back = dot(change, &q) / curvature;
        q.iter_mut().zip(moved).for_each(|(q, moved)| *q += (share - back) * moved);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(x: &[f64]) -> (f64, Vec<f64>) {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        (a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b])
    }

    #[test]
    fn the_valley_is_followed_to_its_end() {
        let (x, value) = minimize(rosenbrock, &[-1.2, 1.0], &[-5.0, -5.0], &[5.0, 5.0], 200);
        assert!(value < 1e-10 && (x[0] - 1.0).abs() < 1e-4, "{x:?} {value}");
    }

    #[test]
    fn a_bound_is_kept() {
        let (x, _) = minimize(rosenbrock, &[-1.2, 1.0], &[-5.0, -5.0], &[0.5, 5.0], 200);
        assert!((x[0] - 0.5).abs() < 1e-6 && (x[1] - 0.25).abs() < 1e-4, "{x:?}");
    }

    #[test]
    fn what_is_not_finite_ends_the_search() {
        let (x, value) = minimize(|_| (f64::NAN, vec![1.0]), &[0.5], &[0.0], &[1.0], 10);
        assert!(x == [0.5] && value.is_nan());
    }
}
