use crate::run::Options;
use crate::run::error::RunError;
use std::fs::{File, OpenOptions, TryLockError};
use std::time::Duration;

/// How long to wait between two looks, in milliseconds.
const PAUSE_MS: u64 = 20;

/// Keeps other runs on the same folder of backups out for as long as it lives.
///
/// It is a courtesy that lets runs wait for each other: what keeps two of them apart is the
/// database's own write lock and the look at the ledger under it. The system frees it when a process
/// ends, however it ends.
pub(super) struct RunLock {
    _file: File,
}

pub(super) fn lock(options: &Options<'_>, attempt: &str) -> Result<RunLock, RunError> {
    let failed = |it: &dyn std::fmt::Display| RunError::Backup {
        path: "the database".to_owned(),
        to: options.backups.display().to_string(),
        message: it.to_string(),
    };
    std::fs::create_dir_all(options.backups).map_err(|it| failed(&it))?;
    let path = options.backups.join("run.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|it| failed(&it))?;
    let mut ms_left = options.busy_ms;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(RunLock { _file: file }),
            Err(TryLockError::WouldBlock) if ms_left > 0 => {
                let pause = PAUSE_MS.min(ms_left);
                std::thread::sleep(Duration::from_millis(pause));
                ms_left -= pause;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(RunError::Busy { attempt: attempt.to_owned(), ms: options.busy_ms });
            }
            Err(TryLockError::Error(it)) => return Err(failed(&it)),
        }
    }
}
