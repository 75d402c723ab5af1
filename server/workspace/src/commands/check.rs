//! `spec.check`: what is wrong with the specs.

use super::report::{self, Finding, Notice};
use super::{CommandCx, CommandError, git};
use crate::discover::BYTES_MAX;
use crate::migrations::late::{Database, Depth, Look, Stop};
use crate::snapshot::SpecView;
use model::{AbsPath, Diagnostic, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

declare_command! {
    /// Reports what is missing, contradictory or ambiguous in specs.
    ///
    /// Without paths all specs of the workspace are checked. A file that is part of a sharded spec
    /// is judged with the other parts, and only its own findings are reported. Migration specs are
    /// planned and tried on copies in memory; where there is a development database they are held
    /// against its rows and its ledger, which are only read.
    pub(super) static COMMAND = {
        name: "spec.check",
        alias: "check",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Files and folders; all specs of the workspace when empty.
    #[schemars(extend("x-positional" = "PATH"))]
    pub paths: Vec<String>,
    /// Only files that differ from the last commit, and untracked ones.
    pub changed: bool,
    /// File with the fingerprints of known findings, which are not reported again.
    pub baseline: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// By file and place.
    pub findings: Vec<Finding>,
    /// What could not be checked as one would expect.
    pub notices: Vec<Notice>,
    /// Specs that were read.
    pub n_specs: usize,
    /// Findings that the baseline knows.
    pub n_known: usize,
    /// Whether a finding is as severe as the setting `check.fail-on`, or worse.
    pub fails: bool,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a named file or the baseline cannot be read, or git not be asked.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let known = input.baseline.as_ref().map(|it| read_baseline(cx, it)).transpose()?;
    let changed = input.changed.then(|| changed_files(cx)).transpose()?;
    let paths = super::detect::paths(cx, &input.paths)?;
    let is_asked = |path: &AbsPath| {
        paths.iter().any(|it| it == path || path.relative_to(it).is_some()) || paths.is_empty()
    };
    let is_reported =
        |path: &AbsPath| is_asked(path) && changed.as_ref().is_none_or(|it| it.contains(path));
    let specs = super::detect::all(cx, &is_reported);
    let n_specs = specs.len();
    let map = |view: &SpecView| match super::detect::failure(view, &paths) {
        Some(failure) => Err(failure),
        None => Ok(findings_of(cx, view, &is_reported)),
    };
    let parts = super::detect::scan(cx, &specs, &map);
    let (mut findings, mut notices) = (Vec::new(), Vec::new());
    for part in parts.into_iter().flatten() {
        let (more_findings, more_notices) = part?;
        findings.extend(more_findings);
        notices.extend(more_notices);
    }
    findings
        .sort_by(|a, b| (&a.file, a.start.offset, a.rule).cmp(&(&b.file, b.start.offset, b.rule)));
    let n_all = findings.len();
    if let Some(known) = &known {
        findings.retain(|it| !known.contains(&it.fingerprint));
    }
    let n_known = n_all - findings.len();
    let fails = findings.iter().any(|it| {
        Severity::from_word(it.severity).is_some_and(|it| it >= cx.settings.check_fail_on)
    });
    Ok(Output { findings, notices, n_specs, n_known, fails })
}

/// The text of a baseline file that knows these findings.
#[must_use]
pub fn baseline_text(findings: &[Finding]) -> String {
    let mut entries: Vec<&Finding> = findings.iter().collect();
    entries.sort_by(|a, b| (&a.file, &a.fingerprint).cmp(&(&b.file, &b.fingerprint)));
    let entries = entries.iter().map(
        |it| serde_json::json!({ "fingerprint": it.fingerprint, "rule": it.rule, "file": it.file }),
    );
    let all = serde_json::json!({ "version": 1, "findings": entries.collect::<Vec<_>>() });
    serde_json::to_string_pretty(&all).expect("keys are strings") + "\n"
}

fn findings_of(
    cx: &CommandCx<'_>,
    view: &SpecView,
    is_reported: &(dyn Fn(&AbsPath) -> bool + Sync),
) -> (Vec<Finding>, Vec<Notice>) {
    use crate::snapshot::DocumentKey;
    let names = view.keys.iter().filter(|key| match key {
        DocumentKey::File(path) => is_reported(path),
        DocumentKey::Untitled(_) => true,
    });
    let names: BTreeSet<String> = names.map(|it| report::file_name(cx, it)).collect();
    let (late, unread) = late(cx, view);
    let all = view.analysis.diagnostics.iter().chain(&late);
    let mut findings = report::of_diagnostics(cx, view, all);
    findings.retain(|it| names.contains(&it.file));
    let mut notices = report::notices(cx, view);
    notices.extend(unread);
    notices.retain(|it| names.contains(&it.file));
    (findings, notices)
}

/// What the plans of migration specs, the development database and its ledger tell; nothing of other
/// specs.
fn late(cx: &CommandCx<'_>, view: &SpecView) -> (Vec<Diagnostic>, Option<Notice>) {
    if view.migrations.is_none() {
        return (Vec::new(), None);
    }
    let read = cx.root.as_ref().map_or(Ok(None), Database::read);
    let (database, unread) = match read {
        Ok(database) => (database, None),
        Err(why) => {
            let file = view.keys.first().map(|it| report::file_name(cx, it)).unwrap_or_default();
            let message = format!("the development database was not looked at: {why}");
            (None, Some(Notice { file, message }))
        }
    };
    let stop: Stop = Arc::new(|| false);
    let (settings, database) = (&*cx.settings, database.as_ref());
    let look = Look { view, settings, database, depth: Depth::Rows, stop };
    let found = look.findings().unwrap_or_default();
    (found.into_iter().map(|it| it.diagnostic).collect(), unread)
}

#[derive(Deserialize)]
struct Baseline {
    version: u32,
    findings: Vec<BaselineEntry>,
}

#[derive(Deserialize)]
struct BaselineEntry {
    fingerprint: String,
}

fn read_baseline(cx: &CommandCx<'_>, path: &str) -> Result<BTreeSet<String>, CommandError> {
    let absolute = super::resolve(&cx.cwd, path)?;
    let again = "write it anew with `specwright check --baseline FILE --write-baseline`";
    let bytes = cx.system.read(&absolute, BYTES_MAX).map_err(|error| {
        CommandError::user(format!("read the baseline `{path}`: {error}")).hint(again)
    })?;
    let baseline: Baseline = serde_json::from_slice(&bytes).map_err(|error| {
        CommandError::user(format!("read the baseline `{path}`: {error}")).hint(again)
    })?;
    if baseline.version != 1 {
        let message =
            format!("read the baseline `{path}`: version {} is unknown", baseline.version);
        return Err(CommandError::user(message).hint(again));
    }
    Ok(baseline.findings.into_iter().map(|it| it.fingerprint).collect())
}

/// What git says differs from the last commit, and what it does not know.
fn changed_files(cx: &CommandCx<'_>) -> Result<BTreeSet<AbsPath>, CommandError> {
    let root = cx.root.as_ref().unwrap_or(&cx.cwd);
    let top = git(cx, root, &["rev-parse", "--show-toplevel"])?;
    let top = String::from_utf8_lossy(&top).trim_end().to_owned();
    let Some(top) = AbsPath::new(std::path::Path::new(&top)) else { return Ok(BTreeSet::new()) };
    let has_commit = git(cx, root, &["rev-parse", "--verify", "--quiet", "HEAD"]).is_ok();
    let differing: &[&str] = match has_commit {
        true => &["diff", "--name-only", "-z", "HEAD"],
        false => &["ls-files", "-z"],
    };
    let untracked = ["ls-files", "--others", "--exclude-standard", "-z"];
    let mut out = BTreeSet::new();
    for arguments in [differing, &untracked] {
        // Names are told from the top folder only there.
        let names = git(cx, &top, arguments)?;
        for name in names.split(|it| *it == 0).filter(|it| !it.is_empty()) {
            let name = String::from_utf8_lossy(name);
            out.extend(model::RelPath::new(&name).map(|it| top.join(&it)));
        }
    }
    Ok(out)
}

fn git(cx: &CommandCx<'_>, cwd: &AbsPath, arguments: &[&str]) -> Result<Vec<u8>, CommandError> {
    let hint = "`--changed` needs a git work tree; name the files instead";
    git::git(cx, cwd, arguments).map_err(|it| it.hint(hint))
}
