//! From arguments to a command's output on the screen.

use crate::screen::{Progress, Screen};
use crate::{
    args, audit, check, checkpoint, council, detect, forge, migrate, pages, plain, proof, schema,
    verdicts,
};
use annotate_snippets::{AnnotationKind, Group, Level, Snippet};
use clap::ArgMatches;
use model::{AbsPath, Severity};
use serde_json::{Map, Value};
use std::io::Read as _;
use std::sync::Arc;
use system::{OsSystem, System};
use workspace::commands::{
    Command, CommandCx, CommandError, ErrorKind, FileEdit, Gate, Loaded, are_fatal, load,
    load_settings,
};

pub(crate) const CLEAN: u8 = 0;
pub(crate) const FINDINGS: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const INTERNAL: u8 = 3;

/// The exit code of each kind of error.
pub(crate) fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::User | ErrorKind::Config => USAGE,
        ErrorKind::Busy | ErrorKind::Internal => INTERNAL,
    }
}

/// Runs what the arguments choose and gives the exit code.
pub(crate) fn run(matches: &ArgMatches, screen: &mut Screen) -> Result<u8, CommandError> {
    if let Some((name, arguments)) = matches.subcommand() {
        match name {
            "lsp" => {
                let arguments =
                    <crate::lsp::Args as clap::FromArgMatches>::from_arg_matches(arguments)
                        .unwrap_or_else(|error| error.exit());
                let ran = crate::lsp::run(arguments);
                return ran.map_err(|it| CommandError::new(ErrorKind::User, format!("{it:#}")));
            }
            "completions" => return pages::run_completions(arguments, screen),
            "man" => return pages::run_man(screen),
            "docs" => return pages::run_docs(arguments, screen),
            _ => {}
        }
    }
    let (command, arguments) =
        args::chosen(matches).expect("clap lets only known commands through");
    let mut call = Call::new(command, arguments)?;
    call.run(screen)
}

/// A command with its input, and the workspace it runs on.
pub(crate) struct Call<'a> {
    pub(crate) command: &'static Command,
    pub(crate) arguments: &'a ArgMatches,
    pub(crate) input: Map<String, Value>,
    pub(crate) system: Arc<dyn System>,
    pub(crate) cwd: AbsPath,
    pub(crate) loaded: Loaded,
    progress: Progress,
}

impl<'a> Call<'a> {
    fn new(command: &'static Command, arguments: &'a ArgMatches) -> Result<Self, CommandError> {
        let system: Arc<dyn System> = Arc::new(OsSystem::default());
        let internal = |what: &str| CommandError::new(ErrorKind::Internal, what.to_owned());
        let cwd = std::env::current_dir().ok().and_then(|it| AbsPath::new(&it));
        let cwd = cwd.ok_or_else(|| internal("find the current folder"))?;
        let mut input = args::input(command, arguments);
        let stdin = stdin_text(arguments)?;
        if let Some((name, _)) = &stdin {
            input.insert("paths".to_owned(), serde_json::json!([name]));
        }
        let paths: Vec<String> = match input.get("paths") {
            Some(paths) => serde_json::from_value(paths.clone()).unwrap_or_default(),
            None => Vec::new(),
        };
        // What a rollback brings back may be gone now, and neither needs a spec.
        let loaded = match command.service() {
            "checkpoint" | "rollback" => load_settings(&system, &cwd),
            _ => load(&system, &cwd, &paths, stdin.map(|(_, text)| text))?,
        };
        Ok(Self { command, arguments, input, system, cwd, loaded, progress: Progress::new() })
    }

    fn run(&mut self, screen: &mut Screen) -> Result<u8, CommandError> {
        self.show_problems(screen);
        let is_doctor = self.command.name == "workspace.doctor";
        if are_fatal(&self.loaded.problems) && !is_doctor {
            return Err(CommandError::new(ErrorKind::Config, "read the settings")
                .hint("correct what is marked above; `specwright doctor` checks again"));
        }
        for it in self.loaded.found.iter().flat_map(|it| &it.skipped) {
            screen.note(&format!("note: `{}` {}; it is left out", it.path, it.reason));
        }
        match self.command.name {
            "spec.check" => check::run(self, screen),
            "spec.detect" => detect::run(self, screen),
            "council.review" => council::review(self, screen),
            "schema.plan" => schema::plan(self, screen),
            "schema.apply" => schema::apply(self, screen),
            "schema.format" => schema::format_specs(self, screen),
            "schema.import" => schema::import(self, screen),
            "forge.provision" => forge::run(self, screen),
            "council.findings" => verdicts::run(self, screen),
            "migrate.purge" => self.plain(screen),
            "schema.promote" => migrate::run(self, screen),
            _ if self.command.service() == "audit" => audit::run(self, screen),
            _ if matches!(self.command.service(), "checkpoint" | "rollback") => {
                checkpoint::run(self, screen)
            }
            _ if self.command.service() == "proof" => proof::run(self, screen),
            _ if self.command.service() == "migrate" => migrate::run(self, screen),
            _ => self.plain(screen),
        }
    }

    /// Edits are made, and other outputs shown in words.
    fn plain(&self, screen: &mut Screen) -> Result<u8, CommandError> {
        let output = self.output()?;
        if args::has_edits(self.command) {
            if let Some(note) = output["note"].as_str() {
                screen.note(note);
                return Ok(CLEAN);
            }
            let edits = self.typed(&output["edits"]);
            return self.apply(&edits, screen);
        }
        if self.arguments.get_flag("json") {
            screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
        } else {
            plain::show(self.command, &output, screen);
        }
        if self.command.gate == Gate::Human && output["done"] == Value::Bool(false) {
            screen.note("nothing was changed; run it again with --yes to do this");
            return Ok(USAGE);
        }
        Ok(if output["ok"] == Value::Bool(false) { FINDINGS } else { CLEAN })
    }

