//! A file's properties, by which a change shows without reading.

use std::fs::Metadata;

/// What tells a changed file from one that stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) n_bytes: u64,
    pub(crate) mtime_ns: i64,
    pub(crate) ctime_ns: i64,
    pub(crate) inode: u64,
    pub(crate) device: u64,
    /// Permission bits.
    pub(crate) mode: u32,
    pub(crate) is_link: bool,
}

/// A change within this time of a look may carry the same time as the look: 2 s, the coarsest clock
/// of a file system in use.
pub(crate) const RACY_NS: i64 = 2_000_000_000;

impl Stat {
    #[cfg(unix)]
    pub(crate) fn new(it: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let ns = |seconds: i64, ns: i64| seconds.saturating_mul(1_000_000_000).saturating_add(ns);
        Self {
            n_bytes: it.size(),
            mtime_ns: ns(it.mtime(), it.mtime_nsec()),
            ctime_ns: ns(it.ctime(), it.ctime_nsec()),
            inode: it.ino(),
            device: it.dev(),
            mode: it.mode() & 0o7777,
            is_link: it.is_symlink(),
        }
    }

    /// Of a file looked at in its folder.
    #[cfg(target_os = "linux")]
    pub(crate) fn of(it: &rustix::fs::Stat) -> Self {
        // Their widths are those of the processor.
        #![expect(clippy::unnecessary_cast, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
        let ns = |seconds: i64, ns: i64| seconds.saturating_mul(1_000_000_000).saturating_add(ns);
        Self {
            n_bytes: it.st_size as u64,
            mtime_ns: ns(it.st_mtime as i64, it.st_mtime_nsec as i64),
            ctime_ns: ns(it.st_ctime as i64, it.st_ctime_nsec as i64),
            inode: it.st_ino as u64,
            device: it.st_dev as u64,
            mode: it.st_mode as u32 & 0o7777,
            is_link: rustix::fs::FileType::from_raw_mode(it.st_mode).is_symlink(),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn new(it: &Metadata) -> Self {
        let since = it.modified().ok().and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
        let mtime_ns = since.and_then(|it| i64::try_from(it.as_nanos()).ok()).unwrap_or(0);
        let mode = if it.permissions().readonly() { 0o444 } else { 0o644 };
        let is_link = it.is_symlink();
        Self { n_bytes: it.len(), mtime_ns, ctime_ns: 0, inode: 0, device: 0, mode, is_link }
    }

    /// Whether a later change would show in these properties, seen when the clock of the file
    /// system was at `now_ns`.
    pub(crate) fn is_settled(&self, now_ns: i64) -> bool {
        self.mtime_ns.max(self.ctime_ns) < now_ns - RACY_NS
    }

    /// As bytes, to be compared for equality alone.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(40);
        out.extend(self.n_bytes.to_le_bytes());
        out.extend(self.mtime_ns.to_le_bytes());
        out.extend(self.ctime_ns.to_le_bytes());
        out.extend(self.inode.to_le_bytes());
        out.extend(self.mode.to_le_bytes());
        out.push(u8::from(self.is_link));
        out
    }
}
