//! Which objects of several workers are the same one.

/// A pair of objects that may be the same, and how alike they are in `[0, 1]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub a: usize,
    pub b: usize,
    pub similarity: f64,
}

/// Groups objects over workers. `owner[i]` is the worker of object `i`, in ascending order; `pairs` lists all pairs of different workers that are
/// alike enough, with `a < b`. A group holds at most one object of each worker, and every two objects of it are such a pair.
///
/// Two workers are matched so that the sum of the similarities is greatest (Hungarian method); more are joined greedily, most alike first,
/// under complete linkage. Groups are ordered by their first object.
pub(crate) fn group(owner: &[usize], pairs: &[Pair]) -> Vec<Vec<usize>> {
    let workers = owner.last().map_or(0, |last| last + 1);
    let mut groups = if workers <= 2 { assign(owner, pairs) } else { complete_link(owner, pairs) };
    groups.sort();
    groups
}

fn complete_link(owner: &[usize], pairs: &[Pair]) -> Vec<Vec<usize>> {
    let mut linked = vec![Vec::new(); owner.len()];
    for pair in pairs {
        linked[pair.a].push(pair.b);
        linked[pair.b].push(pair.a);
    }
    for others in &mut linked {
        others.sort_unstable();
    }
    let mut order = pairs.to_vec();
    order.sort_by(|x, y| y.similarity.total_cmp(&x.similarity).then((x.a, x.b).cmp(&(y.a, y.b))));
    let mut group_of: Vec<usize> = (0..owner.len()).collect();
    let mut groups: Vec<Vec<usize>> = (0..owner.len()).map(|i| vec![i]).collect();
    for pair in order {
        let (mut a, mut b) = (group_of[pair.a], group_of[pair.b]);
        if a > b {
            (a, b) = (b, a);
        }
        let all_alike = |x: usize| groups[b].iter().all(|y| owner[x] != owner[*y] && linked[x].binary_search(y).is_ok());
        if a == b || !groups[a].iter().all(|&x| all_alike(x)) {
            continue;
        }
        let moved = std::mem::take(&mut groups[b]);
        for &i in &moved {
            group_of[i] = a;
        }
        groups[a].extend(moved);
        groups[a].sort_unstable();
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Matches two workers, island by island: objects that no chain of pairs connects can't compete for a partner.
fn assign(owner: &[usize], pairs: &[Pair]) -> Vec<Vec<usize>> {
    let mut island: Vec<usize> = (0..owner.len()).collect();
    fn root(island: &mut [usize], mut i: usize) -> usize {
        while island[i] != i {
            island[i] = island[island[i]];
            i = island[i];
        }
        i
    }
    for pair in pairs {
        let (a, b) = (root(&mut island, pair.a), root(&mut island, pair.b));
        island[a.max(b)] = a.min(b);
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); owner.len()];
    for i in 0..owner.len() {
        let r = root(&mut island, i);
        members[r].push(i);
    }
    let mut pairs_of: Vec<Vec<Pair>> = vec![Vec::new(); owner.len()];
    for pair in pairs {
        let r = root(&mut island, pair.a);
        pairs_of[r].push(*pair);
    }
    let mut groups = Vec::new();
    for (members, pairs) in members.into_iter().zip(pairs_of) {
        let (rows, columns): (Vec<usize>, Vec<usize>) = members.iter().partition(|&&i| owner[i] == owner[members[0]]);
        let size = rows.len().max(columns.len());
        let mut gain = vec![vec![0.0; size]; size];
        for pair in &pairs {
            let (a, b) = if owner[pair.a] == owner[members[0]] { (pair.a, pair.b) } else { (pair.b, pair.a) };
            if let (Ok(r), Ok(c)) = (rows.binary_search(&a), columns.binary_search(&b)) {
                gain[r][c] = pair.similarity;
            }
        }
        let partner = hungarian(&gain);
        let mut free: Vec<bool> = vec![true; columns.len()];
        for (r, &i) in rows.iter().enumerate() {
            match columns.get(partner[r]) {
                Some(&j) if gain[r][partner[r]] > 0.0 => {
                    free[partner[r]] = false;
                    groups.push(if i < j { vec![i, j] } else { vec![j, i] });
                }
                _ => groups.push(vec![i]),
            }
        }
        groups.extend(columns.iter().zip(free).filter(|(_, free)| *free).map(|(&j, _)| vec![j]));
    }
    groups
}

/// The column of each row of a square matrix so that the sum of gains is greatest; the shortest augmenting path form of H. W. Kuhn's
/// Hungarian method with potentials, O(n³).
fn hungarian(gain: &[Vec<f64>]) -> Vec<usize> {
    let n = gain.len();
    // Row and column 0 are a fictitious start; costs are negated gains.
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    let (mut row_of, mut way) = (vec![0usize; n + 1], vec![0usize; n + 1]);
    for row in 1..=n {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; n + 1];
        let mut used = vec![false; n + 1];
        loop {
            used[column] = true;
            let current = row_of[column];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for j in 1..=n {
                if used[j] {
                    continue;
                }
                let reduced = -gain[current - 1][j - 1] - u[current] - v[j];
                if reduced < least[j] {
                    (least[j], way[j]) = (reduced, column);
                }
                if least[j] < delta {
                    (delta, next) = (least[j], j);
                }
            }
            for j in 0..=n {
                if used[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            let previous = way[column];
            row_of[column] = row_of[previous];
            column = previous;
        }
    }
    let mut out = vec![0; n];
    for column in 1..=n {
        if row_of[column] > 0 {
            out[row_of[column] - 1] = column - 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: usize, b: usize, similarity: f64) -> Pair {
        Pair { a, b, similarity }
    }

    #[test]
    fn two_workers_are_matched_for_the_greatest_sum() {
        // Greedy would take 0–2 (0.9) and leave 1 and 3 alone; together 0–3 and 1–2 are worth more.
        let groups = group(&[0, 0, 1, 1], &[pair(0, 2, 0.9), pair(0, 3, 0.8), pair(1, 2, 0.8)]);
        assert_eq!(groups, vec![vec![0, 3], vec![1, 2]]);
    }

    #[test]
    fn a_group_is_alike_throughout() {
        // 0–1 and 1–2 are alike, 0–2 is not: no group of three.
        let groups = group(&[0, 1, 2], &[pair(0, 1, 0.9), pair(1, 2, 0.8)]);
        assert_eq!(groups, vec![vec![0, 1], vec![2]]);
        let groups = group(&[0, 1, 2], &[pair(0, 1, 0.9), pair(1, 2, 0.8), pair(0, 2, 0.6)]);
        assert_eq!(groups, vec![vec![0, 1, 2]]);
    }

    #[test]
    fn objects_without_a_partner_stay_alone() {
        assert_eq!(group(&[0, 1], &[]), vec![vec![0], vec![1]]);
        assert!(group(&[], &[]).is_empty());
        assert_eq!(group(&[1, 1], &[]), vec![vec![0], vec![1]]);
    }

    #[test]
    fn hungarian_agrees_with_trying_all_permutations() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1u32 << 31)
        };
        for n in 1..=5 {
            for _ in 0..20 {
                let gain: Vec<Vec<f64>> = (0..n).map(|_| (0..n).map(|_| next()).collect()).collect();
                let value = |columns: &[usize]| columns.iter().enumerate().map(|(r, &c)| gain[r][c]).sum::<f64>();
                let found = value(&hungarian(&gain));
                assert!((found - best(&mut (0..n).collect(), 0, &value)).abs() < 1e-9);
            }
        }
    }

    fn best(order: &mut Vec<usize>, from: usize, value: &impl Fn(&[usize]) -> f64) -> f64 {
        if from == order.len() {
            return value(order);
        }
        let mut greatest = f64::NEG_INFINITY;
        for i in from..order.len() {
            order.swap(from, i);
            greatest = greatest.max(best(order, from + 1, value));
            order.swap(from, i);
        }
        greatest
    }
}
