//! A Gaussian process: what is believed about a function after some of its values were seen.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::minimize::minimize;

/// Added to the diagonal so that equal points don't make the matrix singular.
const JITTER: f64 = 1e-8;

/// A Gaussian process with mean 0 and a Matérn-5/2 kernel with one length for each group of coordinates (ARD).
///
/// Source: Rasmussen & Williams, 'Gaussian Processes for Machine Learning', 2006, chapters 2, 4.2 and 5.4. The lengths, the variance and
/// the noise are those of highest posterior density under log-normal priors.
#[derive(Clone, Debug)]
pub struct GaussianProcess {
    points: Vec<Vec<f64>>,
    groups: Vec<usize>,
    /// Logarithms: a length for each group, the variance, the noise's variance.
    theta: Vec<f64>,
    factor: Cholesky<f64, Dyn>,
    weights: DVector<f64>,
}

/// The mean and the standard deviation that are believed at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    pub mean: f64,
    pub deviation: f64,
}

/// The centre and the width of the normal prior on a logarithm.
struct Prior {
    centre: f64,
    width: f64,
}

impl GaussianProcess {
    /// Fits the kernel to values that were seen. `groups[d]` is the group of coordinate `d`, counted from 0 without gaps; coordinates of one
    /// group (those of one categorical parameter) share a length. None if there are no points, or numbers that are not finite.
    #[must_use]
    pub fn fit(points: Vec<Vec<f64>>, values: &[f64], groups: Vec<usize>) -> Option<Self> {
        let count = groups.iter().max()? + 1;
        let sane = points.len() == values.len()
            && !points.is_empty()
            && points.iter().all(|point| point.len() == groups.len() && point.iter().all(|x| x.is_finite()))
            && values.iter().all(|value| value.is_finite());
        if !sane {
            return None;
        }
        let priors = priors(count);
        let (low, high): (Vec<f64>, Vec<f64>) = bounds(count).into_iter().unzip();
        let y = DVector::from_column_slice(values);
        let squares = squares(&points, &groups, count);
        let cost = |theta: &[f64]| cost(theta, &squares, &y, &priors);
        let mut best: Option<(Vec<f64>, f64)> = None;
        for shift in [0.0, -1.0, 1.0] {
            let mut start: Vec<f64> = priors.iter().map(|prior| prior.centre).collect();
            start[..count].iter_mut().for_each(|length| *length += shift);
            let (theta, value) = minimize(cost, &start, &low, &high, 60);
            if value.is_finite() && best.as_ref().is_none_or(|(_, lowest)| value < *lowest) {
                best = Some((theta, value));
            }
        }
        Self::with(points, values, groups, best?.0)
    }

    /// A process whose kernel is known: logarithms of a length for each group, of the variance, and of the noise's variance.
    #[must_use]
    pub fn with(points: Vec<Vec<f64>>, values: &[f64], groups: Vec<usize>, theta: Vec<f64>) -> Option<Self> {
        let count = groups.iter().max()? + 1;
        if theta.len() != count + 2 || points.len() != values.len() {
            return None;
        }
        let (kernel, _) = kernel(&theta, &squares(&points, &groups, count), points.len());
        let factor = Cholesky::new(kernel)?;
        let weights = factor.solve(&DVector::from_column_slice(values));
        Some(Self { points, groups, theta, factor, weights })
    }

    /// The same kernel with other points.
    #[must_use]
    pub fn again(&self, points: Vec<Vec<f64>>, values: &[f64]) -> Option<Self> {
        Self::with(points, values, self.groups.clone(), self.theta.clone())
    }

    /// What is believed of the function itself (without noise) at a point.
    #[must_use]
    pub fn belief(&self, point: &[f64]) -> Belief {
        let covariance = self.covariance(point);
        let solved = self.factor.l_dirty().solve_lower_triangular(&covariance);
        let explained = solved.map_or(0.0, |solved| solved.norm_squared());
        Belief { mean: covariance.dot(&self.weights), deviation: (self.variance() - explained).max(1e-12).sqrt() }
    }

