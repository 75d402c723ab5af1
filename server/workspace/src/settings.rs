//! Settings: one declaration, from which schema, reference page and editor settings are drawn.
//!
//! Three layers, later ones win key by key: the user's file, the workspace's `specwright.toml`, the
//! editor. A repository's own file may set what is marked [`Scope::Repository`] and nothing else,
//! so a cloned folder never chooses a binary, an endpoint, a command or a key. Broken settings are
//! [`Problem`]s; what can be read of them holds.

mod edit;
mod environments;
mod files;
mod models;
mod pages;
mod raw;
mod value;

pub use crate::settings::edit::silence_edit;
pub use crate::settings::environments::Environments;
pub use crate::settings::files::{FileRule, allowed_rules};
pub use crate::settings::models::{Dollars, ModelSetting};
pub use crate::settings::pages::{editor_properties, reference, schema, vscode_key};
pub use crate::settings::raw::Problem;
pub(crate) use text::suggest::nearest;

use crate::discover::{PatternError, Patterns};
use crate::rules::GROUPS;
use crate::settings::raw::Raw;
use crate::settings::value::SettingValue;
use model::Severity;
use spec::rules::Levels;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of the file at a workspace's root.
pub const FILE_NAME: &str = "specwright.toml";

/// Who may set a setting, besides the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A repository's own file too.
    Repository,
    /// Only the user's file and the editor.
    User,
    /// Only the user's file: editors read settings of a repository too.
    OwnFile,
}

/// A setting's declaration.
#[derive(Debug)]
pub struct Setting {
    /// Dotted path in the file, `inlay-hints.enable`.
    pub key: &'static str,
    /// Markdown; the first line is a sentence of its own.
    pub docs: &'static str,
    pub scope: Scope,
    schema: fn() -> serde_json::Value,
    default: fn() -> serde_json::Value,
}

/// Declares the settings: a field, its key, its type with default, and who may set it.
macro_rules! settings {
    ($($(#[doc = $doc:literal])* $field:ident: $ty:ty = $default:expr, $key:literal, $scope:ident;)*) => {
        /// All settings with their values in force.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            $($(#[doc = $doc])* pub $field: $ty,)*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        /// Every setting, in the order of the reference page.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            docs: concat!($($doc, "\n"),*),
            scope: Scope::$scope,
            schema: <$ty as SettingValue>::schema,
            default: || { let value: $ty = $default; value.to_json() },
        },)*];

        impl Settings {
            /// Takes the value at `key`, which is declared.
            fn set(&mut self, key: &str, raw: &Raw, problems: &mut Vec<Problem>) {
                match key {
                    $($key => SettingValue::layer(&mut self.$field, raw, problems),)*
                    _ => {}
                }
            }
        }
    };
}

