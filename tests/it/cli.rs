//! The real binary on the command line: outputs, exit codes, and what it leaves behind.

use expect_test::{Expect, expect};
use migrate::postgres::server::Server;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use workspace::commands::COMMANDS;

/// A folder with the files of one string, whose `//- path` lines start files.
pub(crate) struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new(files: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        // The settings of whoever runs the tests stay out.
        fs::create_dir(dir.path().join("home")).expect("a folder");
        fs::create_dir(dir.path().join("w")).expect("a folder");
        let folder = Self { dir };
        let mut path = None;
        for line in files.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix("//- ") {
                path = Some(name.trim().to_owned());
                folder.write(name.trim(), b"");
            } else if let Some(path) = &path {
                let old = folder.read(path);
                folder.write(path, format!("{old}{line}").as_bytes());
            }
        }
        folder
    }

    pub(crate) fn root(&self) -> std::path::PathBuf {
        fs::canonicalize(self.dir.path().join("w")).expect("it exists")
    }

    /// What belongs to the user and not to the workspace.
    pub(crate) fn state(&self) -> std::path::PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("it is text")
    }

    #[expect(clippy::disallowed_methods, reason = "a test starts the program")]
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(tests::binary::specwright());
        command.args(arguments).current_dir(self.root());
        command.env("HOME", self.dir.path().join("home")).env_remove("XDG_CONFIG_HOME");
        command.env("SPECWRIGHT_STATE_DIR", self.state()).env("USER", "alice");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("COLUMNS", "100");
        // Nor does git know who runs the tests.
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["GIT_AUTHOR", "GIT_COMMITTER"] {
            command.env_remove(format!("{who}_NAME")).env_remove(format!("{who}_EMAIL"));
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut ran = Ran::new(&self.command(arguments).output().expect("it starts"));
        ran.stderr = ran.stderr.replace(&*self.root().to_string_lossy(), "ROOT");
        ran
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("it is piped").write_all(stdin).expect("it is read");
        Ran::new(&child.wait_with_output().expect("it ends"))
    }

    /// What a command, given as one line, says for programs.
    pub(crate) fn json_of(&self, line: &str) -> serde_json::Value {
        let arguments: Vec<&str> = line.split_whitespace().chain(["--json"]).collect();
        self.run(&arguments).json()
    }

    /// The development database.
    pub(crate) fn dev(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.root().join(".specwright/dev.db")).expect("it opens")
    }

    /// Removes what there is of a database of SQLite, its log too.
    pub(crate) fn remove_database(&self, path: &str) {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.root().join(format!("{path}{end}")));
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test makes a work tree")]
    pub(crate) fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut command = Command::new("git");
        let status = command.args(identity).args(arguments).current_dir(self.root()).status();
        assert!(status.expect("git is there").success(), "git {arguments:?}");
    }
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().expect("it was not killed");
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    fn show(&self, expect: Expect) {
        let (code, stdout, stderr) = (self.code, &self.stdout, &self.stderr);
        expect.assert_eq(&format!("{stdout}-- {code}\n{stderr}"));
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

/// A spec with a finding that has a safe fix or not, from the page of a rule.
const BAD: &str = "//- PRD.md
# Shop

## Secrets

```env
NEXT_PUBLIC_STRIPE_SECRET_KEY=
```
";
const GOOD: &str = "//- PRD.md\n# Shop\n\nA page that says hello.\n";

#[test]
fn exit_codes_tell_clean_from_findings_from_wrong_usage() {
    assert_eq!(Folder::new(GOOD).run(&["check"]).code, 0);
    assert_eq!(Folder::new(BAD).run(&["check"]).code, 1);
    assert_eq!(Folder::new(GOOD).run(&["check", "--no-such"]).code, 2);
    assert_eq!(Folder::new(GOOD).run(&["check", "missing.md"]).code, 2);
    let broken = Folder::new("//- specwright.toml\n[specs\n//- PRD.md\n# A\n");
    assert_eq!(broken.run(&["check"]).code, 2);
}

#[test]
fn a_finding_is_shown_with_its_text_and_its_mend() {
    Folder::new(BAD).run(&["check"]).show(expect![[r#"
        warning[client-exposed-secret]: `NEXT_PUBLIC_` puts `STRIPE_SECRET_KEY` into the client, where everyone can read it
         --> PRD.md:6:1
          |
        6 | NEXT_PUBLIC_STRIPE_SECRET_KEY=
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
        help: Rename to `STRIPE_SECRET_KEY` and read it on the server
          |
        6 - NEXT_PUBLIC_STRIPE_SECRET_KEY=
        6 + STRIPE_SECRET_KEY=
          |

        -- 1
        1 warning in 1 spec
    "#]]);
}

#[test]
fn a_missing_file_and_a_wrong_setting_are_told_with_what_to_do() {
    Folder::new(GOOD).run(&["check", "PDR.md"]).show(expect![[r#"
        -- 2
        error: failed to read `ROOT/PDR.md`: there is no such file or folder
         |
         = help: check the spelling; paths start at the current folder
    "#]]);
    let folder =
        Folder::new("//- specwright.toml\n[rules]\nsmel = \"on\"\nears = 3\n//- PRD.md\n# A\n");
    folder.run(&["check"]).show(expect![[r#"
        -- 2
        error: expected a level
         --> specwright.toml:3:8
          |
        3 | ears = 3
          |        ^
          |
          = help: write `"off"`
        warning: there is no rule `smel`
         |
         = note: in `specwright.toml`
         = help: did you mean `smell`?
        error: failed to read the settings
         |
         = help: correct what is marked above; `specwright doctor` checks again
    "#]]);
}

#[test]
fn colours_are_for_terminals_and_no_color_holds() {
    let folder = Folder::new(BAD);
    assert!(!folder.run(&["check"]).stdout.contains('\x1b'), "a pipe is no terminal");
    assert!(folder.run(&["check", "--color", "always"]).stdout.contains('\x1b'));
    let output = folder.command(&["check"]).env("CLICOLOR_FORCE", "1").output().expect("it starts");
    assert!(Ran::new(&output).stdout.contains('\x1b'));
    let mut command = folder.command(&["check"]);
    let output = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output();
    assert!(!Ran::new(&output.expect("it starts")).stdout.contains('\x1b'));
}

#[test]
fn json_names_places_in_lines_columns_and_bytes() {
    let output = Folder::new(BAD).run(&["check", "--format", "json"]).json();
    let finding = &output["findings"][0];
    assert_eq!(finding["file"], "PRD.md");
    assert_eq!(finding["start"]["line"], 6);
    let start = finding["start"]["offset"].as_u64().expect("a number");
    assert_eq!(start, BAD.split_once('\n').expect("lines").1.find("NEXT").expect("there") as u64);
}

#[test]
fn sarif_has_what_code_hosts_need() {
    let log = Folder::new(BAD).run(&["check", "--format", "sarif"]).json();
    assert_eq!(log["version"], "2.1.0");
    let (driver, result) = (&log["runs"][0]["tool"]["driver"], &log["runs"][0]["results"][0]);
    let index = result["ruleIndex"].as_u64().expect("an index");
    let rule = &driver["rules"][usize::try_from(index).expect("small")];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["helpUri"].as_str().is_some_and(|it| it.starts_with("https://")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "PRD.md");
    assert_eq!(place["region"]["startLine"], 6);
    assert!(result["partialFingerprints"]["specwright/v1"].is_string());
    assert!(
        result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"].is_object()
    );
}

#[test]
fn github_reads_one_command_a_finding() {
    let ran = Folder::new(BAD).run(&["check", "--format", "github"]);
    assert!(
        ran.stdout.starts_with("::warning file=PRD.md,line=6,endLine=6,col="),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_baseline_keeps_known_findings_quiet_after_lines_moved() {
    let folder = Folder::new(BAD);
    assert_eq!(folder.run(&["check", "--baseline", "known.json"]).code, 2, "there is none yet");
    assert_eq!(folder.run(&["check", "--baseline", "known.json", "--write-baseline"]).code, 0);
    let text = folder.read("PRD.md").replace("# Shop\n", "# Shop\n\nMore words here.\n");
    folder.write("PRD.md", text.as_bytes());
    assert_eq!(folder.run(&["check", "--baseline", "known.json"]).code, 0);
    folder.write("PRD.md", format!("{text}\n```env\nVITE_STRIPE_SECRET_KEY=\n```\n").as_bytes());
    let ran = folder.run(&["check", "--baseline", "known.json", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["n_known"].as_u64()), (1, Some(1)));
}

#[test]
fn standard_input_stands_for_a_file_that_need_not_exist() {
    let text = BAD.split_once('\n').expect("lines").1;
    let folder = Folder::new("");
    let ran = folder.run_with(
        &["check", "--stdin-filename", "specs/new.md", "--format", "json"],
        text.as_bytes(),
    );
    assert_eq!((ran.code, &ran.json()["findings"][0]["file"]), (1, &"specs/new.md".into()));
}

#[test]
fn only_changed_files_are_reported_when_asked() {
    let folder = Folder::new(BAD);
    folder.write("specs/old.md", folder.read("PRD.md").as_bytes());
    if folder.run(&["check", "--changed"]).stderr.contains("run `git rev-parse") {
        // Outside of a work tree the error is the right answer; now make one.
        folder.git(&["init", "-q"]);
        folder.git(&["add", "specs"]);
        folder.git(&["commit", "-qm", "old"]);
    }
    let output = folder.run(&["check", "--changed", "--format", "json"]).json();
    let findings = output["findings"].as_array().expect("a list");
    assert!(
        findings.iter().all(|it| it["file"] == "PRD.md") && !findings.is_empty(),
        "{findings:?}"
    );
}

#[test]
fn a_diff_shows_what_a_fix_would_change_and_a_fix_changes_it() {
    // `fix --rule` takes mends that are not safe too, so that this does not lean on one rule.
    let folder = Folder::new(BAD);
    let before = folder.read("PRD.md");
    let arguments = ["fix", "--rule", "client-exposed-secret"];
    let diff = folder.run(&[&arguments[..], &["--diff"]].concat());
    assert!(diff.stdout.contains("-NEXT_PUBLIC_STRIPE_SECRET_KEY="), "{}", diff.stdout);
    assert_eq!(folder.read("PRD.md"), before);
    assert_eq!(folder.run(&arguments).code, 0);
    assert_ne!(folder.read("PRD.md"), before);
    assert_eq!(folder.run(&["check"]).code, 0);
}

#[test]
fn marks_and_line_ends_survive_a_fix() {
    let folder = Folder::new("");
    let text = BAD.split_once('\n').expect("lines").1.replace('\n', "\r\n");
    folder.write("PRD.md", format!("\u{feff}{text}").as_bytes());
    folder.run(&["fix", "--rule", "client-exposed-secret"]);
    let after = folder.read("PRD.md");
    assert!(after.starts_with('\u{feff}') && after.contains("STRIPE_SECRET_KEY=\r\n"), "{after:?}");
    assert!(!after.contains("NEXT_PUBLIC_"), "{after:?}");
}

#[test]
fn a_file_with_broken_bytes_is_read_with_a_warning_and_never_written() {
    let folder = Folder::new("");
    let text = BAD.split_once('\n').expect("lines").1.as_bytes();
    folder.write("PRD.md", &[b"\xFF\n", text].concat());
    let ran = folder.run(&["check"]);
    assert!(ran.code == 1 && ran.stderr.contains("not valid UTF-8 at byte 0"), "{}", ran.stderr);
    let ran = folder.run(&["fix", "--rule", "client-exposed-secret"]);
    assert!(ran.code == 2 && ran.stderr.contains("not valid UTF-8"), "{}", ran.stderr);
}

#[test]
fn a_binary_file_is_refused_with_what_to_do() {
    let folder = Folder::new("");
    folder.write("PRD.md", b"\x00\x01\x02");
    for command in ["detect", "check"] {
        let ran = folder.run(&[command, "PRD.md"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("it is binary; exclude it"), "{}", ran.stderr);
    }
    // One that is only found does not stop the others.
    let ran = folder.run(&["check"]);
    assert!(ran.code == 0 && ran.stderr.contains("it is binary"), "{}", ran.stderr);
}

#[test]
fn a_file_of_100_mb_is_refused_at_once() {
    let folder = Folder::new("");
    let file = fs::File::create(folder.root().join("PRD.md")).expect("a file");
    // Without its bytes on disk: nobody should read them.
    file.set_len(100 << 20).expect("it grows");
    let ran = folder.run(&["check", "PRD.md"]);
    assert!(ran.code == 2 && ran.stderr.contains("larger than 16 MiB; split it"), "{}", ran.stderr);
}

#[test]
fn one_spec_is_one_object_and_several_are_lines() {
    let folder = Folder::new("//- specs/a.md\n# A\n//- specs/b.md\n# B\n");
    let one = folder.run(&["detect", "specs/a.md", "--format", "json"]).json();
    assert!(one.get("file").is_none() && one["tables"].is_array());
    let two = folder.run(&["detect", "specs/a.md", "specs/b.md", "--format", "json"]);
    let files: Vec<serde_json::Value> = two
        .stdout
        .lines()
        .map(|it| serde_json::from_str::<serde_json::Value>(it).expect("an object")["file"].clone())
        .collect();
    assert_eq!(files, ["specs/a.md", "specs/b.md"]);
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let folder = Folder::new(BAD);
    let mut command = folder.command(&["check", "--format", "sarif"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn checking_writes_nothing_and_init_makes_a_folder_that_git_ignores() {
    let folder = Folder::new(BAD);
    folder.run(&["check"]);
    folder.run(&["detect"]);
    folder.run(&["doctor"]);
    assert_eq!(fs::read_dir(folder.root()).expect("a folder").count(), 1);
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!(folder.read(".specwright/.gitignore"), "*\n");
    let doctor = folder.run(&["doctor"]);
    assert!(doctor.code == 0 && doctor.stdout.contains("catalog: sound"), "{}", doctor.stdout);
}

#[test]
fn a_rule_is_silenced_here_and_in_the_workspace_and_on_this_machine() {
    for scope in ["here", "workspace", "mine", "file"] {
        let folder = Folder::new(BAD);
        let mut arguments = vec!["rule", "silence", "client-exposed-secret", "--scope", scope];
        arguments.extend(["--file", "PRD.md", "--line", "5"]);
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let ran = folder.run(&["check"]);
        assert_eq!(ran.code, 0, "{scope}: {}", ran.stdout);
    }
}

#[test]
fn a_damaged_catalog_stops_what_needs_it_and_nothing_else() {
    let folder = Folder::new(BAD);
    folder.run(&["init"]);
    let damaged = b"this was a database once, and now it is only text that is long enough";
    folder.write(".specwright/catalog.db", damaged);
    assert_eq!(folder.run(&["check"]).code, 1);
    assert_eq!(folder.run(&["detect"]).code, 0);
    let doctor = folder.run(&["doctor"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("it is damaged"), "{}", doctor.stdout);
    let record = folder.run(&["record"]);
    assert!(record.code == 2 && record.stderr.contains("move it away"), "{}", record.stderr);
    assert_eq!(folder.read(".specwright/catalog.db").as_bytes(), damaged);
}

#[test]
fn every_command_of_the_registry_is_on_every_front() {
    let folder = Folder::new(GOOD);
    let (client, answer) = tests::lsp_client::TestClient::start(serde_json::json!({}));
    let offered = &answer["capabilities"]["executeCommandProvider"]["commands"];
    let offered: Vec<&str> =
        offered.as_array().expect("a list").iter().filter_map(serde_json::Value::as_str).collect();
    client.exit();
    let page = fs::read_to_string(tests::binary::root().join("docs/commands.md")).expect("there");
    for it in COMMANDS {
        assert!(offered.contains(&it.lsp_name().as_str()), "{} in {offered:?}", it.name);
        assert!(page.contains(&format!("## {}\n", it.name)), "{} in docs/commands.md", it.name);
        let ran = folder.run(&[it.service(), it.verb(), "--help"]);
        assert!(ran.code == 0 && ran.stdout.contains("Usage: specwright"), "{}", it.name);
        for alias in it.aliases {
            assert_eq!(folder.run(&[alias, "--help"]).code, 0, "{alias}");
        }
    }
}

#[test]
fn an_explanation_is_the_rules_page_and_a_misspelling_is_helped() {
    let folder = Folder::new(GOOD);
    for rule in spec::rules::RULES {
        let ran = folder.run(&["explain", rule.name, "--json"]);
        assert_eq!((ran.code, &ran.json()["rule"]), (0, &rule.name.into()));
    }
    folder.run(&["explain", "client-exposed-secrets"]).show(expect![[r#"
        -- 2
        error: failed to find the rule `client-exposed-secrets`
         |
         = help: did you mean `client-exposed-secret`?
    "#]]);
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = Folder::new(GOOD);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.run(&["completions", shell]).stdout.contains("specwright"), "{shell}");
    }
    assert!(folder.run(&["man"]).stdout.contains(".TH specwright"));
}

#[test]
fn a_sharded_spec_is_judged_as_one() {
    let folder = Folder::new(
        "//- docs/prd/index.md
- [Data](data.md)
- [Rules](rules.md)
//- docs/prd/data.md
## Data model

### orders

| column | type |
| --- | --- |
| id | uuid |
| total | integer |
//- docs/prd/rules.md
# Rules
",
    );
    let output = folder.run(&["detect", "docs/prd/rules.md", "--format", "json"]).json();
    let files = ["docs/prd/index.md", "docs/prd/data.md", "docs/prd/rules.md"];
    assert_eq!(output["files"], serde_json::json!(files));
    assert_eq!(output["tables"][0]["name"], "orders");
}

#[test]
fn a_printed_plan_is_applied_after_a_backup() {
    let folder = Folder::new(
        "//- from.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n\
         //- to.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT);\n\
         //- more.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT, c INT);\n\
         //- none.sql\n\
         //- fts.sql\nCREATE VIRTUAL TABLE d USING fts5(body);\n",
    );
    let db = rusqlite::Connection::open(folder.root().join("app.db")).expect("a database");
    db.execute_batch(&folder.read("from.sql")).expect("it is SQL");
    db.execute_batch("INSERT INTO t VALUES (1, 'x'), (2, NULL)").expect("it is SQL");
    let plan = ["schema", "plan", "--dialect", "sqlite", "--url", "app.db", "--to"];
    let planned = |to: &str| folder.run(&[&plan[..], &[to, "--format", "json"]].concat());

    let ran = planned("to.sql");
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    assert_eq!((ran.code, json["steps"][0]["transaction"].is_null()), (0, true), "{}", ran.stderr);
    assert!(json["lints"].to_string().contains("1 rows are NULL in `t.a` (such as 2)"), "{json}");
    let apply = ["schema", "apply", "--dialect", "sqlite", "--url", "app.db", "--plan", "-"];
    // Writers that leave `a` out fail from now on.
    let asked = folder.run_with(&apply, ran.stdout.as_bytes()).stderr;
    let digest = asked.split("--acknowledge ").nth(1).and_then(|it| it.split('`').next());
    let apply = [&apply[..], &["--acknowledge", digest.expect("it asks")]].concat();
    let refused = folder.run_with(&apply, ran.stdout.as_bytes());
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("1 rows are NULL in `t.a`"), "{}", refused.stderr);

    db.execute_batch("UPDATE t SET a = 'y' WHERE a IS NULL").expect("it is SQL");
    let arguments = [&apply[..], &["--to", "to.sql", "--backup", "old.db"]].concat();
    let applied = folder.run_with(&arguments, ran.stdout.as_bytes());
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert!(applied.stdout.contains("old.db"), "{}", applied.stdout);
    let rows: String = db
        .query_row("SELECT group_concat(id || a || coalesce(b, '-')) FROM t", (), |row| row.get(0))
        .expect("the new column is there");
    assert_eq!(rows, "1x-,2y-");
    let again = planned("to.sql");
    assert!(again.stdout.contains(r#""steps": []"#), "{}", again.stdout);

    // Made from the database itself.
    let own = ["schema", "apply", "--dialect", "sqlite", "--url", "app.db", "--to", "more.sql"];
    let applied = folder.run(&own);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    db.execute_batch("UPDATE t SET c = 7").expect("the column of that schema is there");
    let nothing = folder.run(&own[..6]);
    assert!(nothing.stderr.contains("neither `plan` nor `to` is given"), "{}", nothing.stderr);

    let refused = planned("fts.sql");
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains(r#""refused""#), "{}", refused.stdout);
    assert!(!refused.stdout.contains(r#""steps""#), "{}", refused.stdout);
    assert_eq!(planned("gone.sql").code, 2);
    assert_eq!(folder.run(&["schema", "plan", "--to", "to.sql"]).code, 2, "no dialect");
}

/// A throw-away server, the URL of a database, and a way to run SQL there; `None` where PostgreSQL is
/// not installed.
pub(crate) fn postgres(sql: &str) -> Option<(Server, String, impl FnMut(&str) + use<>)> {
    let server = match Server::start(&system::OsSystem::default()) {
        Ok(server) => server,
        Err(error) => {
            println!("skipped: {error}");
            return None;
        }
    };
    let mut admin = server.connect(None).expect("it answers");
    admin.batch_execute("CREATE DATABASE app").expect("it may");
    let mut db = server.connect(Some("app")).expect("it is there");
    let mut run = move |sql: &str| db.batch_execute(sql).expect("it is SQL");
    run(sql);
    let url = server.url().expect("it was started here").replace("/postgres", "/app");
    Some((server, url, run))
}

#[test]
fn a_printed_plan_is_applied_to_postgresql_after_a_backup() {
    let folder = Folder::new(
        "//- from.sql\nCREATE TABLE t (id int PRIMARY KEY, a text);\n\
         //- to.sql\nCREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int);\nCREATE INDEX t_a ON t (a);\n\
         //- more.sql\nCREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int, c int);\nCREATE INDEX t_a ON t (a);\n",
    );
    let rows = "INSERT INTO t VALUES (1, 'x'), (2, NULL); CREATE TABLE _specwright_own (a int)";
    let from = folder.read("from.sql");
    let Some((_server, url, mut sql)) = postgres(&format!("{from} {rows}")) else { return };
    let at = ["--dialect", "postgres", "--url", &url];
    let planned = |to: &str| {
        folder.run(&[&["schema", "plan"], &at[..], &["--to", to, "--format", "json"]].concat())
    };
    let apply = |more: &[&str], stdin: &str| {
        folder.run_with(&[&["schema", "apply"], &at[..], more].concat(), stdin.as_bytes())
    };

    let plan = planned("to.sql");
    assert_eq!(plan.code, 0, "{}", plan.stderr);
    assert!(!plan.stdout.contains("_specwright_"), "{}", plan.stdout);
    let refused = apply(&["--plan", "-"], &plan.stdout);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("1 rows are NULL"), "{}", refused.stderr);
    assert!(refused.stderr.contains("nothing was changed"), "{}", refused.stderr);

    sql("UPDATE t SET a = 'y' WHERE a IS NULL");
    let apply_all = ["--plan", "-", "--from", "from.sql", "--to", "to.sql"];
    let applied = apply(&[&apply_all[..], &["--backup", "old.dump"]].concat(), &plan.stdout);
    if applied.stderr.contains("pg_dump") {
        println!("skipped in part: {}", applied.stderr);
        let applied = apply(&[&apply_all[..], &["--accept-no-backup"]].concat(), &plan.stdout);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
    } else {
        assert_eq!(applied.code, 0, "{}", applied.stderr);
        assert!(applied.stdout.contains("old.dump"), "{}", applied.stdout);
        assert!(fs::read(folder.root().join("old.dump")).unwrap().starts_with(b"PGDMP"));
    }
    let again = planned("to.sql");
    assert!(again.stdout.contains(r#""steps": []"#), "{}", again.stdout);

    let drift = apply(&apply_all, &plan.stdout);
    assert_eq!(drift.code, 2);
    assert!(drift.stderr.contains("is not the one that the plan starts from"), "{}", drift.stderr);
    // Made from the database itself.
    let applied = apply(&["--to", "more.sql", "--accept-no-backup"], "");
    assert!(applied.stdout.ends_with("without a backup\n"), "{}{}", applied.stdout, applied.stderr);
    sql("UPDATE t SET c = 7");

    let plan = serde_json::json!({"steps": [
        {"sql": "ALTER TABLE t ADD d int;", "transaction": 1},
        {"sql": "ALTER TABLE t ADD CHECK (c < 7);", "transaction": 2},
    ]});
    // Which the council would stop.
    let tested = ["--plan", "-", "--accept-no-backup", "--override", "tested"];
    let failed = apply(&tested, &plan.to_string());
    assert_eq!(failed.code, 2);
    expect![[r#"
        error: failed to run step 2 of 2: check constraint "t_c_check" of relation "t" is violated by some row
         |
         = help: of the plan, 1 of 2 steps are committed and no other; to go on, correct the cause and run the same plan with `start_at` 2; to go back, run `down` of steps 1 to 1; no backup was made
    "#]].assert_eq(&failed.stderr);
    sql("UPDATE t SET c = 6");
    let from_second = [&tested[..], &["--start-at", "2"]].concat();
    let resumed = apply(&from_second, &plan.to_string());
    assert_eq!((resumed.code, &*resumed.stdout), (0, "ran 1 step without a backup\n"));
}
