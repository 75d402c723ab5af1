use super::testing::{render_findings, render_schema};
use expect_test::{Expect, expect};

fn check(text: &str, expect: Expect) {
    expect.assert_eq(&render_schema(text));
}

fn check_findings(text: &str, expect: Expect) {
    expect.assert_eq(&render_findings(text));
}

#[test]
fn the_example_of_the_product_is_read() {
    check(
        "add_table:
  name: users
  columns: [id pk, email text unique not null]
  rls: own-row(id)
---
add_table:
  name: posts
  columns: [id pk, user_id fk->users.id, title text, body text, created_at default now()]
  rls: own-or-public
  indices: [user_id, created_at desc]
",
        expect![[r#"
            users: pk ["id"], OwnRow { column: "id" }
              id uuid not null default RandomUuid
              email text not null unique
            posts: pk ["id"], OwnOrPublic { column: "user_id", flag: None }
              id uuid not null default RandomUuid
              user_id uuid fk->users.id NoAction
              title text
              body text
              created_at timestamptz default Now
              posts_user_id_idx: (user_id)
              posts_created_at_idx: (created_at desc)
        "#]],
    );
}

#[test]
fn texts_that_yaml_breaks_are_read_whole_and_mended() {
    check(
        "add_table:
  name: items
  columns: [id pk, price numeric(10,2) not null, tag text default ', x']
  rls: deny
---
add_table:
  name: more
  columns:
    - id pk
    - tag text default 'a #1' # the first
    - note text default 'a: b'
    - title: text
  rls: deny
---
add_column: {table: more, column: size numeric(10,2)}
",
        expect![[r#"
            3: error[split-by-comma] `price numeric(10,2) not null`: YAML splits this at the comma: put `price numeric(10,2) not null` in quotes
              Put it in quotes: columns: [id pk, "price numeric(10,2) not null", tag text default ', x']
            3: error[split-by-comma] `tag text default ', x'`: YAML splits this at the comma: put `tag text default ', x'` in quotes
              Put it in quotes: columns: [id pk, price numeric(10,2) not null, "tag text default ', x'"]
            10: error[cut-by-comment] `tag text default 'a #1'`: YAML takes the rest of the line for a comment: put `tag text default 'a #1'` in quotes
              Put it in quotes: - "tag text default 'a #1'" # the first
            11: error[colon-in-text] `note text default 'a: b'`: YAML takes this for a mapping, because of the `: `: put `note text default 'a: b'` in quotes
              Put it in quotes: - "note text default 'a: b'"
            12: error[colon-in-text] `title: text`: a column is written without a colon: `title text`
              Leave the colon out: - title text
            15: error[split-by-comma] `size numeric(10,2)`: YAML splits this at the comma: put `size numeric(10,2)` in quotes
              Put it in quotes: add_column: {table: more, column: "size numeric(10,2)"}
            items: pk ["id"], Deny
              id uuid not null default RandomUuid
              price numeric(10,2) not null
              tag text default ', x'
            more: pk ["id"], Deny
              id uuid not null default RandomUuid
              tag text default 'a #1'
              note text default 'a: b'
              title text
              size numeric(10,2)
        "#]],
    );
}

#[test]
fn a_flow_list_that_ends_in_a_comment_says_so() {
    check_findings(
        "add_table:
  name: items
  columns: [id pk, tag text default ' #x', note text]
  rls: deny
",
        expect![[r#"
            3: error[cut-by-comment] `tag text default ' #x'`: YAML takes the rest of the line for a comment: put `tag text default ' #x'` in quotes
              Put it in quotes: columns: [id pk, "tag text default ' #x'", note text]
        "#]],
    );
}

#[test]
fn places_are_kept_through_quotes_escapes_and_folds() {
    check_findings(
        r#"add_table:
  name: items
  columns:
    - id pk
    - "a\ttextt"
    - 'b text default ''x'' nonsense'
    - >-
      c integer
      check (c
      > dd)
    - "d integer \
      check (d > 'x')"
  rls: deny
"#,
        expect![[r#"
            5: error[unknown-type] `textt`: `textt` is no type of the language: `text` is
              Write `text`: - "a\ttext"
            6: error[column-syntax] `nonsense`: `nonsense` does not belong here in a column
            10: error[invalid-expression] `dd`: no column `dd` in `items`: it has id, a, b, c, d
            12: error[invalid-expression] `'x'`: 'x' is not an integer: numbers and booleans are written without quotes
        "#]],
    );
}

#[test]
fn unknown_words_get_the_nearest_known_one() {
    check_findings(
        "add_tabel:
  name: a
---
add_table:
  name: a
  colums: [id pk]
  columns: [id pk, b strng, c datetime, d txet]
  rls: own-rows
---
add_index: {table: aa, columns: [b]}
---
add_index: {table: a, columns: [bb]}
---
create_column: {table: a}
---
rename_column: {table: a, from: b, to: e}
",
        expect![[r#"
            1: error[unknown-operation] `add_tabel`: `add_tabel` is no operation: did you mean `add_table`?
              Write `add_table`: 
            6: error[unknown-key] `colums`: `add_table` has no key `colums`: did you mean `columns`?
              Write `columns`: columns: [id pk]
            7: error[unknown-type] `strng`: `strng` is no type of the language: `text` is
              Write `text`: columns: [id pk, b text, c datetime, d txet]
            7: error[unknown-type] `datetime`: `datetime` is no type of the language: `timestamptz` is
              Write `timestamptz`: columns: [id pk, b strng, c timestamptz, d txet]
            7: error[unknown-type] `txet`: `txet` is no type of the language: `text` is
              Write `text`: columns: [id pk, b strng, c datetime, d text]
            8: error[unknown-policy] `own-rows`: `own-rows` is no policy: did you mean `own-row`?
              Write `own-row`: rls: own-row
            14: error[unknown-operation] `create_column`: `create_column` is no operation: did you mean `add_column`?
              Write `add_column`: add_column: {table: a}
            16: error[unknown-key] `from`: `rename_column` has no key `from`: did you mean `was`?
              Write `was`: rename_column: {table: a, was: b, to: e}
            16: error[unknown-key] `to`: `rename_column` has no key `to`: did you mean `name`?
              Write `name`: rename_column: {table: a, from: b, name: e}
            10: error[unknown-table] `aa`: there is no table `aa` at this point: did you mean `a`?
              Write `a`: add_index: {table: a, columns: [b]}
            12: error[unknown-column] `bb`: `a` has no column `bb` at this point: did you mean `b`?
              Write `b`: add_index: {table: a, columns: [b]}
        "#]],
    );
}

#[test]
fn references_give_types_forwards_and_in_circles() {
    check(
        "operations:
  - add_table:
      name: posts
      columns: [id pk, author fk->people.id not null, cover_id fk->images.id, parent fk->posts]
      rls: own-row(author)
  - add_table:
      name: images
      columns: [id bigint pk identity, post_id fk->posts.id not null]
      rls: public
  - add_table:
      name: people
      columns: [id text pk]
      rls: own-row(id)
",
        expect![[r#"
            posts: pk ["id"], OwnRow { column: "author" }
              id uuid not null default RandomUuid
              author text not null fk->people.id NoAction
              cover_id bigint fk->images.id NoAction
              parent uuid fk->posts.id NoAction
            images: pk ["id"], Public
              id bigint not null default Identity
              post_id uuid not null fk->posts.id NoAction
            people: pk ["id"], OwnRow { column: "id" }
              id text not null
        "#]],
    );
}

#[test]
fn drops_are_soft_and_free_what_could_refuse_a_write() {
    check(
        "operations:
  - add_table:
      name: users
      columns: [id pk, mail text unique not null, state text not null default 'new']
      rls: own-row(id)
      indices: [mail, state]
  - add_table:
      name: posts
      columns: [id pk, user_id fk->users.id]
      rls: own-row
  - drop_column: users.mail
  - drop_column: users.state
  - drop_table: posts
  - add_table:
      name: posts
      columns: [id pk]
      rls: deny
",
        expect![[r#"
            users: pk ["id"], OwnRow { column: "id" }
              id uuid not null default RandomUuid
              __dropped_0001_mail text
              __dropped_0001_state text not null default 'new'
            __dropped_0001_posts (was posts): pk ["id"], Deny
              id uuid not null default RandomUuid
              user_id uuid
            posts (was posts_2): pk ["id"], Deny
              id uuid not null default RandomUuid
        "#]],
    );
}

#[test]
fn purge_drops_for_good() {
    check(
        "operations:
  - add_table: {name: users, columns: [id pk, mail text], rls: deny}
  - add_table: {name: posts, columns: [id pk], rls: deny}
  - drop_column: users.mail
  - drop_table: posts
  - purge: users.mail
  - purge: posts
  - purge: posts
",
        expect![[r#"
            8: error[unknown-table] `posts`: there is no dropped table `posts`: `purge` comes after `drop_table`
            users: pk ["id"], Deny
              id uuid not null default RandomUuid
        "#]],
    );
}

#[test]
fn renames_reach_everything_that_names_them() {
    check(
        "operations:
  - add_table: {name: users, columns: [id pk], rls: own-row(id)}
  - add_table:
      name: posts
      columns: [id pk, user_id fk->users.id, \"size integer check (size > 0)\"]
      rls: user_id = currentUser() or exists(users where id = row.user_id)
      indices:
        - size where size > 10
      constraints: [\"unique (user_id, size)\"]
  - rename_table: {was: users, name: people}
  - rename_column: {table: people, was: id, name: key}
  - rename_column: {table: posts, was: size, name: length}
  - alter_column: {table: posts, column: owner, was: user_id, nullable: false}
",
        expect![[r#"
            people (was users): pk ["key"], OwnRow { column: "key" }
              key uuid not null default RandomUuid
            posts: pk ["id"], where owner = currentUser() or exists(people where key = row.owner)
              id uuid not null default RandomUuid
              owner uuid not null fk->people.key NoAction
              length integer check (length > 0)
              posts_user_id_size_key: Unique(["owner", "length"])
              posts_size_idx: (length) where length > 10
        "#]],
    );
}

#[test]
fn what_is_in_use_is_not_dropped() {
    check_findings(
        "operations:
  - add_table: {name: users, columns: [id pk, a integer, b integer], rls: own-row(id), constraints: [\"check (a > b)\"]}
  - add_table: {name: posts, columns: [id pk, user_id fk->users.id], rls: own-row}
  - drop_column: users.id
  - drop_column: users.a
  - drop_column: posts.user_id
  - drop_table: users
  - alter_column: {table: users, column: id, type: bigint}
",
        expect![[r#"
            4: error[still-in-use] `id`: `users.id` is still in use by the primary key
            5: error[still-in-use] `a`: `users.a` is still in use by the constraint `users_check`
            6: error[still-in-use] `user_id`: `posts.user_id` is still in use by the `rls` of `posts`
            7: error[still-in-use] `users`: `users` is still in use by the reference `posts.user_id`
            8: error[fk-type-mismatch] `bigint`: `users.id` has the type of `posts.user_id`, which references it
        "#]],
    );
}

#[test]
fn flags_add_columns() {
    check(
        "operations:
  - add_table: {name: users, columns: [id bigint pk identity], rls: own-row(id)}
  - add_table:
      name: posts
      columns: [id pk, created_at timestamptz]
      rls: public
      soft_delete: true
      audit_columns: true
      comment: What people write.
",
        expect![[r#"
            users: pk ["id"], OwnRow { column: "id" }
              id bigint not null default Identity
            posts: pk ["id"], Public
              id uuid not null default RandomUuid
              created_at timestamptz
              updated_at timestamptz not null default Now
              created_by bigint
              updated_by bigint
              deleted_at timestamptz
              comment What people write.
        "#]],
    );
}

#[test]
fn a_table_that_begins_like_a_keyword_can_be_referred_to() {
    check(
        "operations:
  - add_table: {name: fka, columns: [id pk], rls: deny}
  - add_table: {name: b, columns: [id pk, a uuid, c uuid], rls: deny}
  - alter_column: {table: b, column: a, fk: fka}
  - alter_column: {table: b, column: c, fk: fk -> fka.id}
",
        expect![[r#"
            fka: pk ["id"], Deny
              id uuid not null default RandomUuid
            b: pk ["id"], Deny
              id uuid not null default RandomUuid
              a uuid fk->fka.id NoAction
              c uuid fk->fka.id NoAction
        "#]],
    );
}

#[test]
fn columns_are_altered_part_by_part() {
    check(
        "operations:
  - add_table: {name: users, columns: [id pk, a text], rls: own-row(id)}
  - add_table: {name: posts, columns: [id pk, a text, b uuid], rls: deny}
  - alter_column: {table: posts, column: a, type: varchar(20), nullable: false, unique: true}
  - alter_column: {table: posts, column: a, default: \"'x'\", check: length(a) > 1}
  - alter_column: {table: posts, column: b, fk: users.id on delete cascade}
  - alter_column: {table: users, column: a, default: draft}
  - alter_column: {table: users, column: a, default: null}
  - alter_column: {table: users, column: id, nullable: true}
",
        expect![[r#"
            7: error[bare-default] `draft`: `draft` is a name here: a text is written `"'draft'"`
              Write `"'draft'"`: - alter_column: {table: users, column: a, default: "'draft'"}
            7: info[without-effect] `alter_column`: `a` is so already: nothing changes
            8: info[without-effect] `alter_column`: `a` is so already: nothing changes
            9: error[still-in-use] `true`: `id` is of the primary key, which is never null
            users: pk ["id"], OwnRow { column: "id" }
              id uuid not null default RandomUuid
              a text
            posts: pk ["id"], Deny
              id uuid not null default RandomUuid
              a varchar(20) not null unique default 'x' check (length(a) > 1)
              b uuid fk->users.id Cascade
        "#]],
    );
}

#[test]
fn derived_names_are_short_and_differ() {
    check(
        "operations:
  - add_table:
      name: a_table_with_a_name_of_more_than_thirty_letters
      columns: [id pk, a_column_with_a_name_of_many_letters integer unique, b integer]
      rls: deny
      indices:
        - a_column_with_a_name_of_many_letters, b
        - b
        - b where b > 1
      constraints: [check (b > 0), check (b < 9)]
  - add_table: {name: a, columns: [id pk, b_c integer unique], rls: deny}
  - add_table: {name: a_b, columns: [id pk, c integer unique], rls: deny}
",
        expect![[r#"
            a_table_with_a_name_of_more_than_thirty_letters: pk ["id"], Deny
              id uuid not null default RandomUuid
              a_column_with_a_name_of_many_letters integer unique
              b integer
              a_table_with_a_name_of_more_than_thirty_letters_check: Check(Compare { op: Greater, left: Column { name: "b", outer: false }, right: Number("0") })
              a_table_with_a_name_of_more_than_thirty_letters_check1: Check(Compare { op: Less, left: Column { name: "b", outer: false }, right: Number("9") })
              a_table_with_a_name_of_more_than_thirty_letters_a_colu_1b62c421: (a_column_with_a_name_of_many_letters, b)
              a_table_with_a_name_of_more_than_thirty_letters_b_idx: (b)
              a_table_with_a_name_of_more_than_thirty_letters_b_idx1: (b) where b > 1
            a: pk ["id"], Deny
              id uuid not null default RandomUuid
              b_c integer unique
            a_b: pk ["id"], Deny
              id uuid not null default RandomUuid
              c integer
              a_b_c_key1: Unique(["c"])
        "#]],
    );
}

#[test]
fn seeds_are_held_against_their_table() {
    check_findings(
        "operations:
  - add_table:
      name: plans
      columns: [id text pk, seats integer not null, kind enum(free | paid), since date]
      rls: public
  - seed:
      table: plans
      rows:
        - {id: free, seats: 1, kind: free, since: 2026-01-31}
        - {id: pro, seats: many, kind: gold}
        - {id: x, seats: 1.5, colour: red}
        - {seats: 2}
  - seed: {table: plans, key: [seats], rows: [{seats: 1}]}
",
        expect![[r#"
            10: error[invalid-seed] `many`: `seats` is `integer`, which cannot hold this
            10: error[invalid-seed] `gold`: `kind` takes one of free, paid
            11: error[invalid-seed] `1.5`: `seats` is `integer`, which cannot hold this
            11: error[unknown-column] `colour`: `plans` has no column `colour` at this point
            12: error[invalid-seed] `seats`: the row lacks `id`
            13: error[invalid-seed] `seats`: the key of a seed is the primary key or unique, or a row is written twice
            13: error[invalid-seed] `seats`: the row lacks `id`
        "#]],
    );
}

#[test]
fn raw_sql_says_something_for_each_dialect() {
    check_findings(
        "sql:
  postgres: create extension pg_trgm
---
sql:
  sqlite: null
  postgres: select 1
  down: {postgres: select 2}
",
        expect![[r#"
            1: error[missing-key] `sql`: `sql` lacks `sqlite`: write `sqlite: null` when there is nothing to do
        "#]],
    );
}

#[test]
fn an_owner_must_be_clear() {
    check_findings(
        "operations:
  - add_table: {name: users, columns: [id pk], rls: own-row}
  - add_table: {name: m, columns: [id pk, a fk->users.id, b fk->users.id], rls: own-or-public}
  - add_table: {name: n, columns: [id pk, hidden text, a fk->users.id], rls: \"own-or-public(a, hidden)\"}
  - add_table: {name: o, columns: [id pk], rls: admin}
  - set_rls: {table: o, rls: role(admin)}
  - set_rls: {table: o, rls: member-of(m via id)}
  - set_rls: {table: o, rls: member-of(m)}
",
        expect![[r#"
            8: error[unknown-policy] `member-of(m)`: `member-of` is written `member-of(table via column)`
            2: error[ambiguous-owner] `own-row`: `users` has no reference to `users`: name the column in `own-row(column)`
              Write `own-row(id)`: - add_table: {name: users, columns: [id pk], rls: own-row(id)}
            3: error[ambiguous-owner] `own-or-public`: `m` references `users` 2 times: say which column owns a row
              Write `own-or-public(a)`: - add_table: {name: m, columns: [id pk, a fk->users.id, b fk->users.id], rls: own-or-public(a)}
              Write `own-or-public(b)`: - add_table: {name: m, columns: [id pk, a fk->users.id, b fk->users.id], rls: own-or-public(b)}
            4: error[unknown-policy] `hidden`: `hidden` is `text`, but a flag is `boolean`
            5: error[unknown-policy] `admin`: `admin` is neither a policy nor a column: a role is written `role(admin)`
              Write `role(admin)`: - add_table: {name: o, columns: [id pk], rls: role(admin)}
        "#]],
    );
}