settings! {
    /// Globs of further specs, in the syntax of `.gitignore`.
    ///
    /// They add to the standard places: `PRD.md` and its kin anywhere, `specs/`, `docs/**/prd*`,
    /// `.kiro/specs/`, `openspec/`, `.taskmaster/docs/`.
    specs_include: Vec<String> = Vec::new(), "specs.include", Repository;
    /// Globs of files that are not read as specs, though they lie in one of the places.
    specs_exclude: Vec<String> = Vec::new(), "specs.exclude", Repository;
    /// Levels of rules by name: `off`, `on`, or a severity (`hint`, `info`, `warning`, `error`).
    ///
    /// The name of a group (`backend`, `structure`, `ears`, `smell`; of migration specs `language`,
    /// `access`, `data`, `lock`, `shape`, `flow`) sets all of its rules; a rule's own line wins. What makes
    /// a migration spec unreadable stays an error.
    rules: BTreeMap<String, String> = BTreeMap::new(), "rules", Repository;
    /// Rules that are silent in some files.
    ///
    /// ```toml
    /// [[files]]
    /// paths = ["specs/legacy/**"]
    /// allow = ["unknown-table"]
    /// ```
    files: Vec<FileRule> = Vec::new(), "files", Repository;
    /// The least severity that makes `check` fail with exit code 1.
    check_fail_on: Severity = Severity::Hint, "check.fail-on", Repository;
    /// Whether a checkpoint is made before every act that changes the database or the files.
    checkpoint_automatic: bool = true, "checkpoint.automatic", User;
    /// Names of files such as `.env` that checkpoints hold though they may have secrets in them.
    ///
    /// Ignored files are never in a checkpoint, whatever is named here.
    checkpoint_include: Vec<String> = Vec::new(), "checkpoint.include", User;
    /// How much disk checkpoints may take, in MiB: above it the oldest that are not pinned go.
    checkpoint_quota_mib: u64 = 1_024, "checkpoint.quota-mib", User;
    /// Databases by name, and where the URL of each is: a variable, or an entry of the keyring.
    ///
    /// ```toml
    /// [environments]
    /// staging = "env:STAGING_DATABASE_URL"
    /// prod = "keyring:prod-database"       # service `specwright`, this account
    /// ```
    ///
    /// `promote --to prod` and `migrate status --url prod` use them. `dev` is the workspace's own
    /// database unless it is named here. The URL itself is never in a file. What your own file says
    /// of a name wins over the repository's.
    environments: Environments = Environments::default(), "environments", Repository;
    /// Whether the editor shows detected primitives and column types between the words.
    inlay_hints_enable: bool = true, "inlay-hints.enable", Repository;
    /// Whether the editor shows what was detected above headings and tables.
    code_lens_enable: bool = true, "code-lens.enable", Repository;
    /// Whether specs that are not open in the editor are checked too.
    diagnostics_closed_files: bool = true, "diagnostics.closed-files", Repository;
    /// Whether decisions and how they ended are kept in your state folder, and told again when the
    /// like comes up in any of your projects.
    memory_enable: bool = true, "memory.enable", User;
    /// Path of the `specwright` binary that the editor starts.
    ///
    /// Empty: the workspace's when it is trusted, then the bundled one, then the one on `PATH`.
    server_path: String = String::new(), "server.path", User;
    /// Models that review changes besides the deterministic reviewers; none by default.
    ///
    /// ```toml
    /// [[council.models]]
    /// name = "claude"                      # findings are from `council/claude/security`, …
    /// api = "anthropic"                    # or "openai", which most servers speak
    /// url = "https://api.anthropic.com"    # the base address; `http:` on this machine only
    /// model = "…"                          # as the provider calls it
    /// key = "env:ANTHROPIC_API_KEY"        # or "keyring:ACCOUNT"; left out for none
    /// lenses = ["security", "data", "compatibility"]
    /// dollars-per-million-in = 3           # of tokens, for the budget
    /// dollars-per-million-out = 15
    /// ```
    ///
    /// The key is read from the environment or from the keyring of the operating system, never from
    /// a file.
    council_models: Vec<ModelSetting> = Vec::new(), "council.models", OwnFile;
    /// How many tokens models may use in 24 hours, questions and answers together.
    council_tokens_per_day: u64 = 1_000_000, "council.tokens-per-day", OwnFile;
    /// How many dollars models may cost in 24 hours, by their prices in `council.models`; no limit
    /// when left out.
    council_dollars_per_day: Dollars = Dollars(None), "council.dollars-per-day", OwnFile;
    /// Where proofs are shared to with `proof share --hosted`; nowhere when empty.
    proof_hosted_url: String = String::new(), "proof.hosted-url", OwnFile;
    /// Where the key of that endpoint is: `env:NAME` or `keyring:ACCOUNT`; empty for none.
    proof_hosted_key: String = String::new(), "proof.hosted-key", OwnFile;
    /// The address of GitHub's API that gists are made at; empty for `https://api.github.com`.
    proof_github_url: String = String::new(), "proof.github-url", OwnFile;
    /// Where the token for gists is: `env:NAME` or `keyring:ACCOUNT`.
    ///
    /// Empty: the variables `GH_TOKEN` and `GITHUB_TOKEN`, then the keyring's entry `github`. It needs
    /// the scope `gist`.
    proof_github_key: String = String::new(), "proof.github-key", OwnFile;
    /// The tier; `open` allows everything, and nothing asks for another one.
    tier_name: String = crate::tier::DEFAULT.to_owned(), "tier.name", OwnFile;
    /// Where the key of a tier is: `env:NAME` or `keyring:ACCOUNT`. It is verified by nobody.
    tier_key: String = String::new(), "tier.key", OwnFile;
    /// File that the language server appends its log to; empty for none.
    server_log: String = String::new(), "server.log", User;
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    UserFile,
    WorkspaceFile,
    Editor,
}

/// The texts to read settings from; what is `None` sets nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    pub user: Option<&'a str>,
    pub workspace: Option<&'a str>,
    /// The editor's object for the section `specwright`; keys in camel or kebab case.
    pub editor: Option<&'a serde_json::Value>,
}

