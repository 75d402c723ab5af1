//! What provisioning shares: the files that it writes, what is in force, and how far things are.

use super::forge_provision::{DriftData, FileData, StateData};
use super::migrations::{self, ProblemData, Specs, Target};
use super::{CommandCx, CommandError, gate, store};
use crate::features::provision;
use crate::snapshot::{DocumentKey, SpecView};
use catalog::{Act, ResourceRecord};
use forge::read;
use forge::read::{Around, judge};
use forge::required::{self, Required};
use forge::states::{self, Backend, Standing, Unasked};
use migrate::language::{self, File};
use migrate::run::Ledger;
use migrate::schema::Schema;
use model::{AbsPath, Detection, Diagnostic, DocumentId, RelPath, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;
use text::line_index::{Encoding, LineIndex};

/// The largest `forge.yaml` that is read: 4 MiB.
const RESOURCES_BYTES_MAX: u64 = 4 << 20;
/// What the catalog calls the subject of provisioning.
const SUBJECT: &str = "forge";

/// The texts that provisioning writes.
pub(super) struct Files {
    root: AbsPath,
    /// Of new migration specs: name without ending, and text.
    pub(super) migrations: Vec<(String, String)>,
    /// Of `forge.yaml`, as it shall be.
    pub(super) resources: Option<String>,
    /// As it is.
    old_resources: Option<String>,
}

impl Files {
    /// Nothing new beside what is on disk.
    pub(super) fn new(cx: &CommandCx<'_>) -> Result<Self, CommandError> {
        let root = store::root(cx)?.clone();
        let old_resources = resources_text(cx)?;
        Ok(Self { root, migrations: Vec::new(), resources: old_resources.clone(), old_resources })
    }

    /// All migration specs, the new ones included.
    pub(super) fn specs(&self, specs: Specs) -> Specs {
        self.migrations.iter().fold(specs, |specs, (name, text)| {
            let path = store::below(&self.root, &path_of(name));
            specs.with(name.clone(), path, text.clone())
        })
    }

    /// Path, old text and new text of each file that changes.
    fn changes(&self) -> Vec<(String, Option<&str>, &str)> {
        let mut out = Vec::new();
        for (name, text) in &self.migrations {
            out.push((path_of(name), None, text.as_str()));
        }
        let new = self.resources.as_deref().filter(|it| self.old_resources.as_deref() != Some(*it));
        out.extend(new.map(|it| (forge::FILE.to_owned(), self.old_resources.as_deref(), it)));
        out
    }

    pub(super) fn data(&self) -> Vec<FileData> {
        let data = |(path, old, new): (String, Option<&str>, &str)| {
            let diff = similar::TextDiff::from_lines(old.unwrap_or_default(), new);
            let diff =
                diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string();
            FileData { path, is_new: old.is_none(), diff }
        };
        self.changes().into_iter().map(data).collect()
    }

    /// Errors of `forge.yaml` as it shall be: what has one would not be in force.
    pub(super) fn problems(&self, cx: &CommandCx<'_>, schema: &Schema) -> Vec<ProblemData> {
        let text = self.resources.as_deref().unwrap_or_default();
        let around = Around { schema: Some(schema), now: cx.system.now() };
        let found = judge(text, &read(text), around, DocumentId(0));
        let lines = LineIndex::new(text);
        let errors = found.into_iter().filter(|it| it.severity == Severity::Error);
        let data = errors.map(|it| {
            let at = lines.position(it.span.range().start, Encoding::Utf32);
            let (line, column) = (at.line + 1, at.column + 1);
            ProblemData {
                spec: None,
                message: format!("{}:{line}:{column}: {} [{}]", forge::FILE, it.message, it.rule),
                hint: "correct it; what has an error is not taken into force".to_owned(),
            }
        });
        data.collect()
    }

    /// What the new text declares otherwise than what is in force, for the council.
    pub(super) fn resource_change(
        &self,
        cx: &CommandCx<'_>,
    ) -> Result<Option<gate::Change>, CommandError> {
        let after = self.resources.as_deref().unwrap_or_default();
        Ok(gate::of_resources(&text_in_force(cx)?, after))
    }

    /// Resources that are not in force as the new text declares them, and those in force that it
    /// does not declare.
    pub(super) fn changed_resources(
        &self,
        cx: &CommandCx<'_>,
    ) -> Result<(Vec<String>, Vec<String>), CommandError> {
        let declared = states::resources(&read(self.resources.as_deref().unwrap_or_default()));
        let mut gone = in_force(cx)?;
        let changed =
            declared.into_iter().filter(|(name, hash)| gone.remove(name).as_ref() != Some(hash));
        let changed = changed.map(|it| it.0).collect();
        Ok((changed, gone.into_keys().collect()))
    }
}

fn path_of(name: &str) -> String {
    format!("{}/{name}.yaml", migrations::FOLDER)
}

fn resources_text(cx: &CommandCx<'_>) -> Result<Option<String>, CommandError> {
    let path = store::below(store::root(cx)?, forge::FILE);
    if !cx.system.exists(&path) {
        return Ok(None);
    }
    let bytes = cx.system.read(&path, RESOURCES_BYTES_MAX).map_err(|error| {
        CommandError::user(format!("read `{path}`: {error}")).hint("check the permissions")
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| CommandError::user(format!("read `{path}`: it is not valid UTF-8")))?;
    Ok(Some(text))
}

/// The schema after one more migration spec.
pub(super) fn after(schema: &Schema, name: &str, text: &str) -> Schema {
    let (operations, _) = language::read_file(0, File { name, text });
    language::replay(schema, &operations).schema
}

/// The resources that the catalog holds to be in force, with the hash of what they were declared as.
pub(super) fn in_force(cx: &CommandCx<'_>) -> Result<BTreeMap<String, String>, CommandError> {
    Ok(applied(cx)?.into_iter().map(|(name, it)| (name, it.hash)).collect())
}

/// The same as a text; empty where nothing is in force.
pub(super) fn text_in_force(cx: &CommandCx<'_>) -> Result<String, CommandError> {
    let applied = applied(cx)?;
    let entries = applied.iter().filter_map(|(name, it)| Some((&**name, it.entry.as_deref()?)));
    Ok(states::text_of_entries(entries))
}

/// The same with what they were declared as.
pub(super) fn applied(
    cx: &CommandCx<'_>,
) -> Result<BTreeMap<String, ResourceRecord>, CommandError> {
    let catalog = store::open(cx.system, store::root(cx)?).map_err(|it| store::refused(&it))?;
    match catalog {
        Some(it) => it.resources().map_err(|it| store::failed(&it)),
        None => Ok(BTreeMap::new()),
    }
}

/// Every primitive that a spec requires: `tables/users`.
pub(super) fn primitives(detection: &Detection) -> Vec<String> {
    let tables = detection.tables.iter().filter(|it| it.is_required());
    let needs = detection.needs.iter().filter(|it| it.is_required());
    let tables = tables.map(|it| format!("tables/{}", it.name));
    tables.chain(needs.map(|it| format!("{}/{}", it.kind.word(), it.name))).collect()
}

/// Writes the files, runs `apply`, and takes the resources into force; the audit chain hears of it
/// before and after. When nothing of the new files was applied, they are as they were.
pub(super) fn carry_out<T>(
    cx: &CommandCx<'_>,
    target: &Target,
    files: &Files,
    apply: impl FnOnce() -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let changes = files.changes();
    for (path, _, _) in &changes {
        stays_inside(&files.root, path)?;
    }
    let mut catalog = store::acting(cx)?;
    let names: Vec<&str> = changes.iter().map(|it| it.0.as_str()).collect();
    let act =
        |detail: String| Act { name: "forge.provision".into(), subject: SUBJECT.into(), detail };
    if let Some(open) = catalog.open_act(SUBJECT).map_err(|it| store::failed(&it))? {
        let detail = format!("interrupted: {}", open.detail);
        catalog.conclude(&Act { detail, ..open }).map_err(|it| store::failed(&it))?;
    }
    let intent = if names.is_empty() { "no file".to_owned() } else { names.join(", ") };
    catalog.intend(&act(format!("write {intent}"))).map_err(|it| store::failed(&it))?;
    let done = write(cx, files, &changes).and_then(|()| {
        apply().inspect_err(|_| {
            if !is_begun(target, files) {
                restore(cx, files, &changes);
            }
        })
    });
    let outcome = match &done {
        Ok(_) => format!("wrote {intent}"),
        // The message may quote rows, and the chain is never changed.
        Err(_) => "failed".to_owned(),
    };
    let told = catalog.conclude(&act(outcome));
    let out = done?;
    told.map_err(|it| store::failed(&it))?;
    let declared = read(files.resources.as_deref().unwrap_or_default());
    let mut entries = states::entries(&declared);
    let record = |(name, hash): (String, String)| {
        let entry = entries.remove(&name);
        (name, ResourceRecord { hash, entry })
    };
    let records = states::resources(&declared).into_iter().map(record).collect();
    catalog.set_resources(&records).map_err(|it| store::failed(&it))?;
    Ok(out)
}

/// Refuses a file that links lead out of the workspace.
fn stays_inside(root: &AbsPath, path: &str) -> Result<(), CommandError> {
    let file = store::below(root, path);
    let mut known = file.as_path();
    while let Some(parent) = known.parent().filter(|_| !known.exists()) {
        known = parent;
    }
    let real = |it: &std::path::Path| std::fs::canonicalize(it);
    match (real(root.as_path()), real(known)) {
        (Ok(root), Ok(known)) if known.starts_with(&root) => Ok(()),
        _ => {
            Err(CommandError::user(format!("write `{file}`: it leads out of the workspace folder"))
                .hint("replace the link by a folder"))
        }
    }
}

fn write(
    cx: &CommandCx<'_>,
    files: &Files,
    changes: &[(String, Option<&str>, &str)],
) -> Result<(), CommandError> {
    for (path, _, text) in changes {
        let file = store::below(&files.root, path);
        let folder = RelPath::new(path).and_then(|it| it.parent());
        let made = folder.map_or(Ok(()), |it| cx.system.create_dir_all(&files.root.join(&it)));
        if let Err(error) = made.and_then(|()| cx.system.write_atomic(&file, text.as_bytes())) {
            restore(cx, files, changes);
            return Err(CommandError::user(format!("write `{file}`: {error}"))
                .hint("all files are as they were; check permissions and free space"));
        }
    }
    Ok(())
}

/// Whether the ledger knows one of the new migrations: its file must stay then.
fn is_begun(target: &Target, files: &Files) -> bool {
    let Ok(ledger) = target.ledger() else { return true };
    files.migrations.iter().any(|(name, _)| ledger.entries.iter().any(|it| it.name == *name))
}

/// Gives the files their old texts; what cannot be is told by the error that led here.
fn restore(cx: &CommandCx<'_>, files: &Files, changes: &[(String, Option<&str>, &str)]) {
    for (path, old, _) in changes {
        let file = store::below(&files.root, path);
        let done = match old {
            Some(old) => cx.system.write_atomic(&file, old.as_bytes()),
            None => std::fs::remove_file(file.as_path()),
        };
        if let Err(error) = done {
            tracing::warn!("give `{file}` its old text: {error}");
        }
    }
}

/// Writes what all specs of the workspace need where agents read it.
pub(super) fn write_required(cx: &CommandCx<'_>) -> Result<(), CommandError> {
    let asking = Asking::all(cx);
    let detections: Vec<&Detection> = asking.iter().map(|it| &it.detection).collect();
    let path = RelPath::new(required::FILE).expect("the name of our file is a path");
    let text = Required::of(&detections).text();
    store::write_private(cx.system, store::root(cx)?, &path, &text)
}

/// What is declared and applied, read from disk.
pub(crate) struct Now {
    pub(crate) specs: Vec<(String, String)>,
    pub(crate) schema: Schema,
    applied: Schema,
    pub(crate) declared: forge::Declared,
    pub(crate) resources: Option<String>,
    in_force: BTreeMap<String, String>,
}

impl Now {
    /// Reads files, ledger and catalog.
    pub(super) fn read(cx: &CommandCx<'_>) -> Result<Self, CommandError> {
        let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
        let ledger = target.ledger()?;
        let resources = resources_text(cx)?;
        Ok(Self::of(specs.texts(), &ledger, resources, in_force(cx)?))
    }

    fn of(
        specs: Vec<(String, String)>,
        ledger: &Ledger,
        resources: Option<String>,
        in_force: BTreeMap<String, String>,
    ) -> Self {
        let files: Vec<File<'_>> = specs.iter().map(|(name, text)| File { name, text }).collect();
        let operations = language::read(&files).operations;
        let schema = language::replay(&Schema::default(), &operations).schema;
        let is_applied = |name: &str| ledger.applied().iter().any(|it| it.name == name);
        let done: Vec<language::Operation> =
            operations.iter().filter(|it| is_applied(&it.migration)).cloned().collect();
        let applied = language::replay(&Schema::default(), &done).schema;
        let declared = read(resources.as_deref().unwrap_or_default());
        Self { specs, schema, applied, declared, resources, in_force }
    }

    pub(crate) fn backend(&self) -> Backend<'_> {
        Backend {
            schema: &self.schema,
            applied: &self.applied,
            declared: &self.declared,
            applied_resources: &self.in_force,
        }
    }
}

/// How far everything is that `views` ask for.
pub(super) fn states(
    cx: &CommandCx<'_>,
    views: &[Arc<SpecView>],
) -> Result<Vec<StateData>, CommandError> {
    let now = Now::read(cx)?;
    let all = views.iter().flat_map(|it| states::standings(&it.analysis.detection, now.backend()));
    let data = all.map(|it| StateData {
        primitive: it.primitive.to_string(),
        state: it.state.word(),
        why: it.why,
    });
    Ok(data.collect())
}

/// How far everything is that one spec asks for; for lenses.
///
/// # Errors
/// When files, ledger or catalog cannot be read.
pub fn standings(cx: &CommandCx<'_>, view: &SpecView) -> Result<Vec<Standing>, CommandError> {
    Ok(states::standings(&view.analysis.detection, Now::read(cx)?.backend()))
}

/// What was written from a spec that no longer asks for it; all specs of the workspace count.
pub(super) fn drift(cx: &CommandCx<'_>) -> Result<Vec<DriftData>, CommandError> {
    let now = Now::read(cx)?;
    let data = |(file, text, it): (String, &str, Unasked)| DriftData {
        primitive: it.primitive,
        file,
        line: LineIndex::new(text).line(it.span.range().start) + 1,
        asked_by: it.mark.to_string(),
    };
    Ok(unasked(cx, &now, &Asking::all(cx)).into_iter().map(data).collect())
}

/// What remains of a spec's view when all specs are looked at: a workspace may have thousands.
struct Asking {
    detection: Detection,
    /// Of its documents, as marks name them.
    paths: Vec<String>,
}

impl Asking {
    fn all(cx: &CommandCx<'_>) -> Vec<Self> {
        super::detect::scan(cx, &cx.snapshot.specs(), &Self::of).into_iter().flatten().collect()
    }

    fn of(view: &SpecView) -> Self {
        let paths = view.documents.iter().filter_map(|it| it.path.as_ref());
        let paths = paths.map(|it| it.as_str().replace(char::is_whitespace, "%20")).collect();
        Self { detection: view.analysis.detection.clone(), paths }
    }
}

/// The same with file and text.
fn unasked<'n>(
    cx: &CommandCx<'_>,
    now: &'n Now,
    asking: &[Asking],
) -> Vec<(String, &'n str, Unasked)> {
    let detections: Vec<&Detection> = asking.iter().map(|it| &it.detection).collect();
    let known: Vec<&String> = asking.iter().flat_map(|it| &it.paths).collect();
    let mut out = Vec::new();
    for (name, text) in &now.specs {
        let (operations, _) = language::read_file(0, File { name, text });
        let found = states::unasked_tables(text, &operations, &now.schema, &detections);
        out.extend(found.into_iter().map(|it| (path_of(name), text.as_str(), it)));
    }
    if let Some(text) = now.resources.as_deref().filter(|it| states::is_whole(it)) {
        let found = states::unasked_resources(text, &now.declared, &detections);
        out.extend(found.into_iter().map(|it| (forge::FILE.to_owned(), text, it)));
    }
    // A spec that was not read may ask for it still.
    out.retain(|it| known.contains(&&it.2.mark.path) || !is_there(cx, &it.2.mark.path));
    out
}

