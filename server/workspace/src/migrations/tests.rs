use crate::discover::Found;
use crate::migrations::is_migration_anywhere;
use crate::settings::{Settings, Sources};
use crate::{DocumentKey, Root, Workspace};
use expect_test::{Expect, expect};
use model::{AbsPath, RelPath};
use std::path::Path;
use std::sync::Arc;
use system::TestSystem;
use text::line_index::Encoding;

fn root() -> AbsPath {
    AbsPath::new(Path::new(if cfg!(windows) { r"C:\w" } else { "/w" })).expect("it is absolute")
}

fn path(name: &str) -> RelPath {
    RelPath::new(&format!("forge/migrations/{name}")).expect("a path")
}

fn key(name: &str) -> DocumentKey {
    DocumentKey::File(root().join(&path(name)))
}

/// A folder with these migration specs and this `specwright.toml`.
fn workspace(files: &[(&str, &str)], settings: &str) -> Workspace {
    let system = TestSystem::new();
    for (name, text) in files {
        system.set_file(&root().join(&path(name)), text.as_bytes());
    }
    let migrations = files.iter().map(|it| path(it.0)).collect();
    let found = Found { migrations, ..Found::default() };
    let (settings, problems) =
        Settings::read(Sources { workspace: Some(settings), ..Sources::default() });
    assert_eq!(problems, vec![]);
    let mut workspace = Workspace::with_system(Arc::default(), Arc::new(system));
    workspace.set_root(Root { path: root(), settings: Arc::new(settings), found });
    workspace
}

/// Each finding on a line, with its mends.
fn findings(workspace: &Workspace) -> String {
    let snapshot = workspace.snapshot();
    let mut out = String::new();
    for view in snapshot.migrations().into_iter().filter_map(|it| snapshot.view(it)) {
        for it in &view.analysis.diagnostics {
            let document = view.document(it.document);
            let name = document.path.as_ref().map_or("", |it| it.file_name());
            let line = document.lines.position(it.span.range().start, Encoding::Utf8).line + 1;
            let (word, rule, at) = (it.severity.word(), it.rule, document.slice(it.span));
            out += &format!("{name}:{line}: {word}[{rule}] `{at}`: {}\n", it.message);
            out.extend(it.fixes.iter().map(|it| format!("  {}\n", it.title)));
        }
    }
    out
}

fn check(files: &[(&str, &str)], settings: &str, expect: Expect) {
    expect.assert_eq(&findings(&workspace(files, settings)));
}

const USERS: (&str, &str) = (
    "0001_users.yaml",
    "add_table:\n  name: users\n  columns: [id pk, email text not null unique]\n  rls: own-row(id)\n",
);

