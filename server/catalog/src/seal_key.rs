use crate::seal::{hex, unhex};
use ed25519_dalek::{Signer as _, SigningKey};
use model::{AbsPath, RelPath};
use std::fmt::{self, Debug, Formatter};
use std::io;
use system::{System, state_dir};

/// A variable with the key in hexadecimal, for machines that have no state folder to keep.
pub const KEY_VARIABLE: &str = "SPECWRIGHT_AUDIT_KEY";

/// Below the user's state folder: outside of every workspace, or whoever can rewrite a chain could
/// seal it too.
const FILE: &str = "keys/audit.key";

/// The secret that seals are signed with (ed25519). It is never shown.
pub struct SealKey(SigningKey);

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("find a place for the key of seals: no home folder is known")]
    NoPlace,
    #[error("use the key of seals in {place}: it is not 64 hexadecimal digits")]
    Malformed { place: String },
    #[error("use the key of seals `{path}`: others than you may read it")]
    Exposed { path: AbsPath },
    #[error("{attempt} the key of seals `{path}`")]
    Io { attempt: &'static str, path: AbsPath, source: io::Error },
}

impl KeyError {
    /// What to do now.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoPlace => format!("set {KEY_VARIABLE} to 64 hexadecimal digits"),
            Self::Malformed { place } => {
                format!("correct {place}; `openssl rand -hex 32` makes such a key")
            }
            Self::Exposed { path } => {
                format!("`chmod 600 {path}`, or remove it if somebody may have read it")
            }
            Self::Io { path, .. } => format!("check the permissions of `{path}`"),
        }
    }
}

impl SealKey {
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key that there is: in the variable, else in the user's state folder.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::Exposed`], [`KeyError::Io`].
    pub fn find(system: &dyn System) -> Result<Option<Self>, KeyError> {
        if let Some(text) = system.env(KEY_VARIABLE).filter(|it| !it.is_empty()) {
            let place = format!("the variable {KEY_VARIABLE}");
            return Self::of_text(&text).ok_or(KeyError::Malformed { place }).map(Some);
        }
        let Some(path) = Self::path(system).filter(|it| system.exists(it)) else { return Ok(None) };
        let failed = |source| KeyError::Io { attempt: "read", path: path.clone(), source };
        if !system.is_private(&path).map_err(failed)? {
            return Err(KeyError::Exposed { path });
        }
        let bytes = system.read(&path, 1 << 10).map_err(failed)?;
        let key = String::from_utf8(bytes).ok().and_then(|it| Self::of_text(&it));
        let place = format!("`{path}`");
        key.ok_or(KeyError::Malformed { place }).map(Some)
    }

    /// The key that there is, or a new one in the user's state folder. Of several processes that
    /// make one at once all use the same.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn find_or_make(system: &dyn System) -> Result<Self, KeyError> {
        if let Some(key) = Self::find(system)? {
            return Ok(key);
        }
        let path = Self::path(system).ok_or(KeyError::NoPlace)?;
        let failed = |source| KeyError::Io { attempt: "make", path: path.clone(), source };
        let text = hex(&system.entropy().map_err(failed)?) + "\n";
        match system.create_private(&path, text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            _ => {}
        }
        Self::find(system)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
    }

    /// Where the key lies, whether it is there or not.
    #[must_use]
    pub fn path(system: &dyn System) -> Option<AbsPath> {
        let file = RelPath::new(FILE).expect("it is a path");
        state_dir(system).map(|it| it.join(&file))
    }

    /// What others need to check seals.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs bytes, which must say themselves what they are: seals and proofs share the key.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }

    fn of_text(text: &str) -> Option<Self> {
        unhex(text.trim()).map(|it| Self::from_seed(&it))
    }
}

impl Debug for SealKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", hex(&self.public()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use system::TestSystem;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let system = TestSystem::new();
        system.set_env("SPECWRIGHT_STATE_DIR", "/state");
        assert!(SealKey::find(&system).expect("nothing is wrong").is_none());
        let made = SealKey::find_or_make(&system).expect("it is made");
        let found = SealKey::find_or_make(&system).expect("it is found");
        assert_eq!(made.public(), found.public());
    }

    #[test]
    fn the_variable_wins_and_is_never_shown() {
        let system = TestSystem::new();
        let seed = "42".repeat(32);
        system.set_env(KEY_VARIABLE, &seed);
        let key = SealKey::find_or_make(&system).expect("it is found");
        assert!(!format!("{key:?}").contains(&seed));
        system.set_env(KEY_VARIABLE, "hunter2");
        let error = SealKey::find(&system).expect_err("it is no key");
        assert!(!format!("{error:?} {error} {}", error.hint()).contains("hunter2"));
    }

    #[test]
    fn without_a_home_the_variable_is_asked_for() {
        let error = SealKey::find_or_make(&TestSystem::new()).expect_err("there is no place");
        assert!(error.hint().contains(KEY_VARIABLE), "{}", error.hint());
    }
}
