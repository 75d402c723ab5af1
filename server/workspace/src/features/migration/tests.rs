use crate::features::actions::{self, Act};
use crate::features::fixture::{apply, fixture, migrations, show};
use crate::features::{
    Around, Place, completion, folding, hover, inlay, lenses, navigation, rename, symbols, tokens,
};
use crate::snapshot::SpecView;
use expect_test::{Expect, expect};
use migrate::plan::Dialect;
use migrate::sqlite::{self, Capabilities};
use model::{Span, Timestamp};

const USERS: &str = "//- 0001_users.yaml
add_table:
  name: users
  columns: [id pk, email text not null unique, age integer]
  rls: own-row(id)
";

/// The hints of the file with the cursor, a line each.
fn check_inlays(text: &str, expect: Expect) {
    let (view, place) = migrations(&format!("{USERS}{text}"));
    let all = Span::new(0, view.document(place.document).text.len());
    let found = inlay::inlays(&view, place.document, all, inlay::InlayOptions::default());
    let lines = found.iter().map(|it| format!("{}\n", it.label));
    expect.assert_eq(&lines.collect::<String>());
}

fn check_hover(text: &str, expect: Expect) {
    let (view, place) = migrations(&format!("{USERS}{text}"));
    let now = Timestamp(0);
    let card = hover::hover(&view, place, now, &Around::default()).map(|it| it.markdown + "\n");
    expect.assert_eq(&card.unwrap_or_default());
}

fn at(text: &str) -> (SpecView, Place) {
    migrations(&format!("{USERS}{text}"))
}

