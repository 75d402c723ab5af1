use crate::{RunOutput, System};
use model::{AbsPath, Timestamp};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

/// The real world. `SPECWRIGHT_TEST_NOW` (milliseconds) and `SPECWRIGHT_TEST_SEED` pin its clock
/// and its randomness, so that tests of the real binary are the same every time.
#[derive(Debug, Default)]
pub struct OsSystem {
    n_random: std::sync::atomic::AtomicU64,
}

impl System for OsSystem {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        if let Some(pinned) = self.env("SPECWRIGHT_TEST_NOW").and_then(|it| it.parse().ok()) {
            return Timestamp(pinned);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self) -> u128 {
        use std::hash::{BuildHasher as _, Hasher as _};
        if let Some(seed) = self.env("SPECWRIGHT_TEST_SEED").and_then(|it| it.parse::<u128>().ok())
        {
            let n = self.n_random.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            return seed.wrapping_add(u128::from(n));
        }
        // Each `RandomState` carries fresh keys from the operating system's generator.
        let half = || std::collections::hash_map::RandomState::new().build_hasher().finish();
        u128::from(half()) << 64 | u128::from(half())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads variables")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &AbsPath, bytes_max: u64) -> io::Result<Vec<u8>> {
        let file = fs::File::open(path.as_path())?;
        let mut bytes = Vec::new();
        file.take(bytes_max + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > bytes_max {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(bytes)
    }

    fn write_atomic(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()> {
        let target = path.as_path();
        let parent = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let beside = parent.join(format!(".{name}.{:016x}.tmp", self.random() as u64));
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
            file.write_all(bytes)?;
            if let Ok(old) = fs::metadata(target) {
                file.set_permissions(old.permissions())?;
            }
            file.sync_all()?;
            fs::rename(&beside, target)
        })();
        if written.is_err() {
            // The target is untouched; a leftover beside it would only confuse.
            let _ = fs::remove_file(&beside);
            return written;
        }
        #[cfg(unix)]
        fs::File::open(parent)?.sync_all()?;
        Ok(())
    }

    fn exists(&self, path: &AbsPath) -> bool {
        path.as_path().exists()
    }

    fn create_dir_all(&self, path: &AbsPath) -> io::Result<()> {
        fs::create_dir_all(path.as_path())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts processes")]
    fn run(&self, program: &str, arguments: &[&str], cwd: &AbsPath) -> io::Result<RunOutput> {
        let output = std::process::Command::new(program)
            .args(arguments)
            .current_dir(cwd.as_path())
            .stdin(std::process::Stdio::null())
            .output()?;
        let is_success = output.status.success();
        Ok(RunOutput { is_success, stdout: output.stdout, stderr: output.stderr })
    }
}
