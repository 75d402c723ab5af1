use crate::{RunOutput, System};
use model::{AbsPath, Timestamp};
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

/// A world in memory that is the same on every run: a clock that ticks one second a look, ids that
/// count, files in a map.
#[derive(Debug, Default)]
pub struct TestSystem {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    n_looks: i64,
    n_random: u128,
    env: BTreeMap<String, String>,
    files: BTreeMap<AbsPath, Vec<u8>>,
    programs: BTreeMap<String, RunOutput>,
}

impl TestSystem {
    /// 2001-02-03T04:05:06Z.
    pub const START: Timestamp = Timestamp(981_173_106_000);

    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set_env(&self, name: &str, value: &str) {
        self.state().env.insert(name.to_owned(), value.to_owned());
    }

    pub fn set_file(&self, path: &AbsPath, bytes: &[u8]) {
        self.state().files.insert(path.clone(), bytes.to_vec());
    }

    /// Scripts what running `line` (program and arguments, one blank between) gives.
    pub fn set_program(&self, line: &str, output: RunOutput) {
        self.state().programs.insert(line.to_owned(), output);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl System for TestSystem {
    fn now(&self) -> Timestamp {
        let mut state = self.state();
        let now = Timestamp(Self::START.0 + state.n_looks * 1000);
        state.n_looks += 1;
        now
    }

    fn random(&self) -> u128 {
        let mut state = self.state();
        state.n_random += 1;
        state.n_random
    }

    fn entropy(&self) -> io::Result<[u8; 32]> {
        let mut bytes = [0; 32];
        bytes[16..].copy_from_slice(&self.random().to_be_bytes());
        Ok(bytes)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.state().env.get(name).cloned()
    }

    fn env_all(&self) -> Vec<(String, String)> {
        self.state().env.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn read(&self, path: &AbsPath, bytes_max: u64) -> io::Result<Vec<u8>> {
        let state = self.state();
        let bytes = state.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        if bytes.len() as u64 > bytes_max {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(bytes.clone())
    }

    fn write_atomic(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()> {
        self.set_file(path, bytes);
        Ok(())
    }

    fn create_private(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()> {
        if self.exists(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.set_file(path, bytes);
        Ok(())
    }

    fn is_private(&self, path: &AbsPath) -> io::Result<bool> {
        if self.exists(path) { Ok(true) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn free_bytes(&self, _path: &AbsPath) -> Option<u64> {
        None
    }

    fn exists(&self, path: &AbsPath) -> bool {
        self.state().files.contains_key(path)
    }

    fn create_dir_all(&self, _path: &AbsPath) -> io::Result<()> {
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[&str], _cwd: &AbsPath) -> io::Result<RunOutput> {
        let line = [&[program], arguments].concat().join(" ");
        self.state().programs.get(&line).cloned().ok_or(io::ErrorKind::NotFound.into())
    }
}