    /// What is believed, and how the mean and the deviation change along each coordinate.
    #[must_use]
    pub fn belief_and_slopes(&self, point: &[f64]) -> (Belief, Vec<f64>, Vec<f64>) {
        let covariance = self.covariance(point);
        let solved = self.factor.solve(&covariance);
        let variance = (self.variance() - covariance.dot(&solved)).max(1e-12);
        let belief = Belief { mean: covariance.dot(&self.weights), deviation: variance.sqrt() };
        let (mut means, mut deviations) = (vec![0.0; point.len()], vec![0.0; point.len()]);
        for (n, other) in self.points.iter().enumerate() {
            let r = self.distance(point, other);
            // dk/dr · 1/r, which stays finite at 0.
            let slope = -self.variance() * 5.0 / 3.0 * (1.0 + 5f64.sqrt() * r) * (-(5f64.sqrt()) * r).exp();
            for (d, (x, o)) in point.iter().zip(other).enumerate() {
                let change = slope * (x - o) * (-2.0 * self.theta[self.groups[d]]).exp();
                means[d] += change * self.weights[n];
                deviations[d] -= change * solved[n] / belief.deviation;
            }
        }
        (belief, means, deviations)
    }

    /// The length of each group: how far one must go for the function to be quite another.
    #[must_use]
    pub fn lengths(&self) -> Vec<f64> {
        self.theta[..self.theta.len() - 2].iter().map(|log| log.exp()).collect()
    }

    fn variance(&self) -> f64 {
        self.theta[self.theta.len() - 2].exp()
    }

    fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let square = |(d, (a, b)): (usize, (&f64, &f64))| (a - b).powi(2) * (-2.0 * self.theta[self.groups[d]]).exp();
        a.iter().zip(b).enumerate().map(square).sum::<f64>().sqrt()
    }

    fn covariance(&self, point: &[f64]) -> DVector<f64> {
        let values = self.points.iter().map(|other| self.variance() * matern(self.distance(point, other)));
        DVector::from_iterator(self.points.len(), values)
    }
}

fn matern(r: f64) -> f64 {
    let s = 5f64.sqrt() * r;
    (1.0 + s + s * s / 3.0) * (-s).exp()
}

fn priors(groups: usize) -> Vec<Prior> {
    let length = Prior { centre: (0.5 * (groups as f64).sqrt()).ln(), width: 1.0 };
    let mut priors: Vec<Prior> = (0..groups).map(|_| Prior { ..length }).collect();
    priors.push(Prior { centre: 0.0, width: 1.0 });
    priors.push(Prior { centre: 1e-4f64.ln(), width: 2.0 });
    priors
}

fn bounds(groups: usize) -> Vec<(f64, f64)> {
    let mut bounds = vec![(1e-2f64.ln(), 1e2f64.ln()); groups];
    bounds.push((1e-3f64.ln(), 1e3f64.ln()));
    bounds.push((1e-7f64.ln(), 1f64.ln()));
    bounds
}

/// For each group, the squared distance of each pair of points in its coordinates.
fn squares(points: &[Vec<f64>], groups: &[usize], count: usize) -> Vec<DMatrix<f64>> {
    let square = |group: usize, a: &[f64], b: &[f64]| -> f64 {
        groups.iter().zip(a.iter().zip(b)).filter(|(of, _)| **of == group).map(|(_, (a, b))| (a - b).powi(2)).sum()
    };
    let matrix = |group| DMatrix::from_fn(points.len(), points.len(), |i, j| square(group, &points[i], &points[j]));
    (0..count).map(matrix).collect()
}

/// The kernel matrix with noise, and the scaled distances it is made of.
fn kernel(theta: &[f64], squares: &[DMatrix<f64>], n: usize) -> (DMatrix<f64>, DMatrix<f64>) {
    let groups = squares.len();
    let (variance, noise) = (theta[groups].exp(), theta[groups + 1].exp());
    let mut distances = DMatrix::zeros(n, n);
    for (square, log) in squares.iter().zip(theta) {
        distances += square * (-2.0 * log).exp();
    }
    distances.apply(|square| *square = square.sqrt());
    let mut kernel = distances.map(|r| variance * matern(r));
    for i in 0..n {
        kernel[(i, i)] += noise + JITTER * variance;
    }
    (kernel, distances)
}

