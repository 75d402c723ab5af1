use crate::seal::{SealError, SignedSeal, hex};
use model::{AbsPath, RelPath};
use std::io;
use system::{System, state_dir};

/// No seal is as long: 4 KiB.
const BYTES_MAX: u64 = 4 << 10;

/// Why a seal could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("find a place for seals: no home folder is known")]
    NoPlace,
    #[error("{attempt} the seal `{path}`")]
    Io { attempt: &'static str, path: AbsPath, source: io::Error },
    #[error("read the seal `{path}`")]
    Seal { path: AbsPath, source: SealError },
}

/// Reads a seal from a file.
///
/// # Errors
/// [`KeptError::Io`], [`KeptError::Seal`]
pub fn read_seal(system: &dyn System, path: &AbsPath) -> Result<SignedSeal, KeptError> {
    let failed = |source| KeptError::Io { attempt: "read", path: path.clone(), source };
    let bytes = system.read(path, BYTES_MAX).map_err(failed)?;
    let seal = String::from_utf8_lossy(&bytes).parse();
    seal.map_err(|source| KeptError::Seal { path: path.clone(), source })
}

/// Writes a seal to a file, which may be there already.
///
/// # Errors
/// [`KeptError::Io`]
pub fn write_seal(system: &dyn System, path: &AbsPath, seal: &SignedSeal) -> Result<(), KeptError> {
    let folder = path.as_path().parent().and_then(AbsPath::new);
    let made = folder.map_or(Ok(()), |it| system.create_dir_all(&it));
    let written = made.and_then(|()| system.write_atomic(path, seal.to_string().as_bytes()));
    written.map_err(|source| KeptError::Io { attempt: "write", path: path.clone(), source })
}

/// Where the last seal of a workspace is kept, whether there is one or not: in the user's state
/// folder, by the workspace's path, so that a catalog that was replaced meets the seal of the old.
#[must_use]
pub fn kept_seal_path(system: &dyn System, root: &AbsPath) -> Option<AbsPath> {
    let hash = blake3::hash(root.to_string().as_bytes());
    let file = RelPath::new(&format!("seals/{}.seal", hex(&hash.as_bytes()[..16])));
    Some(state_dir(system)?.join(&file.expect("it is a path")))
}
