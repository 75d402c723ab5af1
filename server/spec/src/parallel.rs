//! Long cold work on two threads; short work stays where it is.

/// Below this many bytes a second thread costs more than it saves.
const BYTES_MIN: usize = 24 * 1024;

/// Runs `work` over `items`, in order; in two halves of equal bytes at once when that pays.
pub(crate) fn map<T: Sync, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let total: usize = items.iter().map(&bytes).sum();
    if total < BYTES_MIN {
        return work(items);
    }
    let mut before = 0;
    let middle = items.iter().take_while(|it| {
        before += bytes(it);
        before <= total / 2
    });
    let (front, back) = items.split_at(middle.count());
    if front.is_empty() || back.is_empty() {
        return work(items);
    }
    std::thread::scope(|scope| {
        // Named, so that a panic in it can be told from others.
        let builder = std::thread::Builder::new().name("spec-cold".to_owned());
        match builder.spawn_scoped(scope, || work(back)) {
            Ok(thread) => {
                let mut out = work(front);
                match thread.join() {
                    Ok(rest) => out.extend(rest),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
                out
            }
            // No thread to be had: the work is done all the same.
            Err(_) => work(items),
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_their_order_whatever_the_weight() {
        for weight in [1, 1000, 1_000_000] {
            let items: Vec<usize> = (0..99).collect();
            let doubled =
                super::map(&items, |_| weight, |part| part.iter().map(|it| it * 2).collect());
            assert_eq!(doubled, items.iter().map(|it| it * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "from the second half")]
    fn a_panic_of_the_second_thread_is_the_callers() {
        let items = [0, 1];
        super::map(
            &items,
            |_| 1_000_000,
            |part| {
                assert!(part != [1], "from the second half");
                Vec::<()>::new()
            },
        );
    }
}
