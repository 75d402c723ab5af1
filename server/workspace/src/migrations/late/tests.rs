//! Looks at migration specs beside a database file that some of them were applied to.

use super::{Database, Depth, LateFinding, Look, notes};
use crate::features::Around;
use crate::features::fixture::{fixture, migrations};
use crate::features::lenses::{Lens, LensAct, lenses};
use crate::settings::{Settings, Sources};
use crate::snapshot::SpecView;
use expect_test::{Expect, expect};
use migrate::language::File;
use migrate::plan::{Back, Dialect, Plan, Step, Transaction};
use migrate::run::{self, Options, SpecRef, Standing};
use migrate::sqlite::Stop;
use model::{AbsPath, Diagnostic, DocumentId};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use system::TestSystem;
use text::line_index::Encoding;

const POSTS: &str = "//- 0001_posts.yaml
add_table: {name: posts, columns: [id bigint pk, title text, body text], rls: public}
";

/// A database that the first specs of a view were applied to, and this SQL was run on.
struct Lab {
    _folder: tempfile::TempDir,
    database: Database,
}

impl Lab {
    fn new(view: &SpecView, n_applied: usize, sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("dev.db");
        let files = &view.migrations.as_ref().expect("migration specs").files[..n_applied];
        let files: Vec<File<'_>> =
            files.iter().map(|it| File { name: &it.name, text: &it.text }).collect();
        apply(&path, &files, &folder.path().join("backups"));
        by_hand(&path, sql);
        let standing = Standing::read(&path).expect("it is read");
        let path = AbsPath::new(&path).expect("it is absolute");
        Self { _folder: folder, database: Database { path, standing } }
    }
}

