//! `proof.verify`: what of a proof holds, and what could not be looked at.

use super::proofs::{self, CheckData, Kept, ProofData};
use super::{CommandCx, CommandError, resolve, store};
use catalog::{Catalog, SignedSeal, hex};
use model::RelPath;
use proof::{Check, Proof, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Verifies a proof: its envelope, signature, links, chain, seal, page, files and redaction.
    ///
    /// A file, an envelope or a page, is verified by what it holds; a proof of this workspace also
    /// against the audit chain, the kept seal and the files here. What could not be looked at is
    /// `unchecked`, and that is not the same as right.
    pub(super) static COMMAND = {
        name: "proof.verify",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A proof, the first letters of its name, or a file; the latest when left out.
    #[schemars(extend("x-positional" = "PROOF"))]
    pub id: Option<String>,
    /// A public key, in hexadecimal, that you trust besides your own.
    #[schemars(extend("x-value-name" = "HEX"))]
    pub key: Option<String>,
    /// File with a seal of the chain that you had before.
    #[schemars(extend("x-value-name" = "FILE"))]
    pub seal: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether nothing fails. What is unchecked does not.
    pub ok: bool,
    pub id: String,
    pub headline: String,
    /// What the proof carries, which counts for as much as the checks say.
    pub trust: &'static str,
    /// What it shows when all holds.
    pub shows: &'static str,
    pub does_not_show: &'static str,
    pub checks: Vec<CheckData>,
    /// Left out for a file from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such proof, or it cannot be read as one.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let (proof, kept, page) = wanted(cx, input.id.as_deref())?;
    let mut trusted: Vec<String> = input.key.iter().cloned().collect();
    trusted.extend(proofs::key(cx)?.map(|it| hex(&it.public())));
    let mut checks = vec![proof::signature(&proof, &trusted), proof::links(&proof)];
    checks.extend(kept.as_ref().map(|it| envelope(cx, it)));
    checks.extend(page.map(|it| proof::page_check(&proof, &it)));
    let catalog = store::root(cx).ok().and_then(|it| store::open(cx.system, it).ok()).flatten();
    checks.push(chain(catalog.as_ref(), &proof)?);
    checks.push(seal(cx, catalog.as_ref(), &proof, input.seal.as_deref())?);
    checks.push(match kept.is_some() {
        true => files(cx, &proof),
        false => Check::new("files", State::Unchecked, "it is a file from elsewhere"),
    });
    checks.push(proofs::redaction_check(cx, &proof));
    let level = proof::Level::of(&proof);
    let predicate = &proof.statement.predicate;
    Ok(Output {
        ok: checks.iter().all(|it| it.state != State::Fails),
        id: predicate.id.clone(),
        headline: predicate.headline.clone(),
        trust: level.word(),
        shows: level.proves(),
        does_not_show: level.does_not_prove(),
        checks: checks.into_iter().map(CheckData::from).collect(),
        proof: kept.map(|it| it.data()),
    })
}

/// The proof that is named, with what is kept of it here and the text of its page.
fn wanted(
    cx: &CommandCx<'_>,
    name: Option<&str>,
) -> Result<(Proof, Option<Kept>, Option<String>), CommandError> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let path = name.filter(|it| !proofs::is_id(it) && *it != "latest");
    let path = path.map(|it| resolve(&cx.cwd, it)).transpose()?;
    if let Some(path) = path.filter(|it| cx.system.exists(it)) {
        let bytes = proofs::bytes(cx, &path)?;
        let proof = proofs::read(cx, &path)?;
        let page = (!bytes.trim_ascii_start().starts_with(b"{")).then(|| text(bytes));
        return Ok((proof, None, page));
    }
    let kept = proofs::find(cx, name)?;
    let page = proofs::bytes(cx, &kept.file(proofs::PAGE)).ok().map(text);
    Ok((kept.proof.clone(), Some(kept), page))
}

/// Whether the statement beside the envelope is the one in it.
fn envelope(cx: &CommandCx<'_>, kept: &Kept) -> Check {
    let digest = kept.proof.digest();
    match proofs::bytes(cx, &kept.file(proofs::STATEMENT)) {
        Ok(bytes) if bytes == kept.proof.envelope.payload => Check::new(
            "envelope",
            State::Holds,
            format!("the statement is its payload, SHA-256 {digest}"),
        ),
        Ok(_) => {
            let detail = format!("`{}` is not the statement in the envelope", proofs::STATEMENT);
            Check::new("envelope", State::Fails, detail)
        }
        Err(error) => Check::new("envelope", State::Unchecked, error.message),
    }
}

