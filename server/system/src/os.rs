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

    fn entropy(&self) -> io::Result<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(bytes)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads variables")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn env_all(&self) -> Vec<(String, String)> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        let mut all: Vec<_> = std::env::vars_os().filter_map(text).collect();
        all.sort();
        all
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

    fn create_private(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()> {
        let target = path.as_path();
        let parent = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
        private_folders(parent)?;
        let beside = parent.join(format!(".{:032x}.tmp", self.random()));
        let written = (|| {
            let mut file = private_file().open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            // Unlike a rename, a link never replaces what another process has just made.
            fs::hard_link(&beside, target)
        })();
        // Its bytes live on under the other name, or are not wanted.
        let _ = fs::remove_file(&beside);
        written?;
        #[cfg(unix)]
        fs::File::open(parent)?.sync_all()?;
        Ok(())
    }

    #[cfg(unix)]
    fn is_private(&self, path: &AbsPath) -> io::Result<bool> {
        use std::os::unix::fs::PermissionsExt as _;
        Ok(fs::metadata(path.as_path())?.permissions().mode() & 0o077 == 0)
    }

    #[cfg(not(unix))]
    fn is_private(&self, path: &AbsPath) -> io::Result<bool> {
        fs::metadata(path.as_path()).map(|_| true)
    }

    #[cfg(unix)]
    fn free_bytes(&self, path: &AbsPath) -> Option<u64> {
        let found = rustix::fs::statvfs(path.as_path()).ok()?;
        found.f_bavail.checked_mul(found.f_frsize)
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _path: &AbsPath) -> Option<u64> {
        None
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

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes what is missing of a path; what is there keeps its permissions.
fn private_folders(path: &std::path::Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_private_file_is_its_owners_alone_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = AbsPath::new(&folder.path().join("new/key")).expect("it is absolute");
        let system = OsSystem::default();
        system.create_private(&path, b"one").expect("it is made");
        let mode = |path: &std::path::Path| {
            fs::metadata(path).expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!(mode(path.as_path()), 0o600);
        assert_eq!(mode(&folder.path().join("new")), 0o700);
        assert!(system.is_private(&path).expect("it is there"));
        let again = system.create_private(&path, b"two").expect_err("there is one");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(system.read(&path, 9).expect("it is there"), b"one");
        assert_eq!(fs::read_dir(folder.path().join("new")).expect("a folder").count(), 1);
    }

    #[test]
    fn the_free_space_of_a_folder_is_known() {
        let root = AbsPath::new(&std::env::temp_dir()).expect("it is absolute");
        assert!(OsSystem::default().free_bytes(&root).is_some_and(|it| it > 0));
    }
}