fn apply(path: &Path, files: &[File<'_>], backups: &Path) {
    let described = run::describe(files, &|_| true).expect("the specs are sound");
    let specs = described.specs.iter().map(|(name, hash)| SpecRef { name, hash });
    let specs: Vec<SpecRef<'_>> = specs.collect();
    let options = Options {
        system: &TestSystem::new(),
        backups,
        tool_version: "0.1.0",
        data_ms_max: Options::DATA_MS,
        busy_ms: Options::BUSY_MS,
        hear: &|_| {},
    };
    run::apply(path, &specs, &described.migrations, &options).expect("they are applied");
}

/// Runs SQL behind the ledger's back.
fn by_hand(path: &Path, sql: &str) {
    let step = Step {
        changes: Vec::new(),
        sql: sql.to_owned(),
        transaction: Transaction::Segment(1),
        locks: Vec::new(),
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back: Back::NotNeeded,
        checks: Vec::new(),
    };
    let plan = Plan { dialect: Dialect::Sqlite, steps: vec![step] };
    migrate::sqlite::apply(path, &plan, None, None).expect("the statements are sound");
}

fn settings(text: &str) -> Settings {
    let (settings, problems) =
        Settings::read(Sources { workspace: Some(text), ..Sources::default() });
    assert_eq!(problems, vec![]);
    settings
}

fn look(
    view: &SpecView,
    database: Option<&Database>,
    depth: Depth,
    stop: Stop,
) -> Option<Vec<LateFinding>> {
    Look { view, settings: &settings(""), database, depth, stop }.findings()
}

fn never() -> Stop {
    Arc::new(|| false)
}

fn shown(view: &SpecView, it: &Diagnostic) -> String {
    let document = view.document(it.document);
    let name = document.path.as_ref().map_or("", |it| it.file_name());
    let line = document.lines.position(it.span.range().start, Encoding::Utf8).line + 1;
    let (word, rule, at) = (it.severity.word(), it.rule, document.slice(it.span));
    format!("{name}:{line}: {word}[{rule}] `{at}`: {}\n", it.message)
}

/// What is found when `n_applied` of the specs are applied and `sql` has run since; `None` is no
/// database.
fn check(text: &str, applied: Option<(usize, &str)>, depth: Depth, expect: Expect) {
    let (view, _) = migrations(&format!("{POSTS}{text}"));
    let lab = applied.map(|(n_applied, sql)| Lab::new(&view, n_applied, sql));
    let found = look(&view, lab.as_ref().map(|it| &it.database), depth, never());
    let found = found.expect("nobody stops it");
    expect.assert_eq(&found.iter().map(|it| shown(&view, &it.diagnostic)).collect::<String>());
}

/// 5,000 posts; every fourth has no title.
const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO posts (id, title, body) SELECT i, iif(i % 4 = 3, NULL, 'x'), 'y' FROM n;";

#[test]
fn rows_in_the_way_are_counted_and_named() {
    check(
        "//- 0002_a.yaml\nalter_column: {table: posts, column: title, nullable: false}\n",
        Some((1, ROWS)),
        Depth::Live,
        expect![[r#"
            0002_a.yaml:1: error[data-in-the-way] `title`: 1,250 of 5,000 rows are NULL in `posts.title`: 3, 7, 11, 15, 19
        "#]],
    );
}

#[test]
fn a_plan_that_fails_on_some_rows_is_told_when_a_file_is_saved() {
    let text = "//- 0002_a.yaml
sql: {postgres: null, sqlite: \"update posts set id = 1\"}
";
    check(text, Some((1, ROWS)), Depth::Live, expect![""]);
    check(
        text,
        Some((1, ROWS)),
        Depth::Rows,
        expect![[r#"
        0002_a.yaml:1: error[failed-dry-run] `sql`: fails in a dry run: with up to 1,000 rows of each table: UNIQUE constraint failed: posts.id
    "#]],
    );
}

#[test]
fn without_a_database_the_plan_speaks_for_itself() {
    check(
        "//- 0002_a.yaml
operations:
- alter_column: {table: posts, column: body, type: bigint}
- sql: {postgres: null, sqlite: drop table gone}
- drop_column: {table: posts, column: title, purge: true}
",
        None,
        Depth::Rows,
        expect![[r#"
            0002_a.yaml:2: hint[table-rebuild] `alter_column`: SQLite makes `posts` anew and copies it
            0002_a.yaml:2: info[table-rewrite] `alter_column`: PostgreSQL writes all of `posts` again while it is locked for everyone
            0002_a.yaml:3: error[failed-dry-run] `sql`: fails in a dry run: no such table: gone
        "#]],
    );
}

#[test]
fn the_number_of_rows_decides_how_loud_a_finding_is() {
    let many = ROWS.replace("5000", "120000");
    let text = "//- 0002_a.yaml
operations:
- alter_column: {table: posts, column: id, type: numeric}
- drop_column: {table: posts, column: title, purge: true}
";
    check(
        text,
        Some((1, &many)),
        Depth::Live,
        expect![[r#"
            0002_a.yaml:2: info[table-rebuild] `alter_column`: SQLite makes `posts` anew and copies it, 120,000 rows
            0002_a.yaml:2: info[table-rewrite] `alter_column`: PostgreSQL writes all of `posts` again while it is locked for everyone
            0002_a.yaml:3: warning[loses-data] `title`: loses the data of `posts.title`, of 120,000 rows; back up first
        "#]],
    );
    check(
        text,
        Some((1, "")),
        Depth::Live,
        expect![[r#"
            0002_a.yaml:2: info[table-rewrite] `alter_column`: PostgreSQL writes all of `posts` again while it is locked for everyone
        "#]],
    );
}

#[test]
fn what_does_not_fit_the_ledger_is_told_on_its_file() {
    let (before, _) = migrations(&format!(
        "{POSTS}//- 0003_c.yaml\nadd_column: {{table: posts, column: note text}}\n"
    ));
    let lab = Lab::new(&before, 2, "CREATE TABLE extra (id INTEGER)");
    let (view, _) = migrations(
        "//- 0001_posts.yaml\nadd_table: {name: posts, columns: [id bigint pk, title text], rls: public}
//- 0002_b.yaml\nadd_column: {table: posts, column: more text}
//- 0003_c.yaml\nadd_column: {table: posts, column: note text}
",
    );
    let found = look(&view, Some(&lab.database), Depth::Schema, never()).expect("it ends");
    let found: String = found.iter().map(|it| shown(&view, &it.diagnostic)).collect();
    expect![[r#"
        0001_posts.yaml:1: error[edited-after-apply] `add_table`: `0001_posts` was edited after it was applied: undo the edit, or roll `0001_posts` back, and say the change in a new spec
        0002_b.yaml:1: error[out-of-order] `add_column`: `0002_b` comes before `0003_c`, which is applied already: give `0002_b` a number after `0003_c`, or roll back to before it
        0003_c.yaml:1: warning[drift] `add_column`: table extra was added behind the ledger's back: undo it, or say it in a migration spec
    "#]].assert_eq(&found);
}

#[test]
fn a_file_behind_one_that_writes_rows_is_not_held_against_the_rows_of_today() {
    check(
        "//- 0002_a.yaml\nsql: {postgres: null, sqlite: update posts set title = '' where title is null}
//- 0003_b.yaml\nalter_column: {table: posts, column: title, nullable: false}
",
        Some((1, ROWS)),
        Depth::Rows,
        expect![[r#""#]],
    );
}

#[test]
fn comments_and_settings_silence_what_comes_late() {
    let text = "//- 0002_a.yaml
# specwright: allow data-in-the-way, unproven-on-existing-rows
alter_column: {table: posts, column: title, nullable: false}
";
    check(text, Some((1, ROWS)), Depth::Live, expect![[r#""#]]);
    let (view, _) = migrations(&format!("{POSTS}{text}"));
    let useless: Vec<&str> = view.analysis.diagnostics.iter().map(|it| it.rule).collect();
    assert_eq!(useless, Vec::<&str>::new(), "a comment for a late rule is not useless");
    let (view, _) = migrations(&format!("{POSTS}{}", text.replace("data-in-the-way, ", "")));
    let lab = Lab::new(&view, 1, ROWS);
    let settings = settings("[rules]\nflow = \"off\"\ndata-in-the-way = \"hint\"\n");
    let database = Some(&lab.database);
    let look =
        Look { view: &view, settings: &settings, database, depth: Depth::Live, stop: never() };
    let found = look.findings().expect("it ends");
    let words: Vec<_> =
        found.iter().map(|it| (it.diagnostic.rule, it.diagnostic.severity.word())).collect();
    assert_eq!(words, [("data-in-the-way", "hint")]);
}

#[test]
fn sql_of_the_author_reaches_no_file_and_does_not_run_for_ever() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("taken.db");
    let path = target.display();
    let text = format!(
        "//- 0002_a.yaml\nsql: {{postgres: null, sqlite: \"attach '{path}' as x; create table x.t (a)\"}}
//- 0003_b.yaml\nsql: {{postgres: null, sqlite: \"vacuum into '{path}'\"}}
"
    );
    let (view, _) = migrations(&format!("{POSTS}{text}"));
    let lab = Lab::new(&view, 1, "");
    let found = look(&view, Some(&lab.database), Depth::Rows, never()).expect("it ends");
    assert!(found.iter().filter(|it| it.diagnostic.rule == "failed-dry-run").count() == 2);
    assert!(!target.exists());
}

#[test]
fn a_look_ends_at_the_next_keystroke() {
    let endless =
        "with recursive n (i) as (select 1 union all select i + 1 from n) select max(i) from n";
    let text = format!("//- 0002_a.yaml\nsql: {{postgres: null, sqlite: \"{endless}\"}}\n");
    let (view, _) = migrations(&format!("{POSTS}{text}"));
    let n_asked = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&n_asked);
    let stop: Stop = Arc::new(move || asked.fetch_add(1, Ordering::Relaxed) > 10);
    assert_eq!(look(&view, None, Depth::Schema, stop), None);
    assert!(n_asked.load(Ordering::Relaxed) > 10);
}

#[test]
fn a_spec_is_told_where_it_declares_the_table() {
    let (view, _) = migrations(&format!(
        "{POSTS}//- 0002_a.yaml\nalter_column: {{table: posts, column: title, nullable: false}}\n"
    ));
    let lab = Lab::new(&view, 1, ROWS);
    let found = look(&view, Some(&lab.database), Depth::Live, never()).expect("it ends");
    let (spec, _) = fixture(
        "# Blog\n\n## Data model\n\n### Posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n",
    );
    let notes: String = notes(&spec, &found).iter().map(|it| shown(&spec, it)).collect();
    expect![[r#"
        PRD.md:5: info[data-in-the-way] `Posts`: migration `0002_a`: 1,250 of 5,000 rows are NULL in `posts.title`: 3, 7, 11, 15, 19
    "#]].assert_eq(&notes);
}

#[test]
fn lenses_say_where_a_file_stands() {
    let text = format!(
        "{POSTS}//- 0002_b.yaml\nadd_column: {{table: posts, column: more text}}
//- 0003_c.yaml\nadd_column: {{table: posts, column: note text}}\n"
    );
    let (view, _) = migrations(&text);
    let lab = Lab::new(&view, 2, "");
    let database = Some(Arc::new(lab.database));
    let around = Around { migrations: Vec::new(), database };
    let shown = |around: &Around, index| {
        let found = lenses(&view, DocumentId(index), around).into_iter();
        let line = |it: Lens| match it.act {
            LensAct::Run { command, input } => format!("{}: {command} {input}\n", it.title),
            _ => format!("{}\n", it.title),
        };
        found.map(line).collect::<String>()
    };
    let all = (0..3).map(|it| shown(&around, it) + "\n").collect::<String>();
    expect![[r#"
        Show plan
        Applied 2001-02-03 04:05 UTC: migrate.status {}
        Roll back with 1 after it: migrate.rollback {"to":"start"}

        Show plan
        Applied 2001-02-03 04:05 UTC: migrate.status {}
        Roll back: migrate.rollback {"to":"0001_posts"}

        Show plan
        Waits: apply it: migrate.apply {}
        SQLite: 1 step | PostgreSQL: 1 step, ACCESS EXCLUSIVE on posts

    "#]]
    .assert_eq(&all);
    expect![[r#"
        Show plan
        Waits: apply 3 that wait: migrate.apply {}
        SQLite: 1 step | PostgreSQL: 1 step
    "#]]
    .assert_eq(&shown(&Around::default(), 0));
}
