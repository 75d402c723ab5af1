//! Moves inside the workspace folder that never follow a link and never overwrite.

use crate::effect::effect;
use crate::path::{TreePath, os_of};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

/// The folder, held open: what replaces it or a folder in it by a link leads nowhere.
pub(super) struct Tree {
    root: OwnedFd,
    /// The folder of the last look, which is often that of the next.
    last: Option<(Option<TreePath>, OwnedFd)>,
}

/// What is at a path now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    Nothing,
    Dir,
    File,
    Link,
    Other,
}

impl Tree {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        Ok(Self { root: rustix::fs::openat(CWD, root, folder_flags(), Mode::empty())?, last: None })
    }

    /// The folder that holds `path`; `NotFound` when it, or one above it, is none.
    fn folder(&mut self, path: &TreePath) -> io::Result<&OwnedFd> {
        let parent = path.parent();
        let is_last = self.last.as_ref().is_some_and(|(it, _)| *it == parent);
        if !is_last {
            let mut at = self.root.try_clone()?;
            let bytes = parent.as_ref().map_or(&b""[..], TreePath::as_bytes);
            for part in bytes.split(|it| *it == b'/').filter(|it| !it.is_empty()) {
                at = rustix::fs::openat(&at, os_of(part), folder_flags(), Mode::empty())
                    .map_err(missing)?;
            }
            self.last = Some((parent, at));
        }
        Ok(&self.last.as_ref().expect("it was set above").1)
    }

    /// Folders may have gone or come: they are looked up anew.
    fn forget(&mut self) {
        self.last = None;
    }

    pub(super) fn there(&mut self, path: &TreePath) -> io::Result<There> {
        let folder = match self.folder(path) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
            Err(error) => return Err(error),
        };
        let name = os_of(path.file_name());
        match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => There::File,
                FileType::Directory => There::Dir,
                FileType::Symlink => There::Link,
                _ => There::Other,
            }),
            Err(Errno::NOENT) => Ok(There::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves `path` out to the file `to`, which must be new.
    pub(super) fn take(&mut self, path: &TreePath, to: &Path) -> io::Result<()> {
        let folder = self.folder(path)?;
        effect(|| rename_new((folder, &os_of(path.file_name())), (CWD, to.as_os_str())))
    }

    /// Moves the file `from` in; `AlreadyExists` when something is there.
    pub(super) fn put(&mut self, from: &Path, path: &TreePath) -> io::Result<()> {
        let folder = self.folder(path)?;
        effect(|| rename_new((CWD, from.as_os_str()), (folder, &os_of(path.file_name()))))
    }

    /// Swaps the file `with` and what is at `path`; `Unsupported` where the file system cannot.
    pub(super) fn exchange(&mut self, path: &TreePath, with: &Path) -> io::Result<()> {
        let folder = self.folder(path)?;
        effect(|| {
            let name = os_of(path.file_name());
            let done = rustix::fs::renameat_with(CWD, with, folder, name, RenameFlags::EXCHANGE);
            done.map_err(|error| match error {
                Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => io::ErrorKind::Unsupported.into(),
                other => other.into(),
            })
        })
    }

    /// Makes the folder and those above it, as far as they are missing.
    pub(super) fn make_folder(&mut self, path: &TreePath) -> io::Result<()> {
        if self.folder(&inside(path)).is_ok() {
            return Ok(());
        }
        let mut above: Vec<TreePath> = path.ancestors().collect();
        above.reverse();
        above.push(path.clone());
        for it in above {
            match self.there(&it)? {
                There::Dir => {}
                There::Nothing => {
                    let folder = self.folder(&it)?;
                    let name = os_of(it.file_name());
                    let mode = Mode::from_raw_mode(0o777);
                    let made = effect(|| Ok(rustix::fs::mkdirat(folder, name, mode)?));
                    self.forget();
                    match made {
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                        made => made?,
                    }
                }
                _ => return Err(io::ErrorKind::AlreadyExists.into()),
            }
        }
        Ok(())
    }

    /// Removes a folder if nothing is in it.
    pub(super) fn remove_folder(&mut self, path: &TreePath) -> io::Result<()> {
        if self.there(path)? != There::Dir {
            return Ok(());
        }
        let folder = self.folder(path)?;
        let name = os_of(path.file_name());
        let removed = effect(|| match rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR) {
            // What was not captured is still in it.
            Ok(()) | Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        });
        self.forget();
        removed
    }

    /// Whether entries of the nearest folder above `path` that exists can be changed.
    pub(super) fn is_writable(&mut self, path: &TreePath) -> io::Result<bool> {
        for it in path.ancestors() {
            if self.there(&it)? == There::Dir {
                return Ok(is_writable(self.folder(&inside(&it))?));
            }
        }
        Ok(is_writable(&self.root))
    }
}

/// Some path right in the folder `path`.
fn inside(path: &TreePath) -> TreePath {
    TreePath::new(&[path.as_bytes(), b"/x"].concat()).expect("a path with a part more")
}

fn is_writable(folder: &OwnedFd) -> bool {
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    rustix::fs::accessat(folder, ".", access, AtFlags::EACCESS).is_ok()
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

fn missing(error: Errno) -> io::Error {
    match error {
        // A link or a file took the folder's place.
        Errno::NOTDIR | Errno::LOOP | Errno::NOENT => io::ErrorKind::NotFound.into(),
        other => other.into(),
    }
}

/// Renames where nothing is overwritten, even if somebody is faster.
fn rename_new<One: std::os::fd::AsFd, Other: std::os::fd::AsFd>(
    (from, old): (One, &std::ffi::OsStr),
    (to, new): (Other, &std::ffi::OsStr),
) -> io::Result<()> {
    match rustix::fs::renameat_with(&from, old, &to, new, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        done => return Ok(done?),
    }
    // A second name fails when there is one already; then the first is given up.
    match rustix::fs::linkat(&from, old, &to, new, AtFlags::empty()) {
        Ok(()) => return Ok(rustix::fs::unlinkat(&from, old, AtFlags::empty())?),
        Err(Errno::EXIST) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => {}
    }
    if rustix::fs::statat(&to, new, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    Ok(rustix::fs::renameat(&from, old, &to, new)?)
}
