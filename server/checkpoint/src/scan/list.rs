//! A folder as a list of names, each of which is looked at only when somebody asks.
//!
//! Most of a scan is here: on Linux a name costs one call of the system and no memory of its own.

#[cfg(target_os = "linux")]
pub(super) use self::linux::Listing;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::Listing;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    Link,
    /// A pipe, socket or device.
    Special,
}

#[cfg(target_os = "linux")]
mod linux {
    use super::What;
    use crate::stat::Stat;
    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir};
    use std::ffi::CStr;
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    pub(in super::super) struct Listing {
        folder: OwnedFd,
        /// One after the other, each with a zero byte at its end.
        names: Vec<u8>,
        /// Where the zero byte of each is.
        ends: Vec<(usize, What)>,
    }

    impl Listing {
        pub(in super::super) fn of(path: &Path) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let folder = rustix::fs::openat(CWD, path, flags, Mode::empty())?;
            let (mut names, mut ends) = (Vec::new(), Vec::new());
            let mut buffer = [MaybeUninit::<u8>::uninit(); 32 << 10];
            let mut entries = RawDir::new(&folder, &mut buffer);
            while let Some(entry) = entries.next() {
                let entry = entry?;
                let name = entry.file_name();
                if matches!(name.to_bytes(), b"." | b"..") {
                    continue;
                }
                let kind = match entry.file_type() {
                    // Some file systems do not tell.
                    FileType::Unknown => {
                        let stat = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW);
                        let Ok(stat) = stat else { continue };
                        FileType::from_raw_mode(stat.st_mode)
                    }
                    kind => kind,
                };
                let what = match kind {
                    FileType::RegularFile => What::File,
                    FileType::Directory => What::Folder,
                    FileType::Symlink => What::Link,
                    _ => What::Special,
                };
                names.extend_from_slice(name.to_bytes_with_nul());
                ends.push((names.len() - 1, what));
            }
            Ok(Self { folder, names, ends })
        }

        pub(in super::super) fn len(&self) -> usize {
            self.ends.len()
        }

        pub(in super::super) fn name(&self, index: usize) -> &[u8] {
            &self.names[self.start(index)..self.ends[index].0]
        }

        pub(in super::super) fn what(&self, index: usize) -> What {
            self.ends[index].1
        }

        /// `None` when it is gone.
        pub(in super::super) fn stat(&self, index: usize) -> Option<Stat> {
            let bytes = &self.names[self.start(index)..=self.ends[index].0];
            let name = CStr::from_bytes_with_nul(bytes).expect("names were taken with their end");
            let stat = rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW);
            stat.ok().map(|it| Stat::of(&it))
        }

        fn start(&self, index: usize) -> usize {
            index.checked_sub(1).map_or(0, |it| self.ends[it].0 + 1)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use super::What;
    use crate::path::bytes_of;
    use crate::stat::Stat;
    use std::fs::{self, DirEntry};
    use std::io;
    use std::path::Path;

    pub(in super::super) struct Listing(Vec<(Vec<u8>, What, DirEntry)>);

    impl Listing {
        pub(in super::super) fn of(path: &Path) -> io::Result<Self> {
            let mut out = Vec::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                let Ok(kind) = entry.file_type() else { continue };
                let what = match kind {
                    it if it.is_dir() => What::Folder,
                    it if it.is_symlink() => What::Link,
                    it if it.is_file() => What::File,
                    _ => What::Special,
                };
                out.push((bytes_of(&entry.file_name()), what, entry));
            }
            Ok(Self(out))
        }

        pub(in super::super) fn len(&self) -> usize {
            self.0.len()
        }

        pub(in super::super) fn name(&self, index: usize) -> &[u8] {
            &self.0[index].0
        }

        pub(in super::super) fn what(&self, index: usize) -> What {
            self.0[index].1
        }

        /// `None` when it is gone.
        pub(in super::super) fn stat(&self, index: usize) -> Option<Stat> {
            self.0[index].2.metadata().ok().map(|it| Stat::new(&it))
        }
    }
}
