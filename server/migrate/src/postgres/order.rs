//! Puts steps in an order in which each finds what it needs.

use std::collections::BTreeSet;

/// Orders `0..ranks.len()` so that of each `(first, second)` the first comes first; among those that
/// may go next, the lowest rank does.
///
/// # Errors
/// The members of a circle, when the edges hold one.
pub(super) fn order<R: Ord + Copy>(
    ranks: &[R],
    edges: &BTreeSet<(usize, usize)>,
) -> Result<Vec<usize>, Vec<usize>> {
    let mut n_before = vec![0_usize; ranks.len()];
    let mut after = vec![Vec::new(); ranks.len()];
    for &(first, second) in edges {
        n_before[second] += 1;
        after[first].push(second);
    }
    let mut ready: BTreeSet<(R, usize)> =
        (0..ranks.len()).filter(|it| n_before[*it] == 0).map(|it| (ranks[it], it)).collect();
    let mut out = Vec::with_capacity(ranks.len());
    while let Some((_, next)) = ready.pop_first() {
        out.push(next);
        for &it in &after[next] {
            n_before[it] -= 1;
            if n_before[it] == 0 {
                ready.insert((ranks[it], it));
            }
        }
    }
    if out.len() == ranks.len() {
        return Ok(out);
    }
    Err((0..ranks.len()).filter(|it| n_before[*it] > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::order;
    use std::collections::BTreeSet;

    #[test]
    fn rank_decides_where_edges_do_not() {
        let edges = BTreeSet::from([(2, 0)]);
        assert_eq!(order(&[1, 5, 9], &edges), Ok(vec![1, 2, 0]));
    }

    #[test]
    fn a_circle_is_told() {
        let edges = BTreeSet::from([(0, 1), (1, 0), (1, 2)]);
        assert_eq!(order(&[0, 0, 0, 0], &edges), Err(vec![0, 1, 2]));
    }
}
