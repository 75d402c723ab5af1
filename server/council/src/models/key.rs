//! Where the key of an endpoint comes from: the environment or the operating system's keyring.

use super::failure::Failure;
use std::fmt;
use system::System;

/// The name of our entries in a keyring.
pub const KEYRING_SERVICE: &str = "specwright";

/// A key. It is shown to nobody: not in debug output, not in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// For the header of a request, and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Takes the key out of a text that a server sent.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "[key]") }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Where to look for a key; never a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// For servers on this machine that ask for none.
    None,
    /// A variable of the environment.
    Env(String),
    /// An entry of the keyring: service `specwright`, this account.
    Keyring(String),
}

impl KeySource {
    /// Reads `env:NAME`, `keyring:ACCOUNT` or the empty word. A key itself is not taken for a source.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word.is_empty() => Some(Self::None),
            Some(("env", name)) if !name.is_empty() => Some(Self::Env(name.to_owned())),
            Some(("keyring", name)) if !name.is_empty() => Some(Self::Keyring(name.to_owned())),
            _ => None,
        }
    }

    /// How a place of a request is shown that holds the key.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Env(name) => format!("[key: variable {name}]"),
            Self::Keyring(name) => format!("[key: keyring entry {name}]"),
        }
    }

    /// # Errors
    /// [`Failure::NoKey`] names what is missing, and never what is there.
    pub fn read(&self, system: &dyn System) -> Result<Option<Key>, Failure> {
        match self {
            Self::None => Ok(None),
            Self::Env(name) => {
                let found = system.env(name).map(|it| Key::new(&it));
                let found = found.filter(|it| is_sendable(it.reveal()));
                found
                    .map(Some)
                    .ok_or_else(|| Failure::NoKey(format!("the variable {name} holds none")))
            }
            Self::Keyring(name) => match from_keyring(name) {
                Ok(text) if is_sendable(text.trim()) => Ok(Some(Key::new(&text))),
                Ok(_) => Err(Failure::NoKey(format!("the keyring entry {name} holds none"))),
                Err(error) => {
                    Err(Failure::NoKey(format!("the keyring does not give {name}: {error}")))
                }
            },
        }
    }
}

/// The error's own words are not passed on: some hold the bytes that could not be read.
fn from_keyring(name: &str) -> Result<String, &'static str> {
    use keyring::Error;
    let entry = keyring::Entry::new(KEYRING_SERVICE, name);
    entry.and_then(|it| it.get_password()).map_err(|error| match error {
        Error::NoEntry => "there is no such entry",
        Error::NoDefaultStore | Error::NoStorageAccess(_) => "it is locked, or there is none",
        Error::Ambiguous(_) => "there are several such entries",
        _ => "it refuses",
    })
}

/// Whether it can stand in a header.
fn is_sendable(text: &str) -> bool {
    !text.trim().is_empty() && text.trim().bytes().all(|it| (0x21..0x7f).contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use system::TestSystem;

    #[test]
    fn a_key_comes_from_the_environment_and_is_never_shown() {
        let system = TestSystem::new();
        system.set_env("A_KEY", " sk-secret\n");
        let source = KeySource::from_word("env:A_KEY").expect("a source");
        let key = source.read(&system).expect("it is set").expect("there is one");
        assert_eq!(key.reveal(), "sk-secret");
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert_eq!(key.hide_in("bad key sk-secret"), "bad key [key]");
    }

    #[test]
    fn no_key_is_told_by_its_name_and_a_key_is_no_source() {
        let system = TestSystem::new();
        system.set_env("BROKEN", "two words\n");
        for name in ["MISSING", "BROKEN"] {
            let failure = KeySource::Env(name.to_owned()).read(&system).expect_err("it is no key");
            let told = format!("there is no key: the variable {name} holds none");
            assert_eq!(failure.to_string(), told);
        }
        assert_eq!(KeySource::from_word("sk-secret"), None);
        assert_eq!(KeySource::from_word("file:/etc/key"), None);
        assert_eq!(KeySource::from_word(""), Some(KeySource::None));
    }
}