#[test]
fn a_file_is_read_over_the_files_before_it() {
    check(
        &[
            USERS,
            ("0002_posts.yaml", "add_column:\n  table: user\n  columns: [age integer]\n"),
            (
                "0003_posts.yaml",
                "add_table:\n  name: posts\n  columns: [id pk, user_id fk->users.id]\n",
            ),
        ],
        "",
        expect![[r#"
            0002_posts.yaml:2: error[unknown-table] `user`: there is no table `user` at this point: did you mean `users`?
              Write `users`
            0003_posts.yaml:1: error[missing-rls] `add_table`: a table says who may see and write its rows: `rls` is missing
              Add `rls: own-row`
              Add `rls: own-or-public`
              Add `rls: deny`
              Add `rls: public`
            0003_posts.yaml:3: info[unindexed-reference] `user_id fk->users.id`: no index starts with `user_id`: changes of `users` read all of `posts`
        "#]],
    );
}

#[test]
fn an_unsaved_text_counts_and_a_new_file_joins_by_its_name() {
    let mut it = workspace(&[USERS], "");
    it.open(key("0003_b.yaml"), 1, "drop_column: {table: users, column: age}\n".into());
    expect![[r#"
        0003_b.yaml:1: error[unknown-column] `age`: `users` has no column `age` at this point
    "#]]
    .assert_eq(&findings(&it));
    it.open(key("0002_a.yaml"), 1, "add_column: {table: users, columns: [age integer]}\n".into());
    expect![[r#""#]].assert_eq(&findings(&it));
    it.close(&key("0002_a.yaml"));
    expect![[r#"
        0003_b.yaml:1: error[unknown-column] `age`: `users` has no column `age` at this point
    "#]]
    .assert_eq(&findings(&it));
    it.close(&key("0003_b.yaml"));
    assert_eq!(it.snapshot().documents(), [key("0001_users.yaml")]);
}

#[test]
fn files_that_did_not_change_are_not_read_again() {
    let mut it = workspace(&[USERS], "");
    it.open(key("0002_a.yaml"), 1, "drop_column: {table: users, column: email}\n".into());
    let before = it.snapshot().spec(&key("0002_a.yaml")).expect("it is known");
    it.open(key("0002_a.yaml"), 2, "drop_column: {table: users, column: mail}\n".into());
    let after = it.snapshot().spec(&key("0002_a.yaml")).expect("it is known");
    let files = |view: &crate::SpecView| view.migrations.clone().expect("they are").files.clone();
    assert!(Arc::ptr_eq(&files(&before)[0], &files(&after)[0]));
    assert!(!Arc::ptr_eq(&files(&before)[1], &files(&after)[1]));
}

#[test]
fn broken_files_are_told_of_and_never_stop_the_others() {
    check(
        &[
            ("0001_bad.yaml", "add_table: [\n  name: {{{\n- - : ::\n"),
            ("0002_empty.yaml", ""),
            ("0003_words.yaml", "just words\n"),
            ("0004_users.yaml", USERS.1),
        ],
        "",
        expect![[r#"
            0001_bad.yaml:1: error[yaml-syntax] `[`: this is no YAML: a text with `: `, ` #` or brackets needs quotes, and each level two blanks more
            0001_bad.yaml:3: error[wrong-shape] `- - : ::
            `: `add_table` takes a mapping with `name`, `columns`, `rls`, `indices`, `constraints`, `policies`, `soft_delete`, `audit_columns`, `sqlite`, `postgres`, `comment`, not a list
            0003_words.yaml:1: error[wrong-shape] `just words`: a document is an operation such as `add_table:`
        "#]],
    );
}

const KEYWORD: &str = "add_table:\n  name: order\n  columns: [id pk]\n  rls: public\n";

#[test]
fn a_comment_silences_the_next_entry_or_the_file() {
    let check = |text: &str, expect: Expect| check(&[("0001_a.yaml", text)], "", expect);
    check(
        KEYWORD,
        expect![[r#"
        0001_a.yaml:2: warning[keyword-name] `order`: `order` is a word of SQL: every query needs quotes around a table of that name
    "#]],
    );
    check(&format!("# specwright: allow keyword-name\n{KEYWORD}"), expect![[r#""#]]);
    check(
        &KEYWORD.replace("name: order", "name: order # specwright: allow keyword-name"),
        expect![[r#""#]],
    );
    check(
        &KEYWORD.replace("columns", "# specwright: allow keyword-name\n  columns"),
        expect![[r#"
            0001_a.yaml:2: warning[keyword-name] `order`: `order` is a word of SQL: every query needs quotes around a table of that name
            0001_a.yaml:3: hint[unused-allow] `keyword-name`: `keyword-name` finds nothing here to silence
              Remove the comment
        "#]],
    );
    check(
        &format!("{KEYWORD}# specwright: allow-file keyword-name, no-such\n"),
        expect![[r#"
        0001_a.yaml:5: hint[unknown-allow] `no-such`: there is no rule `no-such` to allow
    "#]],
    );
}

#[test]
fn what_the_language_refuses_is_not_silenced() {
    check(
        &[(
            "0001_a.yaml",
            "# specwright: allow missing-rls\nadd_table:\n  name: a\n  columns: [id pk]\n",
        )],
        "",
        expect![[r#"
            0001_a.yaml:1: hint[unknown-allow] `missing-rls`: `missing-rls` cannot be allowed: a file is not applied while the language refuses it
            0001_a.yaml:2: error[missing-rls] `add_table`: a table says who may see and write its rows: `rls` is missing
              Add `rls: own-row`
              Add `rls: own-or-public`
              Add `rls: deny`
              Add `rls: public`
        "#]],
    );
}

#[test]
fn settings_set_the_levels_of_lint_and_warnings() {
    let files = [("0001_a.yaml", KEYWORD)];
    check(
        &files,
        "[rules]\nkeyword-name = 'error'\nsmall-key = 'off'\n",
        expect![[r#"
        0001_a.yaml:2: error[keyword-name] `order`: `order` is a word of SQL: every query needs quotes around a table of that name
    "#]],
    );
    check(&files, "[rules]\nlanguage = 'off'\n", expect![[r#""#]]);
    check(
        &files,
        "[[files]]\npaths = ['forge/migrations/0001*']\nallow = ['keyword-name']\n",
        expect![[r#""#]],
    );
}

#[test]
fn only_yaml_in_the_folder_of_migrations_is_one() {
    let is = |it: &str| is_migration_anywhere(&RelPath::new(it).expect("a path"));
    assert!(is("forge/migrations/0001_a.yaml") && is("home/me/forge/migrations/a.YML"));
    assert!(!is("forge/migrations/x/0001_a.yaml") && !is("xforge/migrations/a.yaml"));
    assert!(!is("forge/migrations/README.md") && !is("forge/forge.yaml"));
}
