use super::{Result, Store, StoreError, Writing};
use crate::effect::effect;
use crate::manifest::Hash;
use rusqlite::OptionalExtension as _;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What is larger compressed lies in a file: 256 KiB.
const ROW_BYTES_MAX: usize = 256 << 10;
const LEVEL: i32 = 3;

/// Compresses one content after the other; what that needs of memory is made once.
#[derive(Default)]
pub(super) struct Packer(RefCell<Option<zstd::bulk::Compressor<'static>>>);

impl Packer {
    fn pack(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut packer = self.0.borrow_mut();
        let packer = match &mut *packer {
            Some(packer) => packer,
            none => none.insert(zstd::bulk::Compressor::new(LEVEL)?),
        };
        packer.compress(bytes)
    }
}

impl Store {
    pub(crate) fn has_blob(&self, hash: Hash) -> Result<bool> {
        let sql = "SELECT 1 FROM blob WHERE hash = ?1";
        let read = self.db.prepare_cached(sql).and_then(|mut it| it.exists([hash.0]));
        read.map_err(StoreError::sql("look for bytes"))
    }

    /// The bytes, which are what their name says.
    pub(crate) fn blob(&self, hash: Hash) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.copy_blob(hash, &mut out)?;
        Ok(out)
    }

    /// Writes the bytes to `out`; on an error some of them may have been written.
    pub(crate) fn copy_blob(&self, hash: Hash, out: &mut dyn io::Write) -> Result<()> {
        let attempt = "read bytes of the store";
        let sql = "SELECT data FROM blob WHERE hash = ?1";
        let mut read = self.db.prepare_cached(sql).map_err(StoreError::sql(attempt))?;
        let row = read.query_row([hash.0], |row| row.get::<_, Option<Vec<u8>>>(0)).optional();
        let missing = || StoreError::Missing { what: format!("the content {hash}") };
        let data = row.map_err(StoreError::sql(attempt))?.ok_or_else(missing)?;
        let mut hasher = blake3::Hasher::new();
        let copied = match data {
            Some(data) => unpack(data.as_slice(), &mut hasher, out),
            None => {
                let path = blob_file(&self.folder, hash);
                let file = File::open(&path).map_err(StoreError::file("open", &path))?;
                unpack(io::BufReader::new(file), &mut hasher, out)
            }
        };
        copied.map_err(StoreError::file("copy bytes out of", &self.folder))?;
        if *hasher.finalize().as_bytes() != hash.0 {
            return Err(StoreError::Damaged { what: format!("the content {hash}") });
        }
        Ok(())
    }
}

fn unpack(
    from: impl io::BufRead,
    hasher: &mut blake3::Hasher,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut decoder = zstd::Decoder::with_buffer(from)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let n_bytes = decoder.read(&mut buffer)?;
        if n_bytes == 0 {
            return Ok(());
        }
        hasher.update(&buffer[..n_bytes]);
        out.write_all(&buffer[..n_bytes])?;
    }
}

impl Writing<'_> {
    pub(crate) fn has_blob(&self, hash: Hash) -> Result<bool> {
        let sql = "SELECT 1 FROM blob WHERE hash = ?1";
        let read = self.tx.prepare_cached(sql).and_then(|mut it| it.exists([hash.0]));
        read.map_err(StoreError::sql("look for bytes"))
    }

    /// Keeps bytes under their name.
    pub(crate) fn add_blob(&self, hash: Hash, bytes: &[u8]) -> Result<()> {
        if self.has_blob(hash)? {
            return Ok(());
        }
        let packed =
            self.packer.pack(bytes).map_err(StoreError::file("compress bytes for", self.folder))?;
        if packed.len() <= ROW_BYTES_MAX {
            return self.insert_blob(hash, bytes.len() as u64, Some(&packed));
        }
        self.place(hash, |file| file.write_all(&packed))?;
        self.insert_blob(hash, bytes.len() as u64, None)
    }

    /// Keeps the content of a file; gives its name and size.
    pub(crate) fn add_file(&self, path: &Path) -> Result<(Hash, u64)> {
        let read = || StoreError::file("read", path);
        let mut hasher = blake3::Hasher::new();
        let mut file = File::open(path).map_err(read())?;
        let n_bytes = io::copy(&mut file, &mut hasher).map_err(read())?;
        let hash = Hash(*hasher.finalize().as_bytes());
        if self.has_blob(hash)? {
            return Ok((hash, n_bytes));
        }
        if n_bytes <= (1 << 20) {
            let bytes = fs::read(path).map_err(read())?;
            self.add_blob(hash, &bytes)?;
            return Ok((hash, n_bytes));
        }
        let mut file = File::open(path).map_err(read())?;
        self.place(hash, |out| zstd::stream::copy_encode(&mut file, out, LEVEL))?;
        self.insert_blob(hash, n_bytes, None)?;
        Ok((hash, n_bytes))
    }

    /// Makes the file of a content: written beside, synced, renamed. Without the row that names it
    /// the file means nothing, and the next prune removes it.
    fn place(&self, hash: Hash, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        let path = blob_file(self.folder, hash);
        let folder = path.parent().expect("the file has a folder");
        let failed = || StoreError::file("write", &path);
        super::make_private(folder).map_err(failed())?;
        let beside = path.with_extension("part");
        let written = effect(|| {
            let mut file = super::private_file(&beside)?;
            file.set_len(0)?;
            write(&mut file)?;
            file.sync_all()
        });
        let placed = written.and_then(|()| effect(|| fs::rename(&beside, &path)));
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        placed.and_then(|()| sync_folder(folder)).map_err(failed())
    }

    fn insert_blob(&self, hash: Hash, n_bytes: u64, data: Option<&[u8]>) -> Result<()> {
        let sql = "INSERT INTO blob (hash, n_bytes, data) VALUES (?1, ?2, ?3)";
        let n_bytes = i64::try_from(n_bytes).unwrap_or(i64::MAX);
        let row = rusqlite::params![hash.0, n_bytes, data];
        let write = self.tx.prepare_cached(sql).and_then(|mut it| it.execute(row));
        write.map(drop).map_err(StoreError::sql("keep bytes"))
    }
}

pub(super) fn blob_folder(folder: &Path) -> PathBuf {
    folder.join("blobs")
}

pub(super) fn blob_file(folder: &Path, hash: Hash) -> PathBuf {
    let name = hash.to_string();
    blob_folder(folder).join(&name[..2]).join(&name[2..])
}

pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    effect(|| File::open(folder)?.sync_all())?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
