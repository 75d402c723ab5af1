//! Notices that the editor is gone although its pipe is still open.

use std::sync::mpsc::Sender;

/// Sends once when the process `pid` has ended. A process that cannot be seen (it runs in another
/// container, or the platform has no way) is never reported: the end of the input still is.
///
/// The process is looked up before this returns, so that one that ends a moment later is missed
/// neither by a slow thread nor by another process that gets its number.
pub(crate) fn watch(pid: i32, gone: Sender<super::Ended>) {
    let Some(process) = Process::of(pid) else { return };
    let started = std::thread::Builder::new().name("lsp-parent".to_owned()).spawn(move || {
        process.wait_for_end();
        // The receiver is gone only when the server already ends.
        let _ = gone.send(super::Ended::ParentGone);
    });
    if let Err(error) = started {
        tracing::warn!("watch the editor's process {pid}: {error}");
    }
}

/// A process that was there when it was looked up.
#[cfg(unix)]
enum Process {
    #[cfg(target_os = "linux")]
    Handle(std::os::fd::OwnedFd),
    /// Where there are no handles.
    Number(rustix::process::Pid),
}

#[cfg(unix)]
impl Process {
    fn of(pid: i32) -> Option<Process> {
        let pid = rustix::process::Pid::from_raw(pid)?;
        #[cfg(target_os = "linux")]
        if let Ok(handle) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
            return Some(Process::Handle(handle));
        }
        is_visible(pid).then_some(Process::Number(pid))
    }

    fn wait_for_end(&self) {
        match self {
            #[cfg(target_os = "linux")]
            Process::Handle(handle) => {
                use rustix::event::{PollFd, PollFlags, poll};
                // Readable means ended; no wake-up before that.
                while poll(&mut [PollFd::new(handle, PollFlags::IN)], None).is_err() {}
            }
            Process::Number(pid) => {
                const LOOK_SECONDS: u64 = 2;
                while is_visible(*pid) {
                    std::thread::sleep(std::time::Duration::from_secs(LOOK_SECONDS));
                }
            }
        }
    }
}

#[cfg(unix)]
fn is_visible(pid: rustix::process::Pid) -> bool {
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
enum Process {}

#[cfg(not(unix))]
impl Process {
    fn of(_pid: i32) -> Option<Process> {
        None
    }

    fn wait_for_end(&self) {
        match *self {}
    }
}
