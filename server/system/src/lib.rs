//! The outside world as parameters: clock, ids, files, environment.
//!
//! Lower layers never call `std` for these (clippy refuses it); they are given a [`System`].

mod os;
mod state;
mod test;

pub use crate::os::OsSystem;
pub use crate::state::{STATE_DIR, state_dir};
pub use crate::test::TestSystem;

use model::{AbsPath, Timestamp};
use std::io;

/// What the program may ask of the world.
pub trait System: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Timestamp;
    /// 128 random bits; in tests a sequence.
    fn random(&self) -> u128;
    /// 32 bytes of the operating system's generator, fit for a key; in tests a sequence.
    ///
    /// # Errors
    /// Where the system has no generator.
    fn entropy(&self) -> io::Result<[u8; 32]>;
    fn env(&self, name: &str) -> Option<String>;
    /// All variables that are text, by name: to know what must not be shown, never to show it.
    fn env_all(&self) -> Vec<(String, String)>;
    /// Reads a whole file; fails with `FileTooLarge` above `bytes_max`.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn read(&self, path: &AbsPath, bytes_max: u64) -> io::Result<Vec<u8>>;
    /// Replaces a file so that a crash leaves either the old or the new bytes: write beside it,
    /// sync, rename, sync the folder. Keeps the permissions of the file it replaces.
    ///
    /// # Errors
    /// Whatever the file system says; the old file is then untouched.
    fn write_atomic(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()>;
    /// Makes a file that its owner alone may read, whole or not at all, and its folders, which
    /// are then the owner's alone too.
    ///
    /// # Errors
    /// `AlreadyExists` when there is such a file, which stays as it is; else whatever the file system says.
    fn create_private(&self, path: &AbsPath, bytes: &[u8]) -> io::Result<()>;
    /// Whether others than its owner may not read a file; always where the platform has no such bits.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn is_private(&self, path: &AbsPath) -> io::Result<bool>;
    /// Bytes that may still be written where `path` is; `None` where that is not known.
    fn free_bytes(&self, path: &AbsPath) -> Option<u64>;
    fn exists(&self, path: &AbsPath) -> bool;
    /// # Errors
    /// Whatever the file system says.
    fn create_dir_all(&self, path: &AbsPath) -> io::Result<()>;
    /// Runs a program to its end in the folder `cwd`, without standard input.
    ///
    /// `program` is a bare name that is looked up in `PATH`, and never one from a repository.
    ///
    /// # Errors
    /// `NotFound` when there is no such program.
    fn run(&self, program: &str, arguments: &[&str], cwd: &AbsPath) -> io::Result<RunOutput>;
}

/// How a program ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOutput {
    pub is_success: bool,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}
