//! What the commands of the service `proof` share: where proofs lie, how they are read, and what must
//! not be in them.

pub(super) mod gather;
pub(super) mod place;
pub(super) mod secrets;
pub(super) mod span;

use super::{CommandCx, CommandError, audit_seal, store};
use catalog::SealKey;
use model::{AbsPath, RelPath};
use proof::{Check, Level, Proof, ReadError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Below the workspace folder.
const FOLDER: &str = ".specwright/proofs";
/// The in-toto statement, for reading.
pub(super) const STATEMENT: &str = "statement.json";
/// The statement as it was signed.
pub(super) const ENVELOPE: &str = "envelope.json";
pub(super) const PAGE: &str = "proof.html";
/// No proof is larger: 32 MiB.
const BYTES_MAX: u64 = 32 << 20;

/// The input of a command about one proof.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A proof, or the first letters of its name; the latest when left out.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: Option<String>,
}

/// A proof without what it states.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProofData {
    pub id: String,
    /// What happened, in one sentence.
    pub headline: String,
    /// `migration`, `provision`, `promotion`, `schema`, `rollback` or `range`.
    pub kind: String,
    /// When it was made, in UTC.
    pub at: String,
    /// `unsigned`, or by what it is signed.
    pub trust: &'static str,
    /// Whether it was wholly redacted; without that it is not shared.
    pub redacted: bool,
    /// SHA-256 of the statement.
    pub digest: String,
    /// The page.
    pub page: String,
}

/// Something that was looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckData {
    /// `envelope`, `signature`, `links`, `chain`, `seal`, `page`, `files` or `redaction`.
    pub name: &'static str,
    /// `holds`, `fails`, `differs` (not wrong, and not as it was then) or `unchecked`.
    pub state: &'static str,
    pub detail: String,
}

impl From<Check> for CheckData {
    fn from(it: Check) -> Self {
        Self { name: it.name, state: it.state.word(), detail: it.detail }
    }
}

/// A proof of this workspace.
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) folder: AbsPath,
    pub(super) proof: Proof,
}

impl Kept {
    pub(super) fn file(&self, name: &str) -> AbsPath {
        self.folder.join(&RelPath::new(name).expect("names of files are paths"))
    }

    pub(super) fn data(&self) -> ProofData {
        let predicate = &self.proof.statement.predicate;
        ProofData {
            id: self.id.clone(),
            headline: predicate.headline.clone(),
            kind: predicate.run.kind.clone(),
            at: predicate.generated_at.clone(),
            trust: Level::of(&self.proof).word(),
            redacted: predicate.redaction.applied,
            digest: self.proof.digest(),
            page: self.file(PAGE).to_string(),
        }
    }
}

/// Where the proof `id` lies, below the workspace folder.
pub(super) fn below(id: &str, file: &str) -> RelPath {
    RelPath::new(&format!("{FOLDER}/{id}/{file}")).expect("ids are letters, digits and hyphens")
}

/// The ids of all proofs, newest first.
pub(super) fn ids(cx: &CommandCx<'_>) -> Result<Vec<String>, CommandError> {
    let folder = store::below(store::root(cx)?, FOLDER);
    let entries = match std::fs::read_dir(folder.as_path()) {
        Ok(it) => it,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(&folder, &error.to_string())),
    };
    let names = entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned());
    let mut ids: Vec<String> = names.filter(|it| is_id(it)).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

/// `20261121-155000-1a2b3c`
pub(super) fn is_id(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_digit() || it.is_ascii_lowercase() || it == '-';
    (8..=40).contains(&text.len()) && text.chars().all(is_letter) && !text.starts_with('-')
}

/// The proof that a user names: by its id, the first letters of it, or `latest`.
pub(super) fn find(cx: &CommandCx<'_>, name: Option<&str>) -> Result<Kept, CommandError> {
    let ids = ids(cx)?;
    let name = name.unwrap_or("latest");
    let mut found = ids.iter().filter(|it| name == "latest" || it.starts_with(name));
    let unknown = || {
        CommandError::user(format!("find the proof `{name}`"))
            .hint("`specwright proof list` names all; `specwright proof generate` makes one")
    };
    let id = found.next().filter(|_| !name.is_empty()).ok_or_else(unknown)?;
    if name != "latest" && id != name && found.next().is_some() {
        let error = CommandError::user(format!("find the proof `{name}`: more than one begins so"));
        return Err(error.hint("`specwright proof list` names all"));
    }
    read_kept(cx, id)
}

pub(super) fn read_kept(cx: &CommandCx<'_>, id: &str) -> Result<Kept, CommandError> {
    let root = store::root(cx)?;
    let folder = store::below(root, &format!("{FOLDER}/{id}"));
    let path = root.join(&below(id, ENVELOPE));
    Ok(Kept { id: id.to_owned(), folder, proof: read(cx, &path)? })
}

/// Reads an envelope, or a page that holds one.
pub(super) fn read(cx: &CommandCx<'_>, path: &AbsPath) -> Result<Proof, CommandError> {
    let bytes = bytes(cx, path)?;
    let read: Result<Proof, ReadError> = Proof::read(&bytes);
    read.map_err(|it| unread(path, &crate::error_chain(&it)))
}

pub(super) fn bytes(cx: &CommandCx<'_>, path: &AbsPath) -> Result<Vec<u8>, CommandError> {
    cx.system.read(path, BYTES_MAX).map_err(|it| unread(path, &it.to_string()))
}

fn unread(path: &AbsPath, why: &str) -> CommandError {
    CommandError::user(format!("read the proof `{path}`: {why}"))
        .hint("`specwright proof list` names those of this workspace")
}

/// The key that proofs and seals are signed with, if there is one.
pub(super) fn key(cx: &CommandCx<'_>) -> Result<Option<SealKey>, CommandError> {
    SealKey::find(cx.system)
        .map_err(|it| CommandError::user(crate::error_chain(&it)).hint(it.hint()))
}

/// A seal, and whether the chain fits it.
type JudgedSeal = (catalog::SignedSeal, Result<(), catalog::Unsealed>);

/// Whether a seal that is kept of this workspace's chain fits it; the text of one that does.
pub(super) fn fitting_seal(
    cx: &CommandCx<'_>,
    catalog: &catalog::Catalog,
) -> Result<Option<JudgedSeal>, CommandError> {
    let Some(path) = super::audit::kept_seal(cx, store::root(cx)?) else { return Ok(None) };
    let seal = catalog::read_seal(cx.system, &path).map_err(|it| audit_seal::unkept(&it))?;
    let fits = catalog.judge(&seal.seal).map_err(|it| store::failed(&it))?;
    Ok(Some((seal, fits)))
}

/// Whether the statement still shows something secret, and was redacted at all.
pub(super) fn redaction_check(cx: &CommandCx<'_>, proof: &Proof) -> Check {
    let check = |state, detail: String| Check::new("redaction", state, detail);
    let redaction = &proof.statement.predicate.redaction;
    if !redaction.applied {
        let problems = redaction.problems.join("; ");
        return check(State::Fails, format!("it did not wholly run: {problems}"));
    }
    let found = secrets::redactor(cx);
    let hits = found.redactor.hits(&proof.statement);
    if let Some(hit) = hits.first() {
        let (kind, at) = (&hit.kind, &hit.pointer);
        let more = match hits.len() - 1 {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        return check(State::Fails, format!("{kind} at {at}{more}"));
    }
    match found.problems.as_slice() {
        [] => check(State::Holds, "nothing secret was found in it again".to_owned()),
        problems => check(State::Unchecked, problems.join("; ")),
    }
}