#[test]
fn each_operation_tells_what_it_does_on_both_engines() {
    check_inlays(
        "//- 0002_a.yaml
$0operations:
  - add_table:
      name: posts
      columns: [id pk, user_id fk->users.id, title text]
      rls: own-row
  - add_column: {table: users, columns: [name text]}
  - alter_column: {table: users, column: age, nullable: false}
  - add_index: {table: users, columns: [age desc]}
  - drop_column: {table: users, column: email}
  - seed: {table: users, rows: [{id: 1, age: 3}]}
  - sql: {sqlite: select 1}
",
        expect![[r#"
            SQLite: 2 steps | PostgreSQL: 6 steps, SHARE ROW EXCLUSIVE on users
            SQLite: 1 step, rebuilds users | PostgreSQL: 1 step, ACCESS EXCLUSIVE on users
            SQLite: 1 step, rebuilds users | PostgreSQL: 4 steps, ACCESS EXCLUSIVE on users
            SQLite: 1 step | PostgreSQL: 1 step, SHARE UPDATE EXCLUSIVE on users, 1 outside a transaction
            SQLite: 2 steps, rebuilds users | PostgreSQL: 3 steps, ACCESS EXCLUSIVE on users
            SQLite: writes 1 row | PostgreSQL: writes 1 row
            SQLite: your SQL, not checked | PostgreSQL: nothing to do
        "#]],
    );
    check_inlays(
        "//- 0002_a.yaml\n$0rename_table: {was: users, name: members}\n",
        expect![[r#"
        SQLite: 1 step | PostgreSQL: 1 step, ACCESS EXCLUSIVE on users
    "#]],
    );
    check_inlays(
        "//- 0002_a.yaml\n$0drop_table: {table: users, purge: true}\n",
        expect![[r#"
        SQLite: 1 step, loses users | PostgreSQL: 1 step, ACCESS EXCLUSIVE on users, loses users
    "#]],
    );
}

#[test]
fn a_word_of_an_operation_shows_its_statements() {
    check_hover(
        "//- 0002_a.yaml\nadd_$0column: {table: users, columns: [name text]}\n",
        expect![[r#"
            **add_column users.name**, waits to be applied

            **SQLite**: 1 step

            - refused while rows hold what is no TEXT in `users.name`

            ```sql
            ALTER TABLE users ADD COLUMN name TEXT;
            ```

            **PostgreSQL**: 1 step, ACCESS EXCLUSIVE on users

            ```sql
            ALTER TABLE public.users ADD COLUMN name text;
            ```

            Planned without a database: rows are not known, and PostgreSQL was not asked.
        "#]],
    );
}

#[test]
fn names_show_what_they_stand_for() {
    check_hover(
        "//- 0002_a.yaml\ndrop_column: {table: use$0rs, column: email}\n",
        expect![[r#"
        **users** table

        | column | SQLite | PostgreSQL | |
        | --- | --- | --- | --- |
        | id | TEXT | uuid | primary key, default a random UUID |
        | __dropped_0002_email | TEXT | text | may be NULL |
        | age | INTEGER | integer | may be NULL |

        Users read and write the rows whose `id` is theirs.

        From 0001_users.yaml, line 1.
    "#]],
    );
    check_hover(
        "//- 0002_a.yaml\nadd_table:\n  name: posts\n  columns: [id pk, user$0_id fk->users.id on delete cascade, size numeric(8,2)]\n  rls: own-row\n",
        expect![[r#"
            **posts.user_id** column

            SQLite `TEXT`, PostgreSQL `uuid`

            - may be NULL
            - points to users.id, goes with it

            From 0002_a.yaml, line 3.
        "#]],
    );
}

#[test]
fn a_name_leads_to_where_it_was_made_and_used() {
    let (view, place) = at("//- 0002_a.yaml\ndrop_column: {table: users, column: em$0ail}\n");
    let found = navigation::definitions(&view, place, &[]);
    let shown: Vec<String> = found.iter().map(|it| show(&view, it)).collect();
    expect![[r#"forge/migrations/0001_users.yaml:3:20 "email text not null unique""#]]
        .assert_eq(&shown.join("\n"));
    let found = navigation::references(&view, place, &[], true);
    let shown: Vec<String> = found.iter().map(|it| show(&view, it)).collect();
    expect![[r#"
        forge/migrations/0001_users.yaml:3:20 "email"
        forge/migrations/0002_a.yaml:1:37 "email""#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn the_outline_has_operations_and_columns() {
    let (view, place) = at("");
    let all = symbols::outline(&view, place.document);
    let names: Vec<&str> = all.iter().flat_map(|it| &it.children).map(|it| &*it.name).collect();
    assert_eq!((all[0].name.as_str(), names), ("add_table users", vec!["id", "email", "age"]));
    assert_eq!(folding::folds(&view, place.document).len(), 1);
    let titles: Vec<String> = lenses::lenses(&view, place.document, &Around::default())
        .into_iter()
        .map(|it| it.title)
        .collect();
    expect![[r#"
        Show plan
        Waits: apply it
        SQLite: 1 step | PostgreSQL: 5 steps"#]]
    .assert_eq(&titles.join("\n"));
}

#[test]
fn nothing_breaks_at_any_place_of_a_broken_file() {
    let text = "//- 0002_a.yaml\n$0add_table: {name: ä, columns: [id pk, x numeric(1,2), : ], rls: own-row(}\n---\n- - ?\nalter_column: [\n";
    let (view, place) = at(text);
    let len = view.document(place.document).text.len();
    for offset in 0..=len {
        let place = Place { offset, ..place };
        let _ = completion::completions(&view, place);
        let _ = hover::hover(&view, place, Timestamp(0), &Around::default());
        let _ = rename::rename(&view, place, "x", &[]);
        let _ = actions::actions(&view, place.document, Span::at(offset));
        let _ = navigation::definitions(&view, place, &[]);
        let _ = navigation::references(&view, place, &[], true);
    }
    let all = Span::new(0, len);
    let _ = inlay::inlays(&view, place.document, all, inlay::InlayOptions::default());
}

fn check_completion(text: &str, expect: Expect) {
    let (view, place) = at(text);
    let found = completion::completions(&view, place);
    let labels: Vec<&str> = found.iter().map(|it| it.label.as_str()).collect();
    expect.assert_eq(&labels.join(" "));
}

#[test]
fn what_can_be_written_is_proposed() {
    check_completion(
        "//- 0002_a.yaml\nadd_$0",
        expect![
            "add_table drop_table rename_table add_column drop_column rename_column alter_column add_index drop_index add_constraint drop_constraint set_rls add_policy drop_policy comment seed sql purge"
        ],
    );
    check_completion("//- 0002_a.yaml\nadd_column:\n  ta$0", expect!["table columns"]);
    check_completion("//- 0002_a.yaml\nadd_column:\n  table: u$0", expect!["users"]);
    check_completion(
        "//- 0002_a.yaml\ndrop_column: {table: users, column: $0",
        expect!["id email age"],
    );
    check_completion(
        "//- 0002_a.yaml\nadd_index:\n  table: users\n  columns: [$0",
        expect!["id email age"],
    );
    check_completion(
        "//- 0002_a.yaml\nadd_table:\n  name: a\n  rls: own-$0",
        expect!["public deny own-row own-or-public member-of role"],
    );
    check_completion(
        "//- 0002_a.yaml\nadd_table:\n  name: a\n  columns: [id pk, user_id fk->$0",
        expect!["users"],
    );
    check_completion(
        "//- 0002_a.yaml\nadd_table:\n  name: a\n  columns:\n    - id pk\n    - user_id fk->users.$0",
        expect!["id email age"],
    );
    check_completion(
        "//- 0002_a.yaml\nadd_table:\n  name: a\n  columns: [id pk, title $0",
        expect![
            "uuid text smallint integer bigint numeric real double boolean date time timestamp timestamptz json bytes int int2 int4 int8 decimal float4 float8 float double precision bool jsonb bytea blob timestamp with time zone timestamp without time zone time without time zone varchar(255) numeric(10,2) enum(a | b) vector(1536) pk fk-> unique not null default  check ( on delete cascade"
        ],
    );
    check_completion("//- 0002_a.yaml\nadd_table:\n  name: $0", expect![[r#""#]]);
}

#[test]
fn every_key_that_is_proposed_is_one() {
    for word in migrate::language::keywords() {
        let keys = super::completion::keys(word);
        assert!(!keys.is_empty(), "{word}");
        let body: String = keys.iter().map(|it| format!("  {it}: x\n")).collect();
        let text = format!("{word}:\n{body}");
        let file = migrate::language::File { name: "0001_a", text: &text };
        let (_, findings) = migrate::language::read_file(0, file);
        assert!(!findings.iter().any(|it| it.rule == "unknown-key"), "{word}: {findings:?}");
    }
}

fn check_rename(text: &str, new: &str, expect: Expect) {
    let (view, place) = at(text);
    let shown = match rename::rename(&view, place, new, &[]) {
        Ok(edits) => apply(&view, &edits),
        Err(error) => format!("{error}\n"),
    };
    expect.assert_eq(&shown);
}

#[test]
fn a_rename_of_what_was_there_before_is_an_operation() {
    let later = "//- 0003_b.yaml\nadd_index: {table: users, columns: [email]}\n";
    check_rename(
        &format!("//- 0002_a.yaml\nset_rls: {{table: us$0ers, rls: public}}\n{later}"),
        "members",
        expect![[r#"
            //- forge/migrations/0002_a.yaml
            set_rls: {table: users, rls: public}
            ---
            rename_table: {was: users, name: members}
            //- forge/migrations/0003_b.yaml
            add_index: {table: members, columns: [email]}
        "#]],
    );
    check_rename(
        "//- 0002_a.yaml\noperations:\n  - comment: {table: users, column: em$0ail, text: x}\n",
        "mail",
        expect![[r#"
            //- forge/migrations/0002_a.yaml
            operations:
              - comment: {table: users, column: email, text: x}
              - rename_column: {table: users, was: email, name: mail}
        "#]],
    );
    check_rename(
        "//- 0002_a.yaml\nadd_table:\n  name: po$0sts\n  columns: [id pk]\n  rls: public\n",
        "articles",
        expect![[r#"
            //- forge/migrations/0002_a.yaml
            add_table:
              name: articles
              columns: [id pk]
              rls: public
        "#]],
    );
    check_rename(
        "//- 0002_a.yaml\ndrop_table: {table: us$0ers}\n",
        "Not a name",
        expect![[r#"
        rename to `Not a name`: write lower-case letters, digits and `_`
    "#]],
    );
}

/// Titles of the rewrites at the cursor, each with the text that it makes.
fn check_assists(text: &str, expect: Expect) {
    let (view, place) = at(text);
    let found = actions::actions(&view, place.document, Span::at(place.offset));
    let mut out = String::new();
    for it in found.iter().filter(|it| it.kind == actions::ActionKind::Refactor) {
        let Act::Edit(edits) = &it.act else { continue };
        out += &format!("{}\n{}", it.title, apply(&view, edits));
    }
    expect.assert_eq(&out);
}

#[test]
fn rewrites_are_offered_where_they_help() {
    check_assists(
        "//- 0002_a.yaml\nadd_column: {table: users, columns: [ci$0ty text not null default 'x']}\n",
        expect![[r#"
            Add an index on `users.city`
            //- forge/migrations/0002_a.yaml
            add_column: {table: users, columns: [city text not null default 'x']}
            ---
            add_index: {table: users, columns: [city]}
            Let `users.city` be NULL
            //- forge/migrations/0002_a.yaml
            add_column: {table: users, columns: [city text not null default 'x']}
            ---
            alter_column: {table: users, column: city, nullable: true}
        "#]],
    );
    check_assists(
        "//- 0002_a.yaml\ncomment: {table: users, column: ag$0e, text: In years.}\n",
        expect![[r#"
            Add an index on `users.age`
            //- forge/migrations/0002_a.yaml
            comment: {table: users, column: age, text: In years.}
            ---
            add_index: {table: users, columns: [age]}
            Give `users.age` the default 0
            //- forge/migrations/0002_a.yaml
            comment: {table: users, column: age, text: In years.}
            ---
            alter_column: {table: users, column: age, default: '0'}
        "#]],
    );
    check_assists(
        "//- 0002_a.yaml\nalter_col$0umn: {table: users, column: age, type: text}\n",
        expect![[r#"
            Split into expand and contract
            //- forge/migrations/0002_a.yaml
            add_column: {table: users, columns: [age_new text]} # expand: fill it from `age`, let readers and writers move, then drop `age` and rename `age_new` in a later migration
        "#]],
    );
}

#[test]
fn tables_that_a_change_does_not_reach_are_not_planned() {
    // `teams` is renamed under a policy and a reference of others, `notes` has nothing to do with it.
    let text = "//- 0002_a.yaml
operations:
- add_table: {name: teams, columns: [id pk, name text], rls: public}
- add_table: {name: members, columns: [id pk, team_id fk->teams.id, user_id fk->users.id], rls: own-row}
- add_table: {name: docs, columns: [id pk, team_id fk->teams.id], rls: member-of(members via team_id)}
- add_table: {name: notes, columns: [id pk, body text], rls: public}
//- 0003_b.yaml
$0rename_table: {was: teams, name: groups}
";
    let (view, place) = at(text);
    let file = crate::migrations::of(&view, place.document).expect("it is one");
    let plan = crate::migrations::plan::text(file);
    assert!(!plan.contains("cannot be planned") && !plan.contains("refused"), "{plan}");
    let catalog = |schema| {
        let script = migrate::policy::script(schema, Dialect::Sqlite).expect("it compiles");
        sqlite::catalog_of_sql(&script.sql()).expect("it loads")
    };
    let (from, to) = (catalog(&file.before), catalog(&file.after));
    let whole = sqlite::plan(&from, &to, &file.renames, Capabilities::bundled());
    assert_eq!(file.preview().sqlite.plan, whole.map_err(|it| it.to_string()));
    check_inlays(
        text,
        expect![[r#"
        SQLite: 1 step | PostgreSQL: 1 step, ACCESS EXCLUSIVE on teams
    "#]],
    );
}

/// Quick fixes of what is found at the cursor, each with the text that it makes.
fn check_mends(text: &str, expect: Expect) {
    let (view, place) = migrations(text);
    let found = actions::actions(&view, place.document, Span::at(place.offset));
    let mut out = String::new();
    for it in found.iter().filter(|it| it.kind == actions::ActionKind::QuickFix) {
        let Act::Edit(edits) = &it.act else { continue };
        if !it.title.starts_with("Silence") {
            out += &format!("{}\n{}", it.title, apply(&view, edits));
        }
    }
    expect.assert_eq(&out);
}

const ITEMS: &str = "//- 0001_items.yaml
add_table: {name: items, columns: [id bigint pk, kind text, memo text], rls: deny}
//- 0002_a.yaml
";

#[test]
fn what_the_lint_finds_is_mended_where_the_mend_is_clear() {
    check_mends(
        &format!("{ITEMS}add_column: {{table: items, columns: [ti$0tle text not null]}}\n"),
        expect![[r#"
            Add `default ''`
            //- forge/migrations/0002_a.yaml
            add_column: {table: items, columns: [title text not null default '']}
            Let `title` be NULL
            //- forge/migrations/0002_a.yaml
            add_column: {table: items, columns: [title text]}
        "#]],
    );
    check_mends(
        &format!(
            "{ITEMS}operations:\n- dr$0op_column: {{table: items, column: kind}}\n- add_column: {{table: items, columns: [sort text]}}\n- set_rls: {{table: items, rls: public}}\n"
        ),
        expect![[r#"
            Rename `kind` to `sort` instead
            //- forge/migrations/0002_a.yaml
            operations:
            - rename_column: {table: items, was: kind, name: sort}
            - set_rls: {table: items, rls: public}
        "#]],
    );
    check_mends(
        &format!("{ITEMS}dr$0op_column: {{table: items, column: memo, purge: true}}\n"),
        expect![[r#"
            Drop softly: keep the data until it is purged
            //- forge/migrations/0002_a.yaml
            drop_column: {table: items, column: memo, purge: false}
        "#]],
    );
    check_mends(
        "//- 0001_a.yaml\noperations:\n- add_table: {name: users, columns: [id pk], rls: deny}\n- add_table: {name: notes, columns: [id pk, user_$0id fk->users.id not null], rls: deny}\n",
        expect![[r#"
            Add an index on `notes.user_id`
            operations:
            - add_table: {name: users, columns: [id pk], rls: deny}
            - add_table: {name: notes, columns: [id pk, user_id fk->users.id not null], rls: deny}
            - add_index: {table: notes, columns: [user_id]}
        "#]],
    );
    check_mends(
        "//- 0001_a.yaml\nadd_table: {name: events, columns: [id int$0 pk, at timestamp not null], rls: deny}\n",
        expect![[r#"
            Make it `bigint`
            add_table: {name: events, columns: [id bigint pk, at timestamp not null], rls: deny}
        "#]],
    );
}

#[test]
fn words_have_their_kinds() {
    let (view, place) = migrations(
        "//- 0001_a.yaml
add_table:
  name: notes
  columns: [id pk, user_id uuid not null, 'body text']
  rls: own-row(user_id)
",
    );
    let document = view.document(place.document);
    let found = tokens::tokens(&view, place.document, None);
    let shown: Vec<String> = found
        .iter()
        .map(|it| {
            let declares = if it.declaration { " declared" } else { "" };
            format!("{:?} {}{declares}", it.kind, document.slice(it.span))
        })
        .collect();
    expect![[r#"
        Keyword add_table
        Table notes declared
        Column id declared
        Keyword pk
        Column user_id declared
        Type uuid
        Keyword not null
        Column body declared
        Type text
        Column user_id"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn a_rename_in_a_spec_goes_on_in_the_migrations_that_wait() {
    let (set, _) = migrations(
        "//- 0001_posts.yaml
add_table: {name: posts, columns: [id pk, title text], rls: public}
//- 0002_b.yaml
add_index: {table: posts, columns: [title]}
",
    );
    let (spec, place) = fixture(
        "# Blog\n\n## Data model\n\n### Po$0sts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n",
    );
    let around = Around { migrations: vec![std::sync::Arc::new(set.clone())], database: None };
    let edits = rename::rename_in_migrations(&spec, place, "Article", &around);
    expect![[r#"
        //- forge/migrations/0001_posts.yaml
        add_table: {name: articles, columns: [id pk, title text], rls: public}
        //- forge/migrations/0002_b.yaml
        add_index: {table: articles, columns: [title]}
    "#]]
    .assert_eq(&apply(&set, &edits));
}
