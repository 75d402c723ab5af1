//! What a checkpoint holds: the folder as differences from a commit of the user.

use crate::path::TreePath;
use std::collections::BTreeMap;
use std::fmt;

/// Identity of bytes in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

/// Identity of an object of git, as its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(pub [u8; 20]);

/// The bytes of a file, by where they can be read.
///
/// Both names are of the raw bytes on disk, so two contents are equal when a name that both have is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// In the store; `None` when git alone keeps the bytes.
    pub hash: Option<Hash>,
    /// As git names a blob of these bytes; `None` outside of git.
    pub oid: Option<Oid>,
    /// 0 where git alone keeps the bytes: a blob is not opened just to be measured.
    pub n_bytes: u64,
}

impl Content {
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.hash, other.hash) {
            (Some(one), Some(other)) => one == other,
            _ => self.oid.is_some() && self.oid == other.oid,
        }
    }
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Absent,
    /// A folder with nothing in it; others follow from what they hold.
    Dir,
    File {
        content: Content,
        /// Permission bits; those of a file that only git knows are 0644 or 0755.
        mode: u32,
    },
    Link {
        target: Vec<u8>,
    },
}

impl Node {
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { content, mode }, Self::File { content: other, mode: other_mode }) => {
                content.is_same(other) && is_executable(*mode) == is_executable(*other_mode)
            }
            (one, other) => one == other,
        }
    }

    #[must_use]
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

#[must_use]
pub(crate) fn is_executable(mode: u32) -> bool {
    mode & 0o100 != 0
}

/// Why a path is not in a checkpoint. Restores neither write nor delete it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    TooLarge,
    /// A folder with too many files that git does not track.
    TooMany,
    /// The checkpoint was full.
    NoRoom,
    /// A name such as `.env`, which holds secrets.
    Secret,
    /// A pipe, socket or device.
    Special,
    /// On another file system.
    Mount,
    Unreadable,
    /// It was changed on and on while it was read.
    Unstable,
    /// Its bytes were removed from the store.
    Forgotten,
}

impl Reason {
    pub const ALL: [Self; 9] = [
        Self::TooLarge,
        Self::TooMany,
        Self::NoRoom,
        Self::Secret,
        Self::Special,
        Self::Mount,
        Self::Unreadable,
        Self::Unstable,
        Self::Forgotten,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::TooMany => "too many files",
            Self::NoRoom => "the checkpoint is full",
            Self::Secret => "may hold secrets",
            Self::Special => "not a file",
            Self::Mount => "on another file system",
            Self::Unreadable => "cannot be read",
            Self::Unstable => "changed while it was read",
            Self::Forgotten => "forgotten",
        }
    }
}

/// What a checkpoint knows of a path where it differs from the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Node(Node),
    Uncaptured {
        reason: Reason,
        n_bytes: u64,
    },
    /// A repository inside: where its head was, for information alone.
    Nested {
        head: Option<String>,
    },
}

/// The user's own commit that a checkpoint lies over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    pub commit: Oid,
    /// The tree of the workspace folder in it; `None` when the commit does not have the folder.
    pub tree: Option<Oid>,
}

/// The state of the folder at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    pub base: Option<Base>,
    pub entries: BTreeMap<TreePath, Entry>,
}

impl Manifest {
    /// Paths that were not captured, with the reason.
    pub fn uncaptured(&self) -> impl Iterator<Item = (&TreePath, Reason, u64)> {
        self.entries.iter().filter_map(|(path, entry)| match entry {
            Entry::Uncaptured { reason, n_bytes } => Some((path, *reason, *n_bytes)),
            _ => None,
        })
    }

    /// Whether nothing is known of `path`: it, a folder above it or something below it was not
    /// captured.
    #[must_use]
    pub fn hides(&self, path: &TreePath) -> bool {
        let is_hidden =
            |it: &TreePath| matches!(self.entries.get(it), Some(Entry::Uncaptured { .. }));
        is_hidden(path) || path.ancestors().any(|it| is_hidden(&it))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|it| write!(f, "{it:02x}"))
}