impl Settings {
    /// Reads all layers; problems of the workspace's file carry their place in it.
    #[must_use]
    pub fn read(sources: Sources<'_>) -> (Self, Vec<Problem>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        let mut take = |layer, raw: Result<Raw, Problem>| {
            let from = problems.len();
            match raw {
                Ok(raw) => settings.take("", &raw, layer, &mut problems),
                Err(problem) => problems.push(problem),
            }
            problems[from..].iter_mut().for_each(|it| it.layer = layer);
        };
        if let Some(text) = sources.user {
            take(Layer::UserFile, raw::from_toml(text));
        }
        if let Some(text) = sources.workspace {
            take(Layer::WorkspaceFile, raw::from_toml(text));
        }
        if let Some(value) = sources.editor {
            take(Layer::Editor, Ok(raw::from_json(value)));
        }
        settings.check_rules(&mut problems);
        settings.check_globs(&mut problems);
        (settings, problems)
    }

    fn take(&mut self, prefix: &str, raw: &Raw, layer: Layer, problems: &mut Vec<Problem>) {
        let raw::RawKind::Table(entries) = &raw.kind else {
            problems.push(Problem::error(raw.span, "settings are a table".to_owned()));
            return;
        };
        for (name, value) in entries {
            let key = if prefix.is_empty() {
                name.text.clone()
            } else {
                format!("{prefix}.{}", name.text)
            };
            if let Some(setting) = SETTINGS.iter().find(|it| it.key == key) {
                match refusal(setting, layer) {
                    Some((who, help)) => {
                        let message = format!("`{key}` cannot be set by {who}");
                        problems.push(Problem::error(name.span, message).help(help.to_owned()));
                    }
                    None => self.set(&key, value, problems),
                }
            } else if SETTINGS.iter().any(|it| it.key.starts_with(&format!("{key}."))) {
                self.take(&key, value, layer, problems);
            } else if layer != Layer::Editor || prefix.is_empty() || !is_foreign(&key) {
                problems.push(unknown_key(&key, name.span));
            }
        }
    }

    /// Names in `rules` and `files` that no rule or group has.
    fn check_rules(&self, problems: &mut Vec<Problem>) {
        let allowed = self.files.iter().flat_map(|it| &it.allow);
        for name in self.rules.keys().chain(allowed) {
            let rule = crate::rules::find(name);
            if rule.is_some_and(|it| !it.is_settable()) {
                let message = format!("the level of `{name}` cannot be set");
                let help = "a migration spec is not applied while the language refuses it";
                problems.push(Problem::warning(None, message).help(help.to_owned()));
            } else if rule.is_none() && !GROUPS.contains(&name.as_str()) {
                let rules = crate::rules::all().iter().map(|it| it.name);
                let near = nearest(name, rules.chain(GROUPS));
                let problem = Problem::warning(None, format!("there is no rule `{name}`"));
                problems.push(match near {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None => problem.help("`docs/rules` lists all rules".to_owned()),
                });
            }
        }
    }

    fn check_globs(&self, problems: &mut Vec<Problem>) {
        let mut globs: Vec<&Vec<String>> = vec![&self.specs_include, &self.specs_exclude];
        globs.extend(self.files.iter().map(|it| &it.paths));
        for error in globs.into_iter().filter_map(|it| crate::discover::matcher(it).err()) {
            let problem = Problem::error(None, format!("`{}` is no glob", error.glob));
            problems.push(problem.help(format!("correct it: {}", error.source)));
        }
    }

    /// Adds levels that hold on this machine only, over those of the files.
    pub(crate) fn add_own_rules(&mut self, rules: Vec<catalog::RuleSetting>) {
        for it in rules {
            match it.path {
                None => drop(self.rules.insert(it.rule, it.level)),
                Some(path) if it.level == "off" => {
                    let paths = vec![format!("/{path}")];
                    self.files.push(FileRule { paths, allow: vec![it.rule] });
                }
                Some(_) => {}
            }
        }
    }

    /// The levels in the form that the analysis takes: groups spread over their rules.
    #[must_use]
    pub fn levels(&self) -> Arc<Levels> {
        let mut levels = Levels::default();
        for rule in crate::rules::all() {
            let named = self.rules.get(rule.name).or_else(|| self.rules.get(rule.group));
            if let Some(level) = named.and_then(|it| value::level(it)) {
                levels.by_name.insert(rule.name.to_owned(), level);
            }
        }
        Arc::new(levels)
    }

    /// # Errors
    /// Names the glob that cannot be read.
    pub fn patterns(&self) -> Result<Patterns, PatternError> {
        Patterns::new(&self.specs_include, &self.specs_exclude)
    }
}

/// The word that names a group in settings and on the reference pages.
#[must_use]
pub fn group_word(group: spec::rules::Group) -> &'static str {
    use spec::rules::Group;
    match group {
        Group::Backend => "backend",
        Group::Structure => "structure",
        Group::Ears => "ears",
        Group::Smell => "smell",
    }
}

