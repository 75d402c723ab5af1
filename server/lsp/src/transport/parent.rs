//! Notices that the editor is gone although its pipe is still open.

use std::sync::mpsc::Sender;

/// Sends once when the process `pid` has ended. A process that cannot be seen (it runs in another
/// container, or the platform has no way) is never reported: the end of the input still is.
pub(crate) fn watch(pid: i32, gone: Sender<super::Ended>) {
    let started = std::thread::Builder::new().name("lsp-parent".to_owned()).spawn(move || {
        if wait_for_end(pid) {
            // The receiver is gone only when the server already ends.
            let _ = gone.send(super::Ended::ParentGone);
        }
    });
    if let Err(error) = started {
        tracing::warn!("watch the editor's process {pid}: {error}");
    }
}

/// Waits for the end of `pid`; `false` when it cannot be seen.
#[cfg(unix)]
fn wait_for_end(pid: i32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = Pid::from_raw(pid) else { return false };
    let visible = || !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
    if !visible() {
        return false;
    }
    #[cfg(target_os = "linux")]
    if let Ok(process) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
        use rustix::event::{PollFd, PollFlags, poll};
        // Readable means ended; no wake-up before that.
        while poll(&mut [PollFd::new(&process, PollFlags::IN)], None).is_err() {}
        return true;
    }
    const LOOK_SECONDS: u64 = 2;
    while visible() {
        std::thread::sleep(std::time::Duration::from_secs(LOOK_SECONDS));
    }
    true
}

#[cfg(not(unix))]
fn wait_for_end(_pid: i32) -> bool {
    false
}