    pub(crate) fn output(&self) -> Result<Value, CommandError> {
        self.with_cx(|cx| self.command.run(cx, Value::Object(self.input.clone())))
    }

    pub(crate) fn with_cx<T>(&self, act: impl FnOnce(&CommandCx<'_>) -> T) -> T {
        let progress = |n_done, n_all| self.progress.hear(n_done, n_all);
        act(&CommandCx {
            system: &*self.system,
            cwd: self.cwd.clone(),
            root: Some(self.loaded.root.clone()),
            settings: Arc::clone(&self.loaded.settings),
            snapshot: self.loaded.workspace.snapshot(),
            client: "command line".to_owned(),
            problems: self.loaded.problems.iter().map(|(_, _, it)| it.message.clone()).collect(),
            progress: &progress,
        })
    }

    pub(crate) fn input_as<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_value(Value::Object(self.input.clone()))
            .expect("arguments are drawn from the input's schema")
    }

    fn typed(&self, edits: &Value) -> Vec<FileEdit> {
        serde_json::from_value(edits.clone()).expect("the schema says that these are edits")
    }

    /// Writes edits, or shows them for `--diff`.
    pub(crate) fn apply(
        &self,
        edits: &[FileEdit],
        screen: &mut Screen,
    ) -> Result<u8, CommandError> {
        if self.arguments.get_flag("diff") {
            self.show_diff(edits, screen);
            return Ok(CLEAN);
        }
        workspace::commands::write_edits(&*self.system, edits)?;
        for edit in edits {
            screen.note(&format!("changed `{}`", self.short(&edit.path)));
        }
        if edits.is_empty() {
            screen.note("nothing to change");
        }
        Ok(CLEAN)
    }

    pub(crate) fn show_diff(&self, edits: &[FileEdit], screen: &mut Screen) {
        for edit in edits {
            let old = self.text(&edit.path).unwrap_or_default();
            let new = workspace::commands::apply_patches(&old, &edit.edits);
            let name = self.short(&edit.path);
            let diff = similar::TextDiff::from_lines(&*old, new.as_str());
            let diff =
                diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
            screen.text(&diff);
        }
    }

    /// The text of a file that an output names: what an editor would show, else what is on disk.
    pub(crate) fn text(&self, file: &str) -> Option<Arc<str>> {
        let path = workspace::commands::resolve(&self.cwd, file).ok()?;
        let key = workspace::DocumentKey::File(path.clone());
        if let Some(text) = self.loaded.workspace.snapshot().open_text(&key) {
            return Some(text);
        }
        workspace::discover::read_text(&*self.system, &path).ok().map(|it| it.text)
    }

    /// Whether the file starts with a byte order mark, which its text lacks.
    pub(crate) fn has_mark(&self, file: &str) -> bool {
        let path = workspace::commands::resolve(&self.cwd, file).ok();
        let text = path.and_then(|it| workspace::discover::read_text(&*self.system, &it).ok());
        text.is_some_and(|it| it.has_mark)
    }

    /// The files were changed: what was read of them no longer holds.
    pub(crate) fn reread(&mut self, edits: &[FileEdit]) {
        for path in edits.iter().filter_map(|it| AbsPath::new(std::path::Path::new(&it.path))) {
            self.loaded.workspace.file_changed(&path);
        }
    }

    fn short(&self, path: &str) -> String {
        let path_below = AbsPath::new(std::path::Path::new(path))
            .and_then(|it| it.relative_to(&self.cwd))
            .map(|it| it.as_str().to_owned());
        path_below.unwrap_or_else(|| path.to_owned())
    }

    fn show_problems(&self, screen: &Screen) {
        for (path, text, problem) in &self.loaded.problems {
            let level = match problem.severity {
                Severity::Error => Level::ERROR,
                _ => Level::WARNING,
            };
            let path = self.short(&path.to_string());
            let mut group = Group::with_title(level.primary_title(problem.message.as_str()));
            match problem.span {
                Some(span) => {
                    let mark = AnnotationKind::Primary.span(span.range());
                    group = group.element(Snippet::source(&**text).path(path).annotation(mark));
                }
                None => group = group.element(Level::NOTE.message(format!("in `{path}`"))),
            }
            if let Some(help) = &problem.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            screen.note(&screen.renderer_stderr().render(&[group]));
        }
    }
}

/// Standard input and the name it stands for, with `--stdin-filename`.
fn stdin_text(arguments: &ArgMatches) -> Result<Option<(String, Arc<str>)>, CommandError> {
    let name = arguments.try_get_one::<String>("stdin_filename").ok().flatten();
    let Some(name) = name else { return Ok(None) };
    let mut bytes = Vec::new();
    let limit = workspace::discover::BYTES_MAX + 1;
    std::io::stdin().take(limit).read_to_end(&mut bytes).map_err(|error| {
        CommandError::new(ErrorKind::User, format!("read standard input: {error}"))
    })?;
    if bytes.len() as u64 == limit {
        let error =
            CommandError::new(ErrorKind::User, "read standard input: it is larger than 16 MiB");
        return Err(error.hint("split the text"));
    }
    Ok(Some((name.clone(), workspace::discover::decode(bytes).text)))
}