/// Who may not set it, and where it is set instead.
fn refusal(setting: &Setting, layer: Layer) -> Option<(&'static str, &'static str)> {
    match (setting.scope, layer) {
        (Scope::User, Layer::WorkspaceFile) => {
            Some(("a repository", "set it in your own settings file or in the editor"))
        }
        (Scope::OwnFile, Layer::WorkspaceFile) => {
            Some(("a repository", "set it in your own settings file"))
        }
        (Scope::OwnFile, Layer::Editor) => Some((
            "an editor, which may have it of a repository",
            "set it in your own settings file",
        )),
        _ => None,
    }
}

/// Settings that editor extensions keep in the same section for themselves.
fn is_foreign(key: &str) -> bool {
    key.starts_with("trace")
}

fn unknown_key(key: &str, span: Option<model::Span>) -> Problem {
    let problem = Problem::warning(span, format!("there is no setting `{key}`"));
    match nearest(key, SETTINGS.iter().map(|it| it.key)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`docs/settings.md` lists all settings".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(workspace: &str, expect: Expect) {
        let sources = Sources { workspace: Some(workspace), ..Sources::default() };
        let (_, problems) = Settings::read(sources);
        let mut out = String::new();
        for it in problems {
            let place = it.span.map_or("?", |span| &workspace[span.range()]);
            let help = it.help.unwrap_or_default();
            out += &format!("{} at `{place}`: {} ({help})\n", it.severity.word(), it.message);
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn an_unknown_key_is_told_with_its_neighbour() {
        check(
            "[specs]\ninclud = []\n[ruels]\n",
            expect![[r#"
                warning at `includ`: there is no setting `specs.includ` (did you mean `specs.include`?)
                warning at `ruels`: there is no setting `ruels` (did you mean `rules`?)
            "#]],
        );
    }

    #[test]
    fn a_repository_does_not_choose_the_binary() {
        check(
            "[server]\npath = \"./evil\"\n",
            expect![[r#"
                error at `path`: `server.path` cannot be set by a repository (set it in your own settings file or in the editor)
            "#]],
        );
        let sources = Sources { workspace: Some("server.path = './evil'"), ..Sources::default() };
        assert_eq!(Settings::read(sources).0.server_path, "");
    }

    #[test]
    fn an_environment_names_the_place_of_its_url_and_never_the_url() {
        check(
            "[environments]\nprod = 'postgres://u:secret@host/db'\n'a b' = 'env:X'\nstaging = 'env:STAGING'\n",
            expect![[r#"
                error at `'postgres://u:secret@host/db'`: the URL of `prod` is neither in the environment nor in the keyring (write `env:NAME` or `keyring:ACCOUNT`, never the URL itself)
                error at `'a b'`: `a b` is no name of an environment (use letters, digits, `-` and `_`)
            "#]],
        );
        let settings = Settings::read(Sources {
            user: Some("environments.prod = 'keyring:mine'"),
            workspace: Some("[environments]\nprod = 'env:OTHER'\nstaging = 'env:S'"),
            editor: None,
        });
        let found = settings.0.environments.0;
        assert_eq!(found["prod"].shown(), "[key: keyring entry mine]");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn wrong_types_and_levels_are_told() {
        check(
            "[specs]\ninclude = \"a\"\n[rules]\nsmell = \"loud\"\nnope = \"off\"\n",
            expect![[r#"
                error at `"a"`: expected a list of strings (write `["…"]`)
                error at `"loud"`: `loud` is no level (use off, on, hint, info, warning or error)
                warning at `?`: there is no rule `nope` (`docs/rules` lists all rules)
            "#]],
        );
    }

    #[test]
    fn broken_toml_is_told_at_its_place() {
        check(
            "[specs\ninclude = []\n",
            expect![[r#"
                error at ``: unclosed table, expected `]` (correct the TOML)
            "#]],
        );
    }

    #[test]
    fn the_editor_wins_over_the_workspace_and_that_over_the_user() {
        let editor = serde_json::json!({ "inlayHints": { "enable": true } });
        let (settings, problems) = Settings::read(Sources {
            user: Some("inlay-hints.enable = false\ncode-lens.enable = false\n"),
            workspace: Some("inlay-hints.enable = false\nspecs.include = ['a/**']\n"),
            editor: Some(&editor),
        });
        assert_eq!(problems, vec![]);
        assert!(settings.inlay_hints_enable && !settings.code_lens_enable);
        assert_eq!(settings.specs_include, ["a/**"]);
    }

    #[test]
    fn a_group_sets_its_rules_and_a_rules_own_line_wins() {
        let text = "[rules]\nbackend = 'off'\nsign-in-without-method = 'error'\n";
        let sources = Sources { workspace: Some(text), ..Sources::default() };
        let levels = Settings::read(sources).0.levels();
        let level = levels.by_name.get("sign-in-without-method");
        assert_eq!(level, Some(&spec::rules::Level::At(Severity::Error)));
    }
}
