//! Work on many files, shared out among a few threads.

use std::ops::Range;

/// Less is done where the caller is: a thread costs more.
const N_ALONE: usize = 64;

/// Does `act` on parts of `0..n`, and gives what each part gave, in their order.
pub(crate) fn in_parts<T: Send, E: Send>(
    n: usize,
    act: impl Fn(Range<usize>) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let n_threads = std::thread::available_parallelism().map_or(1, |it| it.get().min(8));
    if n <= N_ALONE || n_threads < 2 {
        return Ok(vec![act(0..n)?]);
    }
    let n_each = n.div_ceil(n_threads);
    let parts = (0..n).step_by(n_each).map(|start| start..(start + n_each).min(n));
    std::thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || act(part))).collect();
        threads.into_iter().map(|it| it.join().expect("the work does not panic")).collect()
    })
}