fn is_there(cx: &CommandCx<'_>, path: &str) -> bool {
    let path = RelPath::new(&path.replace("%20", " "));
    let root = cx.root.as_ref();
    path.zip(root).is_some_and(|(path, root)| cx.system.exists(&root.join(&path)))
}

/// What specs and declarations do not agree about, for every document of the workspace; empty lists
/// where they do, and all are while nothing is declared at all.
///
/// # Errors
/// When files, ledger or catalog cannot be read.
pub fn findings(cx: &CommandCx<'_>) -> Result<Vec<(DocumentKey, Vec<Diagnostic>)>, CommandError> {
    let now = Now::read(cx)?;
    if now.specs.is_empty() && now.resources.is_none() {
        let all = cx.snapshot.documents().into_iter();
        return Ok(all.map(|it| (it, Vec::new())).collect());
    }
    let specs = cx.snapshot.specs();
    let held = super::detect::scan(cx, &specs, &|view| {
        let standings = states::standings(&view.analysis.detection, now.backend());
        (by_document(view, &provision::findings(view, &standings)), Asking::of(view))
    });
    let (found, asking): (Vec<_>, Vec<Asking>) = held.into_iter().flatten().unzip();
    let mut out: Vec<_> = found.into_iter().flatten().collect();
    let unasked = unasked(cx, &now, &asking);
    let sets = cx.snapshot.migrations().into_iter().filter_map(|it| cx.snapshot.view(it));
    for view in sets {
        let found: Vec<Diagnostic> =
            unasked.iter().filter_map(|(file, _, it)| unasked_finding(&view, file, it)).collect();
        out.extend(by_document(&view, &found));
    }
    Ok(out)
}

fn by_document(view: &SpecView, found: &[Diagnostic]) -> Vec<(DocumentKey, Vec<Diagnostic>)> {
    let of = |id: DocumentId| found.iter().filter(|it| it.document == id).cloned().collect();
    let ids = (0u32..).map(DocumentId);
    ids.zip(&view.keys).map(|(id, key)| (key.clone(), of(id))).collect()
}

fn unasked_finding(view: &SpecView, file: &str, it: &Unasked) -> Option<Diagnostic> {
    let is_it = |document: &spec::Document| {
        document.path.as_ref().is_some_and(|path| path.as_str() == file)
            && it.span.range().end <= document.text.len()
    };
    let index = view.documents.iter().position(is_it)?;
    let rule = crate::rules::find("unasked-resource")?;
    let message = format!("no spec asks for `{}` any more; {} did", it.primitive, it.mark);
    Some(Diagnostic {
        rule: rule.name,
        severity: rule.severity,
        document: DocumentId(u32::try_from(index).ok()?),
        span: it.span,
        message,
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    })
}
