use super::{Result, Store, StoreError, Writing, hash_of, oid_of};
use crate::manifest::{Content, Entry, Hash, Node, Oid, Reason};
use crate::path::TreePath;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// A state of a path as the table has it.
struct Fields {
    kind: &'static str,
    mode: u32,
    n_bytes: u64,
    hash: Vec<u8>,
    oid: Vec<u8>,
    detail: Vec<u8>,
}

impl Fields {
    fn new(entry: &Entry) -> Self {
        let empty = |kind| Self {
            kind,
            mode: 0,
            n_bytes: 0,
            hash: Vec::new(),
            oid: Vec::new(),
            detail: Vec::new(),
        };
        match entry {
            Entry::Node(Node::Absent) => empty("absent"),
            Entry::Node(Node::Dir) => empty("dir"),
            Entry::Node(Node::File { content, mode }) => Self {
                mode: *mode,
                n_bytes: content.n_bytes,
                hash: hash_bytes(content.hash),
                oid: oid_bytes(content.oid),
                ..empty("file")
            },
            Entry::Node(Node::Link { target }) => Self { detail: target.clone(), ..empty("link") },
            Entry::Nested { head } => {
                let detail = head.clone().unwrap_or_default().into_bytes();
                Self { detail, ..empty("nested") }
            }
            Entry::Uncaptured { reason, n_bytes } => {
                let detail = reason.word().as_bytes().to_vec();
                Self { n_bytes: *n_bytes, detail, ..empty("uncaptured") }
            }
        }
    }

    /// The path and its state, from the columns `path, kind, mode, n_bytes, hash, oid, detail`.
    fn read(row: &Row<'_>) -> rusqlite::Result<Option<(TreePath, Entry)>> {
        let path: Vec<u8> = row.get(0)?;
        let kind: String = row.get(1)?;
        let detail: Vec<u8> = row.get(6)?;
        let n_bytes = row.get::<_, i64>(3)?.unsigned_abs();
        let entry = match kind.as_str() {
            "absent" => Entry::Node(Node::Absent),
            "dir" => Entry::Node(Node::Dir),
            "file" => {
                let Some(content) = content(row.get(4)?, row.get(5)?, row.get(3)?) else {
                    return Ok(None);
                };
                Entry::Node(Node::File { content, mode: row.get(2)? })
            }
            "link" => Entry::Node(Node::Link { target: detail }),
            "nested" => {
                let head = String::from_utf8(detail).ok().filter(|it| !it.is_empty());
                Entry::Nested { head }
            }
            _ => {
                let known = Reason::ALL.iter().find(|it| it.word().as_bytes() == detail);
                let reason = known.copied().unwrap_or(Reason::Forgotten);
                Entry::Uncaptured { reason, n_bytes }
            }
        };
        Ok(TreePath::new(&path).map(|path| (path, entry)))
    }
}

const READ: &str = "SELECT path, kind, mode, n_bytes, hash, oid, detail FROM item WHERE id = ?1";

impl Store {
    /// The states with those numbers.
    pub(super) fn items(&self, ids: &[i64]) -> Result<Vec<(TreePath, Entry)>> {
        ids.iter().map(|it| item(&self.db, *it)).collect()
    }
}

pub(super) fn item(db: &Connection, id: i64) -> Result<(TreePath, Entry)> {
    let read = db.prepare_cached(READ);
    let found = read.and_then(|mut it| it.query_row([id], Fields::read).optional());
    let found = found.map_err(StoreError::sql("read a checkpoint's paths"))?;
    found.flatten().ok_or_else(|| StoreError::Damaged { what: format!("the path {id}") })
}

impl Writing<'_> {
    /// The number of a state, which is new when nobody had it yet.
    pub(crate) fn intern(&self, path: &TreePath, entry: &Entry) -> Result<i64> {
        let it = Fields::new(entry);
        let n_bytes = i64::try_from(it.n_bytes).unwrap_or(i64::MAX);
        let row = rusqlite::params![
            path.as_bytes(),
            it.kind,
            it.mode,
            n_bytes,
            it.hash,
            it.oid,
            it.detail
        ];
        let find = "SELECT id FROM item WHERE path = ?1 AND kind = ?2 AND mode = ?3
                    AND n_bytes = ?4 AND hash = ?5 AND oid = ?6 AND detail = ?7";
        let failed = || StoreError::sql("note a path");
        let mut find = self.tx.prepare_cached(find).map_err(failed())?;
        if let Some(id) = find.query_row(row, |row| row.get(0)).optional().map_err(failed())? {
            return Ok(id);
        }
        let add = "INSERT INTO item (path, kind, mode, n_bytes, hash, oid, detail)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let mut add = self.tx.prepare_cached(add).map_err(failed())?;
        add.insert(row).map_err(failed())
    }
}

pub(super) fn content(hash: Vec<u8>, oid: Vec<u8>, n_bytes: i64) -> Option<Content> {
    let (hash, oid) = (hash_of(&hash), oid_of(&oid));
    let is_named = hash.is_some() || oid.is_some();
    is_named.then_some(Content { hash, oid, n_bytes: n_bytes.unsigned_abs() })
}

pub(super) fn hash_bytes(hash: Option<Hash>) -> Vec<u8> {
    hash.map(|it| it.0.to_vec()).unwrap_or_default()
}

pub(super) fn oid_bytes(oid: Option<Oid>) -> Vec<u8> {
    oid.map(|it| it.0.to_vec()).unwrap_or_default()
}

/// Numbers as compressed differences: neighbours cost a byte, and runs of them less.
pub(super) fn pack(ids: &[i64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ids.len());
    let mut last = 0;
    for id in ids {
        let step = id - last;
        // The sign goes to the lowest bit.
        let mut rest = (step.cast_unsigned() << 1) ^ (step >> 63).cast_unsigned();
        while rest >= 0x80 {
            out.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.push((rest & 0x7f) as u8);
        last = *id;
    }
    zstd::encode_all(out.as_slice(), 3).expect("memory takes what is written")
}

pub(super) fn unpack(packed: &[u8]) -> Option<Vec<i64>> {
    let bytes = zstd::decode_all(packed).ok()?;
    let (mut out, mut last) = (Vec::new(), 0_i64);
    let (mut rest, mut shift) = (0_u64, 0);
    for byte in bytes {
        rest |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            let step = (rest >> 1).cast_signed() ^ -(rest & 1).cast_signed();
            last = last.checked_add(step)?;
            out.push(last);
            (rest, shift) = (0, 0);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(ids in proptest::collection::vec(0_i64..1 << 40, 0..50)) {
            prop_assert_eq!(unpack(&pack(&ids)), Some(ids));
        }

        #[test]
        fn broken_lists_are_refused_and_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            let _ = unpack(&bytes);
            let packed = zstd::encode_all(bytes.as_slice(), 3).expect("memory");
            let _ = unpack(&packed);
        }
    }

    #[test]
    fn a_run_of_neighbours_costs_next_to_nothing() {
        let ids: Vec<i64> = (1..20_000).collect();
        assert!(pack(&ids).len() < 100, "{}", pack(&ids).len());
    }
}
