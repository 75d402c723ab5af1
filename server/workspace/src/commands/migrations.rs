//! What the commands of the service `migrate` share: the specs, the database they are for, and how
//! a run is recorded.

use super::{CommandCx, CommandError, ErrorKind, resolve, store};
use catalog::Act;
use migrate::language::File;
use migrate::run::{self, DescribeError, Described, Event, Ledger, Options, RunError, SpecRef};
use model::{AbsPath, Diagnostic, Severity};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;
use text::line_index::{Encoding, LineIndex};

/// Where migration specs lie, below the workspace folder.
pub(super) const FOLDER: &str = "forge/migrations";
/// The largest spec that is read: 4 MiB.
const SPEC_BYTES_MAX: u64 = 4 << 20;

/// Something that is wrong with specs or ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProblemData {
    /// The spec, by its name without ending; left out for the ledger itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    pub message: String,
    pub hint: String,
}

/// The migration specs of a workspace as text.
pub(super) struct Specs {
    /// Name, path, text; in order.
    files: Vec<(String, AbsPath, String)>,
}

impl Specs {
    /// Reads all specs from disk.
    pub(super) fn read(cx: &CommandCx<'_>) -> Result<Self, CommandError> {
        let folder = store::below(store::root(cx)?, FOLDER);
        let mut files = Vec::new();
        let entries = match std::fs::read_dir(folder.as_path()) {
            Ok(it) => it,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { files });
            }
            Err(error) => return Err(unreadable(&folder, &error)),
        };
        for entry in entries {
            let path = entry.map_err(|it| unreadable(&folder, &it))?.path();
            let is_spec = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
            let (Some(name), Some(path)) = (path.file_stem(), AbsPath::new(&path)) else {
                continue;
            };
            if is_spec {
                let bytes =
                    cx.system.read(&path, SPEC_BYTES_MAX).map_err(|it| unreadable(&path, &it))?;
                let text = String::from_utf8(bytes).map_err(|_| {
                    CommandError::user(format!("read `{path}`: it is not valid UTF-8"))
                        .hint("save it as UTF-8")
                })?;
                files.push((name.to_string_lossy().into_owned(), path, text));
            }
        }
        files.sort();
        if let Some(pair) = files.windows(2).find(|it| it[0].0 == it[1].0) {
            let message = format!("read `{}` and `{}`: they have one name", pair[0].1, pair[1].1);
            return Err(CommandError::user(message).hint("keep one of them"));
        }
        Ok(Self { files })
    }

    /// No specs: for what the ledger alone decides.
    pub(super) fn none() -> Self {
        Self { files: Vec::new() }
    }

    /// With one more spec, behind the others.
    pub(super) fn with(mut self, name: String, path: AbsPath, text: String) -> Self {
        self.files.push((name, path, text));
        self
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.files.iter().map(|it| it.0.clone()).collect()
    }

    /// Names and texts, in order.
    pub(super) fn texts(self) -> Vec<(String, String)> {
        self.files.into_iter().map(|(name, _, text)| (name, text)).collect()
    }

    pub(super) fn files(&self) -> Vec<File<'_>> {
        self.files.iter().map(|(name, _, text)| File { name, text }).collect()
    }

    /// Each with its path, in order.
    pub(super) fn paths(&self) -> Vec<(AbsPath, String)> {
        self.files.iter().map(|(_, path, text)| (path.clone(), text.clone())).collect()
    }

    /// Paths below the workspace folder, and texts.
    pub(super) fn placed(&self) -> impl Iterator<Item = (String, &str)> {
        self.files.iter().map(|(_, path, text)| {
            let name = path.as_path().file_name().unwrap_or_default().to_string_lossy();
            (format!("{FOLDER}/{name}"), text.as_str())
        })
    }

    /// Reads and plans those that are not applied.
    pub(super) fn describe(&self, ledger: &Ledger) -> Result<Described, CommandError> {
        let applied = ledger.applied();
        let is_wanted = |name: &str| !applied.iter().any(|it| it.name == name);
        run::describe(&self.files(), &is_wanted).map_err(|it| self.refused(&it))
    }

    /// Names and hashes, without reading what the specs say.
    pub(super) fn hashes(&self) -> Vec<(String, String)> {
        self.files.iter().map(|(name, _, text)| (name.clone(), run::hash_of_spec(text))).collect()
    }

    fn refused(&self, error: &DescribeError) -> CommandError {
        match error {
            DescribeError::Findings(all) => {
                let mut message = "read the migration specs".to_owned();
                for it in all.iter().filter(|it| it.severity == Severity::Error) {
                    let _ = write!(message, "\n  {}", self.finding(it));
                }
                CommandError::user(message).hint("correct them; nothing was changed")
            }
            other => CommandError::user(crate::error_chain(other))
                .hint("nothing was changed; say the change in smaller steps"),
        }
    }

    /// `forge/migrations/0001_users.yaml:3:5: there is no table …`
    fn finding(&self, it: &Diagnostic) -> String {
        let Some((_, path, text)) = self.files.get(it.document.0 as usize) else {
            return it.message.clone();
        };
        let at = LineIndex::new(text).position(it.span.start as usize, Encoding::Utf32);
        let name = path.as_path().file_name().unwrap_or_default().to_string_lossy();
        let (line, column) = (at.line + 1, at.column + 1);
        format!("{FOLDER}/{name}:{line}:{column}: {} [{}]", it.message, it.rule)
    }
}

