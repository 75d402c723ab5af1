//! Every effect on the outside world goes through here, so that tests can end the process, or make
//! the disk fail, before and after each.

use std::io;

/// Does `act`, which is one effect: it has happened or it has not.
pub(crate) fn effect<T>(act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    point()?;
    let out = act()?;
    #[cfg(test)]
    points::pass();
    Ok(out)
}

/// Stands before an effect that has an error of its own; tests end the process here.
pub(crate) fn point() -> io::Result<()> {
    #[cfg(test)]
    points::fail()?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod points {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    static N_PASSED: AtomicU64 = AtomicU64::new(0);
    static KILL_AT: AtomicU64 = AtomicU64::new(u64::MAX);
    static FAIL_FROM: AtomicU64 = AtomicU64::new(u64::MAX);
    static FAIL_TO: AtomicU64 = AtomicU64::new(u64::MAX);
    static IS_DENIED: AtomicBool = AtomicBool::new(false);
    static PAUSE_AT: AtomicU64 = AtomicU64::new(u64::MAX);

    /// Kills this process at that point.
    pub(crate) fn kill_at(n: u64) {
        KILL_AT.store(n, Ordering::SeqCst);
    }

    /// Lets the effects of so many points fail, as on a full disk or without permission.
    pub(crate) fn fail_from(from: u64, n: u64, is_denied: bool) {
        FAIL_FROM.store(from, Ordering::SeqCst);
        FAIL_TO.store(from + n, Ordering::SeqCst);
        IS_DENIED.store(is_denied, Ordering::SeqCst);
    }

    /// Stops this process at that point until somebody writes a line to it.
    pub(crate) fn pause_at(n: u64) {
        PAUSE_AT.store(n, Ordering::SeqCst);
    }

    pub(crate) fn n_passed() -> u64 {
        N_PASSED.load(Ordering::SeqCst)
    }

    pub(super) fn fail() -> io::Result<()> {
        let n = pass();
        let is_failing =
            (FAIL_FROM.load(Ordering::SeqCst)..FAIL_TO.load(Ordering::SeqCst)).contains(&n);
        if is_failing {
            return Err(match IS_DENIED.load(Ordering::SeqCst) {
                true => io::ErrorKind::PermissionDenied.into(),
                false => io::ErrorKind::StorageFull.into(),
            });
        }
        Ok(())
    }

    pub(super) fn pass() -> u64 {
        let n = N_PASSED.fetch_add(1, Ordering::SeqCst) + 1;
        if n == KILL_AT.load(Ordering::SeqCst) {
            let own = rustix::process::getpid();
            let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        if n == PAUSE_AT.load(Ordering::SeqCst) {
            println!("paused");
            let _ = io::stdin().read_line(&mut String::new());
        }
        n
    }
}