/// Whether the audit chain here has the entries that are told, and tells of the proof.
fn chain(catalog: Option<&Catalog>, proof: &Proof) -> Result<Check, CommandError> {
    let check = |state, detail: String| Ok(Check::new("chain", state, detail));
    let Some(catalog) = catalog else {
        return check(State::Unchecked, "there is no audit chain here".to_owned());
    };
    let failed = |it| store::failed(&it);
    let told = &proof.statement.predicate.chain;
    let first = catalog.audit_after(0, 1).map_err(failed)?;
    if first.first().is_none_or(|it| hex(&it.hash) != told.id) {
        let detail = "the chain here is another one".to_owned();
        return check(State::Unchecked, detail);
    }
    if let Err(broken) = catalog.verify().map_err(failed)? {
        return check(State::Fails, format!("the chain here does not hold: {broken}"));
    }
    let all = catalog.audit_after(0, u32::MAX).map_err(failed)?;
    let hash_of = |seq: i64| all.iter().find(|it| it.seq == seq).map(|it| hex(&it.hash));
    let differs = told.entries.iter().find(|it| hash_of(it.seq).as_ref() != Some(&it.hash));
    if let Some(it) = differs {
        return check(State::Fails, format!("entry {} of the chain here is another one", it.seq));
    }
    if hash_of(told.n_entries).as_ref() != Some(&told.head) {
        return check(
            State::Fails,
            "the chain here ended otherwise when the proof was made".to_owned(),
        );
    }
    let (id, digest) = (&proof.statement.predicate.id, proof.digest());
    let is_named = |it: &&catalog::AuditEntry| it.action == "proof.generate" && it.subject == *id;
    match all.iter().find(is_named) {
        Some(it) if it.detail == format!("sha256 {digest}") => check(
            State::Holds,
            format!("it has the entries that are told; entry {} names this very statement", it.seq),
        ),
        Some(it) => check(State::Fails, format!("entry {} names another statement", it.seq)),
        None => check(State::Fails, "it tells of no such proof".to_owned()),
    }
}

/// Whether a seal that somebody has had since covers the entries that are told.
fn seal(
    cx: &CommandCx<'_>,
    catalog: Option<&Catalog>,
    proof: &Proof,
    given: Option<&str>,
) -> Result<Check, CommandError> {
    let check = |state, detail: String| Ok(Check::new("seal", state, detail));
    let told = &proof.statement.predicate.chain;
    let last = told.entries.last().map_or(0, |it| it.seq);
    let given = given.map(|it| resolve(&cx.cwd, it)).transpose()?;
    let given = given.map(|it| catalog::read_seal(cx.system, &it)).transpose();
    let given = given.map_err(|it| super::audit_seal::unkept(&it))?;
    if let Some(seal) = given.as_ref().filter(|it| hex(&it.seal.chain) != told.id) {
        return check(
            State::Fails,
            format!("the given seal is of another chain, {}", hex(&seal.seal.chain)),
        );
    }
    let kept = match catalog {
        Some(catalog) => proofs::fitting_seal(cx, catalog)?,
        None => None,
    };
    if let Some((_, Err(why))) = &kept {
        return check(State::Fails, format!("the kept seal: {why}"));
    }
    let quoted = told.seal.as_ref().map(|it| it.parse::<SignedSeal>());
    if let Some(Err(why)) = &quoted {
        return check(State::Fails, format!("the quoted seal: {why}"));
    }
    let quoted = quoted.and_then(Result::ok);
    if quoted.as_ref().is_some_and(|it| hex(&it.seal.chain) != told.id) {
        return check(State::Fails, "the quoted seal is of another chain".to_owned());
    }
    let (seal, whose) = match (&given, &kept, &quoted) {
        (Some(it), _, _) => (it, "the given seal"),
        (None, Some((it, _)), _) if hex(&it.seal.chain) == told.id => (it, "the kept seal"),
        (None, _, Some(_)) => {
            let detail = "the quoted one is sound, and you have no copy to hold it against: `--seal` names one";
            return check(State::Unchecked, detail.to_owned());
        }
        _ => return check(State::Unchecked, "there is none".to_owned()),
    };
    if seal.seal.size < last {
        let detail = format!("{whose} ends at entry {}, before the run does", seal.seal.size);
        return check(State::Unchecked, detail);
    }
    // With the chain at hand the sealed entry can be looked up; without, only when it is quoted.
    let at_end = told.entries.iter().find(|it| it.seq == seal.seal.size).map(|it| it.hash.clone());
    let fits = match catalog.filter(|_| kept.is_some() || given.is_some()) {
        Some(catalog) => {
            catalog.judge(&seal.seal).map_err(|it| store::failed(&it))?.map_err(|it| it.to_string())
        }
        None if at_end.is_none_or(|it| it == hex(&seal.seal.head))
            && quoted.as_ref() == Some(seal) =>
        {
            Ok(())
        }
        None => Err("it is not the seal that the proof quotes".to_owned()),
    };
    match fits {
        Ok(()) => check(
            State::Holds,
            format!("{whose} of {} covers the run", super::audit::rfc_3339(seal.seal.at)),
        ),
        Err(why) => check(State::Fails, format!("{whose}: {why}")),
    }
}

/// Whether the files here are still those that it is about.
fn files(cx: &CommandCx<'_>, proof: &Proof) -> Check {
    let Ok(root) = store::root(cx) else {
        return Check::new("files", State::Unchecked, "there is no workspace folder");
    };
    let mut other = Vec::new();
    for it in &proof.statement.subject {
        let found =
            RelPath::new(&it.name).and_then(|path| proofs::bytes(cx, &root.join(&path)).ok());
        let digest = found.map(|bytes| proof::sha256(&bytes));
        if digest.as_ref() != it.digest.get("sha256") {
            other.push(format!("`{}`", it.name));
        }
    }
    match (proof.statement.subject.len(), other.as_slice()) {
        (0, _) => Check::new("files", State::Unchecked, "it names none"),
        (n, []) => Check::new("files", State::Holds, format!("{n} are as they were")),
        (_, other) => Check::new(
            "files",
            State::Differs,
            format!("changed or gone since: {}", other.join(", ")),
        ),
    }
}
