//! Work on many files, shared out among a few threads.

use std::ops::Range;

/// Less is done where the caller is: a thread costs more.
const N_ALONE: usize = 64;

/// How many threads work at once where they wait for the processor.
pub(crate) fn n_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |it| it.get().min(8))
}

/// Whether so many files are done where the caller is.
pub(crate) fn is_alone(n: usize) -> bool {
    n <= N_ALONE || n_threads() < 2
}

/// Does `act` on parts of `0..n`, and gives what each part gave, in their order.
pub(crate) fn in_parts<T: Send, E: Send>(
    n: usize,
    act: impl Fn(Range<usize>) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    if is_alone(n) {
        return Ok(vec![act(0..n)?]);
    }
    shared(n, n_threads(), act)
}

/// The same with a thread for each of at most `n_threads` parts, however few there are.
pub(crate) fn shared<T: Send, E: Send>(
    n: usize,
    n_threads: usize,
    act: impl Fn(Range<usize>) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let n_each = n.div_ceil(n_threads).max(1);
    let parts = (0..n).step_by(n_each).map(|start| start..(start + n_each).min(n));
    std::thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || act(part))).collect();
        threads.into_iter().map(|it| it.join().expect("the work does not panic")).collect()
    })
}
