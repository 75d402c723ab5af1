//! Paths below the workspace folder as git writes them: bytes, with `/` between the parts.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// A path below the workspace folder; it cannot leave it and never leads into a `.git`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreePath(Box<[u8]>);

impl TreePath {
    /// `None` when a part is empty, `.`, `..` or `.git`, or holds a zero byte.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let is_sound = |part: &[u8]| {
            !part.is_empty()
                && part != b"."
                && part != b".."
                && !part.eq_ignore_ascii_case(b".git")
                && !part.contains(&0)
                && (cfg!(unix) || !part.iter().any(|it| matches!(it, b'\\' | b':')))
        };
        bytes.split(|it| *it == b'/').all(is_sound).then(|| Self(bytes.into()))
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The folder that holds it; `None` at the top.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let at = self.0.iter().rposition(|it| *it == b'/')?;
        Some(Self(self.0[..at].into()))
    }

    /// Its folders, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), Self::parent)
    }

    #[must_use]
    pub fn file_name(&self) -> &[u8] {
        let at = self.0.iter().rposition(|it| *it == b'/').map_or(0, |it| it + 1);
        &self.0[at..]
    }

    /// Whether it is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        let rest = self.0.strip_prefix(&*folder.0);
        rest.is_some_and(|it| it.is_empty() || it[0] == b'/')
    }

    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.iter().filter(|it| **it == b'/').count()
    }

    #[must_use]
    pub fn to_relative(&self) -> PathBuf {
        PathBuf::from(os_of(&self.0))
    }

    #[must_use]
    pub fn below(&self, root: &Path) -> PathBuf {
        root.join(os_of(&self.0))
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Bytes of a name as the system takes them.
pub(crate) fn os_of(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    #[cfg(not(unix))]
    return String::from_utf8_lossy(bytes).into_owned().into();
}

/// The bytes of a name; other systems' separators become `/`.
pub(crate) fn bytes_of(name: &std::ffi::OsStr) -> Vec<u8> {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec();
    #[cfg(not(unix))]
    return name.to_string_lossy().replace('\\', "/").into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_folder_and_out_of_git() {
        for refused in ["", "/a", "a//b", "../a", "a/./b", "a/", ".git", "a/.GIT/config", "a\0"] {
            assert_eq!(TreePath::new(refused.as_bytes()), None, "{refused:?}");
        }
        let path = TreePath::new(b"a/b/.gitignore").expect("it is sound");
        let folders: Vec<String> = path.ancestors().map(|it| it.to_string()).collect();
        assert_eq!(folders, ["a/b", "a"]);
        assert!(path.is_within(&TreePath::new(b"a/b").expect("it is sound")));
        assert!(!path.is_within(&TreePath::new(b"a/bb").expect("it is sound")));
    }
}
