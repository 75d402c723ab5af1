use std::fmt;
use std::path::{Path, PathBuf};

/// Which document of a spec a span lies in: an index into its list of documents.
///
/// A spec of one file has only `DocumentId(0)`; a sharded one numbers its parts in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct DocumentId(pub u32);

/// How sure a reader is, in percent.
///
/// From [`Confidence::REQUIRED`] on a primitive counts as needed; below it is a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Confidence(u8);

impl Confidence {
    /// At or above this a primitive is emitted as needed.
    pub const REQUIRED: Self = Self(60);
    pub const CERTAIN: Self = Self(100);

    /// Makes a confidence of `percent`, at most 100.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    #[must_use]
    pub const fn as_percent(self) -> u8 {
        self.0
    }

    /// Joins two independent sightings of the same thing: `1 - (1 - a)(1 - b)`.
    #[must_use]
    pub fn noisy_or(self, other: Self) -> Self {
        let miss = (100 - u16::from(self.0)) * (100 - u16::from(other.0));
        Self(u8::try_from(100 - miss.div_ceil(100)).unwrap_or(100))
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// An absolute path, normalised lexically: no `.` and no `..` parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AbsPath(PathBuf);

impl AbsPath {
    /// Normalises `path`; `None` when it is not absolute or climbs above its root.
    #[must_use]
    pub fn new(path: &Path) -> Option<Self> {
        use std::path::Component;
        if !path.is_absolute() {
            return None;
        }
        let mut out = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    if !out.pop() {
                        return None;
                    }
                }
                Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                    out.push(component);
                }
            }
        }
        Some(Self(out))
    }

    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// Appends a path that cannot leave this one.
    #[must_use]
    pub fn join(&self, path: &RelPath) -> Self {
        Self(self.0.join(path.as_str()))
    }

    /// The part of `self` below `root`; `None` when it lies outside or is `root` itself.
    #[must_use]
    pub fn relative_to(&self, root: &Self) -> Option<RelPath> {
        let rest = self.0.strip_prefix(&root.0).ok()?;
        let parts: Option<Vec<&str>> = rest.iter().map(|it| it.to_str()).collect();
        RelPath::new(&parts?.join("/"))
    }
}

impl fmt::Display for AbsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

/// A path below a workspace root: `/` between parts, never empty, never absolute, no `..`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(String);

impl RelPath {
    /// Checks and normalises `path`; `None` when it is empty, absolute or leaves the root.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        if path.starts_with('/') || path.contains('\0') {
            return None;
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                _ => parts.push(part),
            }
        }
        (!parts.is_empty()).then(|| Self(parts.join("/")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder that holds the file; `None` at the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
