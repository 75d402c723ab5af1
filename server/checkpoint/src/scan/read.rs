use super::walk::Candidate;
use super::{Keep, Scan, file_node};
use crate::manifest::{Content, Hash, Node, Reason};
use crate::parallel::in_parts;
use crate::path::bytes_of;
use crate::stat::Stat;
use std::convert::Infallible;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// What is known of a file or a database whose properties are these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) stat: Vec<u8>,
    pub(crate) content: Content,
}

/// The bytes of a file, read while it did not change.
pub(crate) struct Bytes {
    pub(crate) bytes: Vec<u8>,
    stat: Stat,
    pub(crate) content: Content,
}

impl Bytes {
    pub(super) fn node(&self) -> Node {
        file_node(self.content, &self.stat)
    }

    /// What may be believed the next time.
    pub(super) fn known(&self, now_ns: i64) -> Option<Known> {
        let known = Known { stat: self.stat.to_bytes(), content: self.content };
        self.stat.is_settled(now_ns).then_some(known)
    }
}

pub(super) enum Done {
    /// The properties are those of the last time.
    Known(Content),
    Read(Bytes),
    Link(Vec<u8>),
    Gone,
    Failed(Reason),
}

/// Reads some files at once; links are read in place.
pub(super) fn read_all<K: Keep>(
    scan: &Scan<'_>,
    candidates: &[Candidate],
    keep: &K,
    is_base: &dyn Fn(&Candidate, &Node) -> bool,
) -> Result<Vec<Done>, K::Error> {
    let mut out: Vec<Option<Done>> = Vec::with_capacity(candidates.len());
    for it in candidates {
        let known = scan.known.get(&it.path).filter(|known| known.stat == it.stat.to_bytes());
        let known = known.map(|it| it.content);
        out.push(match known {
            Some(content)
                if is_base(it, &file_node(content, &it.stat)) || keep.has(&content)? =>
            {
                Some(Done::Known(content))
            }
            _ => None,
        });
    }
    let wanted: Vec<usize> = (0..out.len()).filter(|it| out[*it].is_none()).collect();
    let (has_git, n_bytes_max) = (scan.git.is_some(), scan.limits.tracked_bytes_max);
    let read = |at: usize| {
        let path = candidates[wanted[at]].path.below(scan.root);
        (wanted[at], read(&path, has_git, n_bytes_max))
    };
    let Ok(parts) =
        in_parts(wanted.len(), |part| Ok::<_, Infallible>(part.map(read).collect::<Vec<_>>()));
    for (index, done) in parts.into_iter().flatten() {
        out[index] = Some(done);
    }
    Ok(out.into_iter().map(|it| it.expect("each was read or known")).collect())
}

fn read(path: &Path, has_git: bool, n_bytes_max: u64) -> Done {
    // More than once: somebody may write it right now.
    const N_TRIES: u32 = 3;
    for _ in 0..N_TRIES {
        match read_once(path, has_git, n_bytes_max) {
            Ok(Some(done)) => return done,
            Ok(None) => {}
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => return Done::Gone,
                io::ErrorKind::FileTooLarge => return Done::Failed(Reason::TooLarge),
                _ => return Done::Failed(Reason::Unreadable),
            },
        }
    }
    Done::Failed(Reason::Unstable)
}

/// `None` when the file changed meanwhile.
fn read_once(path: &Path, has_git: bool, n_bytes_max: u64) -> io::Result<Option<Done>> {
    let stat = Stat::new(&fs::symlink_metadata(path)?);
    if stat.is_link {
        return Ok(Some(Done::Link(bytes_of(fs::read_link(path)?.as_os_str()))));
    }
    let mut file = open(path)?;
    if Stat::new(&file.metadata()?) != stat {
        return Ok(None);
    }
    if stat.n_bytes > n_bytes_max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stat.n_bytes).unwrap_or(0));
    file.by_ref().take(n_bytes_max + 1).read_to_end(&mut bytes)?;
    let is_same = Stat::new(&fs::symlink_metadata(path)?) == stat;
    if !is_same || bytes.len() as u64 != stat.n_bytes {
        return Ok(None);
    }
    let content = content_of(&bytes, has_git);
    Ok(Some(Done::Read(Bytes { bytes, stat, content })))
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe that took the file's place must not make the open wait.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).expect("the flags are small"));
    }
    options.open(path)
}

pub(crate) fn content_of(bytes: &[u8], has_git: bool) -> Content {
    let hash = Hash(*blake3::hash(bytes).as_bytes());
    let oid = if has_git { crate::git::blob_id(bytes) } else { None };
    Content { hash: Some(hash), oid, n_bytes: bytes.len() as u64 }
}

/// Whether bytes are a content: by the one of its names that decides.
pub(crate) fn is_content(bytes: &[u8], content: &Content) -> bool {
    match content.hash {
        Some(hash) => blake3::hash(bytes) == hash.0,
        None => content.oid.is_some() && crate::git::blob_id(bytes) == content.oid,
    }
}