fn unreadable(path: &AbsPath, error: &std::io::Error) -> CommandError {
    CommandError::user(format!("read `{path}`: {error}")).hint("check the permissions")
}

/// The database that migrations are run on, and the folder of its backups.
pub(super) struct Target {
    pub(super) database: AbsPath,
    pub(super) backups: AbsPath,
}

impl Target {
    /// The workspace's own database, or the SQLite file that `url` names.
    pub(super) fn new(cx: &CommandCx<'_>, url: Option<&str>) -> Result<Self, CommandError> {
        let root = store::root(cx)?;
        let backups = store::below(root, &format!("{}/backups", store::FOLDER));
        let database = match url {
            None => store::below(root, &format!("{}/dev.db", store::FOLDER)),
            Some(url) if url.starts_with("postgres") => {
                let error = CommandError::user(format!("use `{}` as a SQLite file", shown(url)));
                return Err(error.hint("name a file here; PostgreSQL has a URL of its own"));
            }
            Some(url) => {
                let path = url.strip_prefix("sqlite:").unwrap_or(url);
                resolve(&cx.cwd, path.strip_prefix("//").unwrap_or(path))?
            }
        };
        Ok(Self { database, backups })
    }

    pub(super) fn ledger(&self) -> Result<Ledger, CommandError> {
        run::ledger(self.database.as_path()).map_err(|it| failure(&it))
    }

    pub(super) fn with_options<T>(
        &self,
        cx: &CommandCx<'_>,
        act: impl FnOnce(&Options<'_>) -> T,
    ) -> T {
        act(&Options {
            system: cx.system,
            backups: self.backups.as_path(),
            tool_version: env!("CARGO_PKG_VERSION"),
            data_ms_max: Options::DATA_MS,
            busy_ms: Options::BUSY_MS,
            hear: &|it: Event<'_>| tracing::debug!(?it, "run"),
        })
    }

    /// The database's name in the catalog: below the workspace folder where it lies there.
    pub(super) fn subject(&self, cx: &CommandCx<'_>) -> String {
        let below = cx.root.as_ref().and_then(|it| self.database.relative_to(it));
        below.map_or_else(|| self.database.to_string(), |it| it.as_str().to_owned())
    }
}

/// A URL without its password and its parameters, which may hold one too.
pub(super) fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

pub(super) fn problems(found: &[run::Problem]) -> Vec<ProblemData> {
    let data = |it: &run::Problem| ProblemData {
        spec: it.spec().map(str::to_owned),
        message: it.to_string(),
        hint: it.hint(),
    };
    found.iter().map(data).collect()
}

pub(super) fn refs(specs: &[(String, String)]) -> Vec<SpecRef<'_>> {
    specs.iter().map(|(name, hash)| SpecRef { name, hash }).collect()
}

pub(super) fn failure(error: &RunError) -> CommandError {
    let kind = if error.is_busy() { ErrorKind::Busy } else { ErrorKind::User };
    CommandError::new(kind, crate::error_chain(error)).hint(error.hint())
}

/// Records an act in the catalog before it starts and when it has ended. An act that a crash kept
/// from telling its end is concluded first, with what the ledger says now.
pub(super) fn recorded<T>(
    cx: &CommandCx<'_>,
    target: &Target,
    (name, intent): (&str, String),
    act: impl FnOnce() -> Result<(T, String), RunError>,
) -> Result<T, CommandError> {
    let mut catalog = store::acting(cx)?;
    let subject = target.subject(cx);
    reconcile(&mut catalog, &subject, || target.ledger())?;
    between(&mut catalog, Act { name: name.to_owned(), subject, detail: intent }, |_| act())
}

/// Writes the intent that `record` tells, runs `act`, which may tell more, and writes the outcome.
pub(super) fn between<T>(
    catalog: &mut catalog::Catalog,
    mut record: Act,
    act: impl FnOnce(&mut catalog::Catalog) -> Result<(T, String), RunError>,
) -> Result<T, CommandError> {
    catalog.intend(&record).map_err(|it| store::failed(&it))?;
    let done = act(catalog);
    record.detail = match &done {
        Ok((_, outcome)) => outcome.clone(),
        // The message may quote rows, and the chain is never changed.
        Err(error) => format!("failed: {}", error.kind()),
    };
    // What was done is done: an outcome that cannot be written is told by the next run.
    let told = catalog.conclude(&record);
    let (out, _) = done.map_err(|it| failure(&it))?;
    told.map_err(|it| store::failed(&it))?;
    Ok(out)
}

/// Tells the end of an act that could not tell it itself.
pub(super) fn reconcile(
    catalog: &mut catalog::Catalog,
    subject: &str,
    ledger: impl FnOnce() -> Result<Ledger, CommandError>,
) -> Result<bool, CommandError> {
    let open = catalog.open_act(subject).map_err(|it| store::failed(&it))?;
    let Some(mut open) = open else { return Ok(false) };
    let ledger = ledger()?;
    let applied: Vec<&str> = ledger.applied().iter().map(|it| it.name.as_str()).collect();
    open.detail = match ledger.running() {
        Some(it) => {
            format!("interrupted: `{}` after step {} of {}", it.name, it.steps_done, it.n_steps)
        }
        None => format!("interrupted at a step boundary; applied: {}", applied.join(", ")),
    };
    catalog.conclude(&open).map_err(|it| store::failed(&it))?;
    Ok(true)
}