/// The negative logarithm of the posterior density of the kernel's parameters, up to a constant, and its gradient.
fn cost(theta: &[f64], squares: &[DMatrix<f64>], y: &DVector<f64>, priors: &[Prior]) -> (f64, Vec<f64>) {
    let groups = squares.len();
    let (variance, noise) = (theta[groups].exp(), theta[groups + 1].exp());
    let (matrix, distances) = kernel(theta, squares, y.len());
    let Some(factor) = Cholesky::new(matrix.clone()) else { return (f64::INFINITY, vec![0.0; theta.len()]) };
    let weights = factor.solve(y);
    let logdet: f64 = factor.l_dirty().diagonal().iter().map(|d| d.ln()).sum();
    // ½ tr((K⁻¹ − ααᵀ) ∂K/∂θ)
    let inner = factor.inverse() - &weights * weights.transpose();
    let slopes = distances.map(|r| variance * 5.0 / 3.0 * (1.0 + 5f64.sqrt() * r) * (-(5f64.sqrt()) * r).exp()).component_mul(&inner);
    let mut gradient: Vec<f64> = squares.iter().zip(theta).map(|(square, log)| 0.5 * (-2.0 * log).exp() * slopes.dot(square)).collect();
    let trace = inner.trace();
    gradient.push(0.5 * (inner.dot(&matrix) - noise * trace));
    gradient.push(0.5 * noise * trace);
    let mut value = 0.5 * y.dot(&weights) + logdet;
    for (place, (theta, prior)) in theta.iter().zip(priors).enumerate() {
        let z = (theta - prior.centre) / prior.width;
        value += 0.5 * z * z;
        gradient[place] += z / prior.width;
    }
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> (Vec<Vec<f64>>, Vec<f64>) {
        let points: Vec<Vec<f64>> = (0..12u64).map(|trial| crate::random::sobol(5, trial, 3)).collect();
        let values = points.iter().map(|x| (6.0 * x[0]).sin() + x[1] * x[1] - 0.3 * x[2]).collect();
        (points, values)
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_cost() {
        let (points, values) = seen();
        let groups = [0, 1, 1];
        let squares = squares(&points, &groups, 2);
        let y = DVector::from_vec(values);
        let at = |theta: &[f64]| cost(theta, &squares, &y, &priors(2));
        let theta = [-0.7, 0.2, 0.4, -5.0];
        let (_, gradient) = at(&theta);
        for place in 0..theta.len() {
            let (mut up, mut down) = (theta, theta);
            up[place] += 1e-5;
            down[place] -= 1e-5;
            let slope = (at(&up).0 - at(&down).0) / 2e-5;
            assert!((slope - gradient[place]).abs() < 1e-4 * slope.abs().max(1.0), "{place}: {slope} {}", gradient[place]);
        }
    }

    #[test]
    fn slopes_of_the_belief_are_its_differences() {
        let (points, values) = seen();
        let process = GaussianProcess::fit(points, &values, vec![0, 1, 2]).expect("fits");
        let at = [0.31, 0.62, 0.77];
        let (belief, means, deviations) = process.belief_and_slopes(&at);
        let alone = process.belief(&at);
        assert!((belief.mean - alone.mean).abs() < 1e-9 && (belief.deviation - alone.deviation).abs() < 1e-6);
        for d in 0..3 {
            let (mut up, mut down) = (at, at);
            up[d] += 1e-5;
            down[d] -= 1e-5;
            let (up, down) = (process.belief(&up), process.belief(&down));
            assert!(((up.mean - down.mean) / 2e-5 - means[d]).abs() < 1e-4);
            assert!(((up.deviation - down.deviation) / 2e-5 - deviations[d]).abs() < 1e-3);
        }
    }

    #[test]
    fn what_was_seen_is_believed_and_what_is_far_is_doubted() {
        let (points, values) = seen();
        let process = GaussianProcess::fit(points.clone(), &values, vec![0, 1, 2]).expect("fits");
        for (point, value) in points.iter().zip(&values) {
            let belief = process.belief(point);
            assert!((belief.mean - value).abs() < 0.05 && belief.deviation < 0.1, "{belief:?} {value}");
        }
        assert!(process.belief(&[9.0, 9.0, 9.0]).deviation > 0.5);
        let lengths = process.lengths();
        assert!(lengths[0] < lengths[2], "the sine turns faster than the line: {lengths:?}");
    }

    #[test]
    fn nonsense_has_no_process() {
        assert!(GaussianProcess::fit(vec![], &[], vec![0]).is_none());
        assert!(GaussianProcess::fit(vec![vec![0.0]], &[f64::NAN], vec![0]).is_none());
        assert!(GaussianProcess::fit(vec![vec![0.0]], &[1.0, 2.0], vec![0]).is_none());
        let same = GaussianProcess::fit(vec![vec![0.5]; 20], &[1.0; 20], vec![0]);
        assert!(same.is_some());
    }
}
