//! Plans between small schemas, each proven on a server.

use super::live::{declared_renames, obstacles, reproduce};
use super::prove::plan_and_prove;
use super::testing::{catalog, planned, show, with_shadow};
use crate::plan::{Plan, Renames, Transaction};
use expect_test::{Expect, expect};

fn check(from: &str, to: &str, expect: Expect) {
    check_renamed(from, to, &Renames::default(), expect);
}

fn check_renamed(from: &str, to: &str, renames: &Renames, expect: Expect) {
    match planned(from, to, renames) {
        Some(Ok(plan)) => expect.assert_eq(&show(&plan)),
        Some(Err(refusal)) => expect.assert_eq(&refusal),
        None => {}
    }
}

#[test]
fn a_new_table_is_made_plainly() {
    check(
        "create table users (id bigint primary key)",
        "create table users (id bigint primary key);
         create table posts (id bigint generated always as identity primary key,
             user_id bigint not null references users on delete cascade, title text default 'x' check (title <> ''));
         create index on posts (user_id);
         alter table posts enable row level security;
         create policy own on posts using (user_id = 1);
         comment on column posts.title is 'shown';",
        expect![[r#"
            1> CREATE TABLE public.posts (
                   id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
                   user_id bigint NOT NULL,
                   title text DEFAULT 'x'::text,
                   CONSTRAINT posts_pkey PRIMARY KEY (id),
                   CONSTRAINT posts_title_check CHECK ((title <> ''::text)),
                   CONSTRAINT posts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
               );
               ALTER TABLE public.posts ENABLE ROW LEVEL SECURITY;
               COMMENT ON COLUMN public.posts.title IS 'shown';
               [posts ACCESS EXCLUSIVE users SHARE ROW EXCLUSIVE]
               back: DROP TABLE public.posts;
            1> CREATE INDEX posts_user_id_idx ON public.posts USING btree (user_id);
               [posts ACCESS EXCLUSIVE]
               back: DROP INDEX public.posts_user_id_idx;
            1> CREATE POLICY own ON public.posts FOR ALL TO PUBLIC USING ((user_id = 1));
               [posts ACCESS EXCLUSIVE]
               back: DROP POLICY own ON public.posts;
        "#]],
    );
}

#[test]
fn constraints_of_a_table_with_rows_come_in_stages() {
    check(
        "create table users (id bigint primary key, mail text);
         create table posts (id bigint primary key, user_id bigint, n int)",
        "create table users (id bigint primary key, mail text not null unique);
         create table posts (id bigint primary key, user_id bigint references users, n int check (n > 0));
         create index posts_n on posts (n desc) where n > 5;",
        expect![[r#"
            1> ALTER TABLE public.posts ADD CONSTRAINT posts_n_check CHECK ((n > 0)) NOT VALID;
               [posts ACCESS EXCLUSIVE]
               ? rows violate `CHECK ((n > 0))` SELECT count(*) FROM public.posts WHERE NOT ((n > 0));
               back: ALTER TABLE public.posts DROP CONSTRAINT posts_n_check;
            1> ALTER TABLE public.posts ADD CONSTRAINT posts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
               [posts SHARE ROW EXCLUSIVE users SHARE ROW EXCLUSIVE]
               ? rows point to no row of `users` SELECT count(*) FROM public.posts x WHERE x.user_id IS NOT NULL AND NOT EXISTS (SELECT FROM public.users y WHERE y.id = x.user_id);
               back: ALTER TABLE public.posts DROP CONSTRAINT posts_user_id_fkey;
            1> ALTER TABLE public.users ADD CONSTRAINT users_mail_not_null_proof CHECK (mail IS NOT NULL) NOT VALID;
               [users ACCESS EXCLUSIVE]
               ? rows are NULL in `users.mail` SELECT count(*) FROM public.users WHERE mail IS NULL;
               back: ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_mail_not_null_proof;
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_mail_key ON public.users USING btree (mail);
               [scans users SHARE UPDATE EXCLUSIVE]
               ? rows of `users` share a value of mail SELECT coalesce(sum(n), 0)::bigint FROM (SELECT mail, count(*) AS n FROM public.users WHERE (mail) IS NOT NULL GROUP BY mail HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.users_mail_key;
            -> CREATE INDEX CONCURRENTLY IF NOT EXISTS posts_n ON public.posts USING btree (n DESC) WHERE (n > 5);
               [scans posts SHARE UPDATE EXCLUSIVE]
               back: DROP INDEX CONCURRENTLY IF EXISTS public.posts_n;
            2> ALTER TABLE public.users VALIDATE CONSTRAINT users_mail_not_null_proof;
               [scans users SHARE UPDATE EXCLUSIVE]
            2> ALTER TABLE public.posts VALIDATE CONSTRAINT posts_n_check;
               [scans posts SHARE UPDATE EXCLUSIVE]
            2> ALTER TABLE public.posts VALIDATE CONSTRAINT posts_user_id_fkey;
               [scans posts SHARE UPDATE EXCLUSIVE users ROW SHARE]
            2> ALTER TABLE public.users ALTER COLUMN mail SET NOT NULL;
               [users ACCESS EXCLUSIVE]
               back: ALTER TABLE public.users ALTER COLUMN mail DROP NOT NULL;
            2> ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_mail_not_null_proof;
               [users ACCESS EXCLUSIVE]
            2> ALTER TABLE public.users ADD CONSTRAINT users_mail_key UNIQUE USING INDEX users_mail_key;
               [users ACCESS EXCLUSIVE]
               back: ALTER TABLE public.users DROP CONSTRAINT users_mail_key;
        "#]],
    );
}

#[test]
fn a_key_over_a_column_that_was_nullable_waits_for_the_proof() {
    check(
        "create table t (a int, b int)",
        "create table t (a int primary key, b int)",
        expect![[r#"
            1> ALTER TABLE public.t ADD CONSTRAINT t_a_not_null_proof CHECK (a IS NOT NULL) NOT VALID;
               [t ACCESS EXCLUSIVE]
               ? rows are NULL in `t.a` SELECT count(*) FROM public.t WHERE a IS NULL;
               back: ALTER TABLE public.t DROP CONSTRAINT IF EXISTS t_a_not_null_proof;
            2> ALTER TABLE public.t VALIDATE CONSTRAINT t_a_not_null_proof;
               [scans t SHARE UPDATE EXCLUSIVE]
            2> ALTER TABLE public.t ALTER COLUMN a SET NOT NULL;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a DROP NOT NULL;
            2> ALTER TABLE public.t DROP CONSTRAINT IF EXISTS t_a_not_null_proof;
               [t ACCESS EXCLUSIVE]
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_pkey ON public.t USING btree (a);
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of a SELECT coalesce(sum(n), 0)::bigint FROM (SELECT a, count(*) AS n FROM public.t WHERE (a) IS NOT NULL GROUP BY a HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.t_pkey;
            3> ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP CONSTRAINT t_pkey;
        "#]],
    );
}

#[test]
fn a_type_change_takes_along_what_hangs_on_the_column() {
    check(
        "create table t (a text default '1', b int); create view v as select a from t;
         create policy p on t using (a = 'x'); create index i on t (a)",
        "create table t (a int default 1, b bigint); create view v as select a from t;
         create policy p on t using (a = 5); create index i on t (a)",
        expect![[r#"
            1> DROP POLICY p ON public.t;
               [t ACCESS EXCLUSIVE]
               back: CREATE POLICY p ON public.t FOR ALL TO PUBLIC USING ((a = 'x'::text));
            1> DROP VIEW public.v;
               []
               back: CREATE VIEW public.v AS
                SELECT t.a
                  FROM public.t;
            1> ALTER TABLE public.t ALTER COLUMN a DROP DEFAULT;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a SET DEFAULT '1'::text;
            1> ALTER TABLE public.t ALTER COLUMN a TYPE integer USING a::integer;
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.a` do not fit `integer` SELECT count(*) FROM public.t WHERE a::text !~* '^\s*[-+]?\d+\s*$';
               back without what `integer` cannot hold of `text` in `public.t.a`: ALTER TABLE public.t ALTER COLUMN a TYPE text;
            1> ALTER TABLE public.t ALTER COLUMN b TYPE bigint;
               [rewrites t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN b TYPE integer;
            1> ALTER TABLE public.t ALTER COLUMN a SET DEFAULT 1;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a DROP DEFAULT;
            1> CREATE VIEW public.v AS
                SELECT t.a
                  FROM public.t;
               []
               back: DROP VIEW public.v;
            1> CREATE POLICY p ON public.t FOR ALL TO PUBLIC USING ((a = 5));
               [t ACCESS EXCLUSIVE]
               back: DROP POLICY p ON public.t;
        "#]],
    );
}

#[test]
fn new_words_of_an_enum_are_committed_first_and_old_ones_need_another_type() {
    check(
        "create type mood as enum ('sad', 'ok'); create table t (m mood default 'ok')",
        "create type mood as enum ('sad', 'fine', 'ok'); create table t (m mood default 'fine')",
        expect![[r#"
            1> ALTER TYPE public.mood ADD VALUE 'fine' AFTER 'sad';
               []
               back without rows that have a new value (it fails while there are any): SET LOCAL check_function_bodies = off;
               ALTER TABLE public.t ALTER COLUMN m DROP DEFAULT;
               ALTER TYPE public.mood RENAME TO mood__old;
               CREATE TYPE public.mood AS ENUM ('sad', 'ok');
               ALTER TABLE public.t ALTER COLUMN m TYPE public.mood USING m::text::public.mood;
               ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'ok'::public.mood;
               DROP TYPE public.mood__old;
            2> ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'fine'::public.mood;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'ok'::public.mood;
        "#]],
    );
    check(
        "create type mood as enum ('sad', 'ok'); create table t (m mood default 'ok', l mood[])",
        "create type mood as enum ('ok'); create table t (m mood default 'ok', l mood[])",
        expect![[r#"
            1> ALTER TABLE public.t ALTER COLUMN m DROP DEFAULT;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'ok'::public.mood;
            1> ALTER TYPE public.mood RENAME TO mood__old;
               CREATE TYPE public.mood AS ENUM ('ok');
               []
               back: DROP TYPE public.mood;
               ALTER TYPE public.mood__old RENAME TO mood;
            1> ALTER TABLE public.t ALTER COLUMN l TYPE public.mood[] USING l::text[]::public.mood[];
               [rewrites t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN l TYPE public.mood__old[] USING l::text[]::public.mood__old[];
            1> ALTER TABLE public.t ALTER COLUMN m TYPE public.mood USING m::text::public.mood;
               [rewrites t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN m TYPE public.mood__old USING m::text::public.mood__old;
            1> ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'ok'::public.mood;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN m DROP DEFAULT;
            1> DROP TYPE public.mood__old;
               []
               back: CREATE TYPE public.mood__old AS ENUM ('sad', 'ok');
        "#]],
    );
}

#[test]
fn a_drop_says_what_is_lost_and_makes_it_again() {
    check(
        "create table a (id serial primary key, b_id int); create table b (id int primary key, a_id int references a);
         alter table a add foreign key (b_id) references b; create index on b (a_id);
         create table t (id int primary key, code text not null unique, n int not null);",
        "create table t (id int primary key)",
        expect![[r#"
            1> ALTER TABLE public.a DROP CONSTRAINT a_b_id_fkey;
               [a ACCESS EXCLUSIVE b ACCESS EXCLUSIVE]
               back: ALTER TABLE public.a ADD CONSTRAINT a_b_id_fkey FOREIGN KEY (b_id) REFERENCES public.b(id);
            1> ALTER TABLE public.b DROP CONSTRAINT b_a_id_fkey;
               [b ACCESS EXCLUSIVE a ACCESS EXCLUSIVE]
               back: ALTER TABLE public.b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES public.a(id);
            1> ALTER TABLE public.t DROP COLUMN code;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.code`: ALTER TABLE public.t ADD COLUMN code text;
               UPDATE public.t SET code = x.n::text::text FROM (SELECT tableoid AS part, ctid AS at, row_number() OVER () AS n FROM public.t) x WHERE public.t.tableoid = x.part AND public.t.ctid = x.at;
               ALTER TABLE public.t ALTER COLUMN code SET NOT NULL;
               ALTER TABLE public.t ADD CONSTRAINT t_code_key UNIQUE (code);
            1> ALTER TABLE public.t DROP COLUMN n;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.n`: ALTER TABLE public.t ADD COLUMN n integer DEFAULT 0::integer NOT NULL;
               ALTER TABLE public.t ALTER COLUMN n DROP DEFAULT;
            1> DROP TABLE public.a;
               [a ACCESS EXCLUSIVE b ACCESS EXCLUSIVE]
               back without the rows of `public.a`: CREATE SEQUENCE public.a_id_seq AS integer;
               CREATE TABLE public.a (
                   id integer DEFAULT nextval('public.a_id_seq'::regclass) NOT NULL,
                   b_id integer,
                   CONSTRAINT a_pkey PRIMARY KEY (id)
               );
               ALTER SEQUENCE public.a_id_seq OWNED BY public.a.id;
            1> DROP TABLE public.b;
               [b ACCESS EXCLUSIVE a ACCESS EXCLUSIVE]
               back without the rows of `public.b`: CREATE TABLE public.b (
                   id integer NOT NULL,
                   a_id integer,
                   CONSTRAINT b_pkey PRIMARY KEY (id)
               );
               CREATE INDEX b_a_id_idx ON public.b USING btree (a_id);
        "#]],
    );
}

#[test]
fn only_declared_renames_are_renames_and_names_of_parts_follow() {
    let renames = Renames {
        tables: vec![("a".into(), "b".into())],
        columns: vec![("b".into(), "x".into(), "y".into())],
    };
    check_renamed(
        "create table a (id serial primary key, x text unique)",
        "create table b (id serial primary key, y text unique)",
        &renames,
        expect![[r#"
            1> ALTER TABLE public.a RENAME TO b;
               [a ACCESS EXCLUSIVE]
               back: ALTER TABLE public.b RENAME TO a;
            1> ALTER TABLE public.b RENAME COLUMN x TO y;
               [b ACCESS EXCLUSIVE]
               back: ALTER TABLE public.b RENAME COLUMN y TO x;
            1> ALTER SEQUENCE public.a_id_seq RENAME TO b_id_seq;
               []
               back: ALTER SEQUENCE public.b_id_seq RENAME TO a_id_seq;
            1> ALTER TABLE public.b RENAME CONSTRAINT a_pkey TO b_pkey;
               [b ACCESS EXCLUSIVE]
               back: ALTER TABLE public.b RENAME CONSTRAINT b_pkey TO a_pkey;
            1> ALTER TABLE public.b RENAME CONSTRAINT a_x_key TO b_y_key;
               [b ACCESS EXCLUSIVE]
               back: ALTER TABLE public.b RENAME CONSTRAINT b_y_key TO a_x_key;
        "#]],
    );
}

#[test]
fn comments_in_a_script_declare_renames() {
    let from = "create table a (x int, y int)";
    let to = "create table b ( -- @renamed from=a
        z int, -- @renamed from=x
        y int -- @renamed from=y
    );";
    let (Some(before), Some(after)) = (catalog(from), catalog(to)) else { return };
    let renames = declared_renames(to, &before, &after);
    check_renamed(
        from,
        to,
        &renames,
        expect![[r#"
        1> ALTER TABLE public.a RENAME TO b;
           [a ACCESS EXCLUSIVE]
           back: ALTER TABLE public.b RENAME TO a;
        1> ALTER TABLE public.b RENAME COLUMN x TO z;
           [b ACCESS EXCLUSIVE]
           back: ALTER TABLE public.b RENAME COLUMN z TO x;
    "#]],
    );
}

#[test]
fn a_live_schema_is_made_again_and_its_rows_are_asked() {
    let sql = "create type mood as enum ('ok'); create table t (id serial primary key, m mood not null, v text);
        create view v as select id from t; create function f() returns int language sql as 'select 1';
        create index i on t (lower(v)); comment on table t is 'rows';";
    let Some(live) = catalog(sql) else { return };
    let made = with_shadow(|it| {
        reproduce(it, &live).expect("it can be made again");
        plan_and_prove(it, &live, &Renames::default()).expect("there is nothing to do").steps.len()
    });
    assert_eq!(made, Some(0));
    let plan =
        planned(sql, "create table t (id int primary key, v int unique)", &Renames::default());
    let plan = plan.expect("there is a server").expect("it can be planned");
    let found = with_shadow(|it| {
        it.load(sql).expect("the script is right");
        it.load("insert into t (m, v) values ('ok', '1'), ('ok', 'x'), ('ok', '1')")
            .expect("they fit");
        obstacles(it.client(), &plan).join("\n")
    });
    expect![[r#"
        1 values of `t.v` do not fit `integer` (such as 2)
        2 rows of `t` share a value of v (such as 1, 2)"#]]
    .assert_eq(&found.expect("there is a server"));
}

#[test]
fn what_cannot_be_planned_is_refused_by_name() {
    check(
        "create table t (a int, at date) partition by range (at)",
        "create table t (a int, at date) partition by list (a)",
        expect![
            "plan the change: table `t` changes how it is partitioned: PostgreSQL cannot do that to a table in place"
        ],
    );
    check(
        "create table t (a int)",
        "create table t (a int); create publication p for table t",
        expect!["plan the change: plans do not cover it, and only one side has it: publication p"],
    );
}

/// The plan as one script, the way a reviewer would be given it.
fn script(plan: &Plan) -> String {
    let mut out = String::new();
    let mut open = Transaction::Outside;
    for step in &plan.steps {
        if step.transaction != open {
            if open != Transaction::Outside {
                out += "COMMIT;\n";
            }
            if step.transaction != Transaction::Outside {
                out += "BEGIN;\n";
            }
            open = step.transaction;
        }
        out += &step.sql;
        out += "\n";
    }
    if open != Transaction::Outside {
        out += "COMMIT;\n";
    }
    out
}

/// What squawk, with all its usual rules, says about a plan.
fn check_lint(from: &str, to: &str, expect: Expect) {
    let Some(plan) = planned(from, to, &Renames::default()) else { return };
    let sql = script(&plan.expect("it can be planned"));
    let parsed = squawk_syntax::SourceFile::parse(&sql);
    let mut linter = squawk_linter::Linter::with_default_rules();
    let violations = linter.lint(&parsed, &sql);
    let lines: Vec<String> = violations
        .iter()
        .map(|it| format!("{}: {}", it.code, sql[it.text_range].lines().next().unwrap_or_default()))
        .collect();
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn what_a_plan_does_to_tables_with_rows_passes_a_linter() {
    check_lint(
        "create table users (id bigint primary key, mail text);
         create table posts (id bigint primary key, user_id bigint, n bigint, gone text);
         create index posts_gone on posts (gone); create type mood as enum ('ok');",
        "create table users (id bigint primary key, mail text not null unique, made timestamptz default now());
         create table posts (id bigint, user_id bigint references users, n bigint check (n > 0), gone text);
         create index posts_n on posts (n); create type mood as enum ('ok', 'sad');
         create table tags (id bigint generated always as identity primary key, post bigint, mood mood);
         create index on tags (post);",
        expect![[r#"
            ban-drop-constraint: DROP CONSTRAINT posts_pkey
            ban-drop-not-null: DROP NOT NULL
            ban-drop-constraint: DROP CONSTRAINT IF EXISTS users_mail_not_null_proof"#]],
    );
}

#[test]
fn a_function_comes_back_before_what_its_body_names() {
    check(
        "create table t (x text); create view v as select x from t;
         create function f() returns setof text language sql as $$ select x from v $$",
        "create table t (x text)",
        expect![[r#"
            1> DROP VIEW public.v;
               []
               back: CREATE VIEW public.v AS
                SELECT t.x
                  FROM public.t;
            1> DROP FUNCTION public.f();
               []
               back: SET LOCAL check_function_bodies = off;
               CREATE FUNCTION public.f()
                RETURNS SETOF text
                LANGUAGE sql
               AS $function$ select x from v $function$;
        "#]],
    );
}

#[test]
fn a_new_value_goes_back_under_a_view_and_a_policy() {
    check(
        "create type e as enum ('a'); create table t (x e default 'a', y int);
         create index on t (y) where x = 'a'; create view v as select x from t;
         create policy p on t using (x = 'a'); create function f(e) returns e language sql as $$ select $1 $$",
        "create type e as enum ('a', 'b'); create table t (x e default 'a', y int);
         create index on t (y) where x = 'a'; create view v as select x from t;
         create policy p on t using (x = 'a'); create function f(e) returns e language sql as $$ select $1 $$",
        expect![[r#"
            1> ALTER TYPE public.e ADD VALUE 'b' AFTER 'a';
               []
               back without rows that have a new value (it fails while there are any): SET LOCAL check_function_bodies = off;
               DROP POLICY p ON public.t;
               DROP VIEW public.v;
               DROP FUNCTION public.f(public.e);
               ALTER TABLE public.t ALTER COLUMN x DROP DEFAULT;
               DROP INDEX public.t_y_idx;
               ALTER TYPE public.e RENAME TO e__old;
               CREATE TYPE public.e AS ENUM ('a');
               ALTER TABLE public.t ALTER COLUMN x TYPE public.e USING x::text::public.e;
               ALTER TABLE public.t ALTER COLUMN x SET DEFAULT 'a'::public.e;
               CREATE FUNCTION public.f(public.e)
                RETURNS public.e
                LANGUAGE sql
               AS $function$ select $1 $function$;
               CREATE VIEW public.v AS
                SELECT t.x
                  FROM public.t;
               CREATE POLICY p ON public.t FOR ALL TO PUBLIC USING ((x = 'a'::public.e));
               DROP TYPE public.e__old;
               CREATE INDEX t_y_idx ON public.t USING btree (y) WHERE (x = 'a'::public.e);
        "#]],
    );
}

#[test]
fn a_partition_keeps_what_it_has_of_its_own() {
    check(
        "",
        "create table t (a int, b int default 1, c int default 1) partition by list (a);
         create table t_1 partition of t (a not null, b default 2) for values in (1);
         alter table t_1 alter c drop default",
        expect![[r#"
            1> CREATE TABLE public.t (
                   a integer,
                   b integer DEFAULT 1,
                   c integer DEFAULT 1
               ) PARTITION BY LIST (a);
               [t ACCESS EXCLUSIVE]
               back: DROP TABLE public.t;
            1> CREATE TABLE public.t_1 PARTITION OF public.t FOR VALUES IN (1);
               ALTER TABLE public.t_1 ALTER COLUMN a SET NOT NULL;
               ALTER TABLE public.t_1 ALTER COLUMN b SET DEFAULT 2;
               ALTER TABLE public.t_1 ALTER COLUMN c DROP DEFAULT;
               [t_1 ACCESS EXCLUSIVE t ACCESS EXCLUSIVE]
               back: DROP TABLE public.t_1;
        "#]],
    );
}

#[test]
fn a_sequence_that_stands_outside_its_new_limits_starts_anew() {
    check(
        "create table t (a bigint generated always as identity (start 30 minvalue 1 maxvalue 90));
         create sequence s start 30",
        "create table t (a bigint generated always as identity (start 3 minvalue 2 maxvalue 9));
         create sequence s maxvalue 9",
        expect![[r#"
            1> ALTER SEQUENCE public.s AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1 NO CYCLE RESTART;
               []
               back: ALTER SEQUENCE public.s AS bigint START WITH 30 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
            1> ALTER TABLE public.t ALTER COLUMN a SET START WITH 3 SET MINVALUE 2 SET MAXVALUE 9 RESTART;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a SET START WITH 30 SET MINVALUE 1 SET MAXVALUE 90;
        "#]],
    );
}

#[test]
fn a_reference_to_its_own_table_comes_back_behind_the_key() {
    check(
        "create table t (name text primary key references t, n int)",
        "create table t (n int)",
        expect![[r#"
            1> ALTER TABLE public.t DROP COLUMN name;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.name`: ALTER TABLE public.t ADD COLUMN name text;
               UPDATE public.t SET name = x.n::text::text FROM (SELECT tableoid AS part, ctid AS at, row_number() OVER () AS n FROM public.t) x WHERE public.t.tableoid = x.part AND public.t.ctid = x.at;
               ALTER TABLE public.t ALTER COLUMN name SET NOT NULL;
               ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (name);
               ALTER TABLE public.t ADD CONSTRAINT t_name_fkey FOREIGN KEY (name) REFERENCES public.t(name);
        "#]],
    );
}

#[test]
fn a_reference_to_a_table_that_is_made_first_fits_no_value() {
    check(
        "create table u (a int)",
        "create table t (a int primary key); create table u (a int references t)",
        expect![[r#"
            1> CREATE TABLE public.t (
                   a integer NOT NULL,
                   CONSTRAINT t_pkey PRIMARY KEY (a)
               );
               [t ACCESS EXCLUSIVE]
               back: DROP TABLE public.t;
            1> ALTER TABLE public.u ADD CONSTRAINT u_a_fkey FOREIGN KEY (a) REFERENCES public.t(a) NOT VALID;
               [u SHARE ROW EXCLUSIVE t SHARE ROW EXCLUSIVE]
               ? rows point to no row of `t` SELECT count(*) FROM public.u x WHERE x.a IS NOT NULL;
               back: ALTER TABLE public.u DROP CONSTRAINT u_a_fkey;
            2> ALTER TABLE public.u VALIDATE CONSTRAINT u_a_fkey;
               [scans u SHARE UPDATE EXCLUSIVE t ROW SHARE]
        "#]],
    );
}

#[test]
fn a_reference_to_partitions_is_proven_at_once() {
    check(
        "create table t (a int primary key) partition by list (a); create table t_1 partition of t for values in (1);
         create table u (a int)",
        "create table t (a int primary key) partition by list (a); create table t_1 partition of t for values in (1);
         create table u (a int references t)",
        expect![[r#"
            1> ALTER TABLE public.u ADD CONSTRAINT u_a_fkey FOREIGN KEY (a) REFERENCES public.t(a);
               [scans u SHARE ROW EXCLUSIVE t SHARE ROW EXCLUSIVE]
               ? rows point to no row of `t` SELECT count(*) FROM public.u x WHERE x.a IS NOT NULL AND NOT EXISTS (SELECT FROM public.t y WHERE y.a = x.a);
               back: ALTER TABLE public.u DROP CONSTRAINT u_a_fkey;
        "#]],
    );
}

#[test]
fn an_identity_ends_before_its_column_gets_a_type_without_one() {
    check(
        "create table t (a int generated by default as identity)",
        "create table t (a varchar(10))",
        expect![[r#"
            1> ALTER TABLE public.t ALTER COLUMN a DROP IDENTITY;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a ADD GENERATED BY DEFAULT AS IDENTITY;
               SELECT setval(pg_get_serial_sequence('public.t', 'a'), greatest(coalesce(max(a), 0) + 1, 1)::bigint, false) FROM public.t;
            1> ALTER TABLE public.t ALTER COLUMN a TYPE character varying(10);
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.a` do not fit `character varying(10)` SELECT count(*) FROM public.t WHERE char_length(a::text) > 10;
               back: ALTER TABLE public.t ALTER COLUMN a TYPE integer USING a::integer;
            1> ALTER TABLE public.t ALTER COLUMN a DROP NOT NULL;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t ALTER COLUMN a SET NOT NULL;
        "#]],
    );
}

#[test]
fn a_key_over_a_new_column_asks_whether_the_rows_would_differ() {
    check(
        "create table t (a int)",
        "create table t (a int, b int default 7 primary key, c int default 1, unique (a, c))",
        expect![[r#"
            1> ALTER TABLE public.t ADD COLUMN b integer DEFAULT 7 NOT NULL;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN b;
            1> ALTER TABLE public.t ADD COLUMN c integer DEFAULT 1;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN c;
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a_c_key ON public.t USING btree (a, c);
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of a, c SELECT coalesce(sum(n), 0)::bigint FROM (SELECT a, c, count(*) AS n FROM (SELECT a, (1)::integer AS c, ctid FROM public.t) AS t WHERE (a) IS NOT NULL AND (c) IS NOT NULL GROUP BY a, c HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.t_a_c_key;
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_pkey ON public.t USING btree (b);
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of b SELECT coalesce(sum(n), 0)::bigint FROM (SELECT b, count(*) AS n FROM (SELECT (7)::integer AS b, ctid FROM public.t) AS t WHERE (b) IS NOT NULL GROUP BY b HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.t_pkey;
            2> ALTER TABLE public.t ADD CONSTRAINT t_a_c_key UNIQUE USING INDEX t_a_c_key;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP CONSTRAINT t_a_c_key;
            2> ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP CONSTRAINT t_pkey;
        "#]],
    );
}

#[test]
fn partitioned_tables_that_lead_to_each_other_are_made() {
    check(
        "",
        "create table t (a int primary key, b int) partition by list (a);
         create table t_1 partition of t for values in (1);
         create table u (a int primary key, b int references t) partition by list (a);
         create table u_1 partition of u for values in (1);
         alter table t add foreign key (b) references u",
        expect![[r#"
            1> CREATE TABLE public.t (
                   a integer NOT NULL,
                   b integer,
                   CONSTRAINT t_pkey PRIMARY KEY (a)
               ) PARTITION BY LIST (a);
               [t ACCESS EXCLUSIVE]
               back: DROP TABLE public.t;
            1> CREATE TABLE public.t_1 PARTITION OF public.t FOR VALUES IN (1);
               [t_1 ACCESS EXCLUSIVE t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DETACH PARTITION public.t_1;
               DROP TABLE public.t_1;
            1> CREATE TABLE public.u (
                   a integer NOT NULL,
                   b integer,
                   CONSTRAINT u_pkey PRIMARY KEY (a)
               ) PARTITION BY LIST (a);
               [u ACCESS EXCLUSIVE]
               back: DROP TABLE public.u;
            1> CREATE TABLE public.u_1 PARTITION OF public.u FOR VALUES IN (1);
               [u_1 ACCESS EXCLUSIVE u ACCESS EXCLUSIVE]
               back: ALTER TABLE public.u DETACH PARTITION public.u_1;
               DROP TABLE public.u_1;
            1> ALTER TABLE public.t ADD CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES public.u(a);
               [t ACCESS EXCLUSIVE u SHARE ROW EXCLUSIVE]
               back: ALTER TABLE public.t DROP CONSTRAINT t_b_fkey;
            1> ALTER TABLE public.u ADD CONSTRAINT u_b_fkey FOREIGN KEY (b) REFERENCES public.t(a);
               [u ACCESS EXCLUSIVE t SHARE ROW EXCLUSIVE]
               back: ALTER TABLE public.u DROP CONSTRAINT u_b_fkey;
        "#]],
    );
}

#[test]
fn a_sequence_changes_its_owner_between_the_old_and_the_new() {
    check(
        "create table t (a serial)",
        "create table u (a int); create sequence t_a_seq as integer owned by u.a",
        expect![[r#"
            1> CREATE TABLE public.u (
                   a integer
               );
               [u ACCESS EXCLUSIVE]
               back: DROP TABLE public.u;
            1> ALTER SEQUENCE public.t_a_seq OWNED BY public.u.a;
               []
               back: ALTER SEQUENCE public.t_a_seq OWNED BY public.t.a;
            1> DROP TABLE public.t;
               [t ACCESS EXCLUSIVE]
               back without the rows of `public.t`: CREATE TABLE public.t (
                   a integer DEFAULT nextval('public.t_a_seq'::regclass) NOT NULL
               );
        "#]],
    );
}

#[test]
fn the_index_by_which_replicas_know_rows_is_there_first() {
    check(
        "create table t (a int not null)",
        "create table t (a int not null); create unique index i on t (a);
         alter table t replica identity using index i;
         create table u (a int not null unique); alter table u replica identity using index u_a_key",
        expect![[r#"
            1> CREATE TABLE public.u (
                   a integer NOT NULL,
                   CONSTRAINT u_a_key UNIQUE (a)
               );
               ALTER TABLE public.u REPLICA IDENTITY USING INDEX u_a_key;
               [u ACCESS EXCLUSIVE]
               back: DROP TABLE public.u;
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t USING btree (a);
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of a SELECT coalesce(sum(n), 0)::bigint FROM (SELECT a, count(*) AS n FROM public.t WHERE (a) IS NOT NULL GROUP BY a HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.i;
            2> ALTER TABLE public.t REPLICA IDENTITY USING INDEX i;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t REPLICA IDENTITY DEFAULT;
        "#]],
    );
}

#[test]
fn a_partition_that_references_may_reach_leaves_its_table_first() {
    check(
        "create table t (a int primary key) partition by list (a); create table u (a int references t)",
        "create table t (a int primary key) partition by list (a); create table u (a int references t);
         create table t_1 partition of t for values in (1)",
        expect![[r#"
            1> CREATE TABLE public.t_1 PARTITION OF public.t FOR VALUES IN (1);
               [t_1 ACCESS EXCLUSIVE t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DETACH PARTITION public.t_1;
               DROP TABLE public.t_1;
        "#]],
    );
}

#[test]
fn an_index_of_a_partition_goes_with_a_column_of_the_parent() {
    check(
        "create table t (a int, b int not null) partition by list (a);
         create table t_1 partition of t for values in (1); create unique index i on t_1 (b)",
        "create table t (a int) partition by list (a); create table t_1 partition of t for values in (1)",
        expect![[r#"
            1> ALTER TABLE public.t DROP COLUMN b;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.b`: ALTER TABLE public.t ADD COLUMN b integer;
               UPDATE public.t SET b = x.n::integer FROM (SELECT tableoid AS part, ctid AS at, row_number() OVER () AS n FROM public.t) x WHERE public.t.tableoid = x.part AND public.t.ctid = x.at;
               ALTER TABLE public.t ALTER COLUMN b SET NOT NULL;
               CREATE UNIQUE INDEX i ON public.t_1 USING btree (b);
        "#]],
    );
}

#[test]
fn a_domain_keeps_a_check_that_is_not_proven() {
    check(
        "create domain d as int check (value > 0); create table t (x d)",
        "create domain d as int check (value > 0); alter domain d add constraint c check (value < 9) not valid;
         create domain e as text; alter domain e add constraint c check (value <> '') not valid;
         create table t (x d)",
        expect![[r#"
            1> ALTER DOMAIN public.d ADD CONSTRAINT c CHECK ((VALUE < 9)) NOT VALID;
               []
               back: ALTER DOMAIN public.d DROP CONSTRAINT c;
            1> CREATE DOMAIN public.e AS text;
               ALTER DOMAIN public.e ADD CONSTRAINT c CHECK ((VALUE <> ''::text)) NOT VALID;
               []
               back: DROP DOMAIN public.e;
        "#]],
    );
}

#[test]
fn what_a_body_in_quotes_names_is_made_before_it_runs() {
    check(
        "create table t (x int)",
        "create function z() returns int language sql as $$ select 1 $$;
         create function a() returns int language sql as $$ select z() $$;
         create table t (x int, y int default a())",
        expect![[r#"
            1> CREATE FUNCTION public.a()
                RETURNS integer
                LANGUAGE sql
               AS $function$ select z() $function$;
               []
               back: DROP FUNCTION public.a();
            1> CREATE FUNCTION public.z()
                RETURNS integer
                LANGUAGE sql
               AS $function$ select 1 $function$;
               []
               back: DROP FUNCTION public.z();
            1> ALTER TABLE public.t ADD COLUMN y integer DEFAULT public.a();
               [rewrites t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN y;
        "#]],
    );
}

#[test]
fn an_index_that_a_table_is_clustered_by_comes_back_as_such() {
    check(
        "create table t (a int); create index i on t (a); create index j on t (a); alter table t cluster on i",
        "create table t (a int); create index j on t (a); alter table t cluster on j",
        expect![[r#"
            1> ALTER TABLE public.t SET WITHOUT CLUSTER;
               []
               back: ALTER TABLE public.t CLUSTER ON i;
            1> ALTER TABLE public.t CLUSTER ON j;
               [t SHARE UPDATE EXCLUSIVE]
               back: ALTER TABLE public.t SET WITHOUT CLUSTER;
            -> DROP INDEX CONCURRENTLY IF EXISTS public.i;
               [t SHARE UPDATE EXCLUSIVE]
               back: CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t USING btree (a);
        "#]],
    );
}

#[test]
fn a_unique_column_with_a_default_comes_back_with_a_value_for_each_row() {
    check(
        "create table t (a int, b text not null default 'x' unique, c int default 1 unique)",
        "create table t (a int)",
        expect![[r#"
            1> ALTER TABLE public.t DROP COLUMN b;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.b`: ALTER TABLE public.t ADD COLUMN b text;
               UPDATE public.t SET b = x.n::text::text FROM (SELECT tableoid AS part, ctid AS at, row_number() OVER () AS n FROM public.t) x WHERE public.t.tableoid = x.part AND public.t.ctid = x.at;
               ALTER TABLE public.t ALTER COLUMN b SET NOT NULL;
               ALTER TABLE public.t ALTER COLUMN b SET DEFAULT 'x'::text;
               ALTER TABLE public.t ADD CONSTRAINT t_b_key UNIQUE (b);
            1> ALTER TABLE public.t DROP COLUMN c;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.c`: ALTER TABLE public.t ADD COLUMN c integer;
               ALTER TABLE public.t ALTER COLUMN c SET DEFAULT 1;
               ALTER TABLE public.t ADD CONSTRAINT t_c_key UNIQUE (c);
        "#]],
    );
}

#[test]
fn a_sequence_of_a_column_belongs_to_the_role_of_its_table() {
    check(
        "create table t (a int); alter table t owner to keeper",
        "create table t (a int, b serial)",
        expect![[r#"
            1> CREATE SEQUENCE public.t_b_seq AS integer;
               [t ACCESS EXCLUSIVE]
               back: DROP SEQUENCE public.t_b_seq;
            1> ALTER TABLE public.t ADD COLUMN b integer DEFAULT nextval('public.t_b_seq'::regclass) NOT NULL;
               [rewrites t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN b;
            1> ALTER SEQUENCE public.t_b_seq OWNER TO keeper;
               ALTER SEQUENCE public.t_b_seq OWNED BY public.t.b;
               [t ACCESS SHARE]
               back: ALTER SEQUENCE public.t_b_seq OWNED BY NONE;
        "#]],
    );
}

#[test]
fn a_key_over_a_column_of_another_type_asks_whether_values_become_alike() {
    check(
        "create table t (a text, b numeric(6, 2) unique, c text); create unique index i on t (lower(c))",
        "create table t (a int unique, b int unique, c varchar(20)); create unique index i on t (lower(c))",
        expect![[r#"
            1> ALTER TABLE public.t ALTER COLUMN a TYPE integer USING a::integer;
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.a` do not fit `integer` SELECT count(*) FROM public.t WHERE a::text !~* '^\s*[-+]?\d+\s*$';
               back without what `integer` cannot hold of `text` in `public.t.a`: ALTER TABLE public.t ALTER COLUMN a TYPE text;
            1> ALTER TABLE public.t ALTER COLUMN b TYPE integer;
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.b` do not fit `integer` SELECT count(*) FROM public.t WHERE b NOT BETWEEN -2147483648 AND 2147483647;
               ? rows of `t` share a value of b SELECT coalesce(sum(n), 0)::bigint FROM (SELECT b, count(*) AS n FROM (SELECT CASE WHEN NOT (b NOT BETWEEN -2147483648 AND 2147483647) THEN b::integer END AS b, ctid FROM public.t) AS t WHERE (b) IS NOT NULL GROUP BY b HAVING count(*) > 1) d;
               back without what `integer` cannot hold of `numeric(6,2)` in `public.t.b`: ALTER TABLE public.t ALTER COLUMN b TYPE numeric(6,2);
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a_key ON public.t USING btree (a);
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of a SELECT coalesce(sum(n), 0)::bigint FROM (SELECT a, count(*) AS n FROM (SELECT CASE WHEN NOT (a::text !~* '^\s*[-+]?\d+\s*$') THEN a::integer END AS a, ctid FROM public.t) AS t WHERE (a) IS NOT NULL GROUP BY a HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.t_a_key;
            2> ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP CONSTRAINT t_a_key;
            -> DROP INDEX CONCURRENTLY IF EXISTS public.i;
               [t SHARE UPDATE EXCLUSIVE]
               back: CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t USING btree (lower(c));
            3> ALTER TABLE public.t ALTER COLUMN c TYPE character varying(20);
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.c` do not fit `character varying(20)` SELECT count(*) FROM public.t WHERE char_length(c::text) > 20;
               back without what `character varying(20)` cannot hold of `text` in `public.t.c`: ALTER TABLE public.t ALTER COLUMN c TYPE text;
            -> CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t USING btree (lower((c)::text));
               [scans t SHARE UPDATE EXCLUSIVE]
               ? rows of `t` share a value of lower((c)::text) SELECT coalesce(sum(n), 0)::bigint FROM (SELECT lower((c)::text), count(*) AS n FROM (SELECT CASE WHEN NOT (char_length(c::text) > 20) THEN c::character varying(20) END AS c, ctid FROM public.t) AS t WHERE (lower((c)::text)) IS NOT NULL GROUP BY lower((c)::text) HAVING count(*) > 1) d;
               back: DROP INDEX CONCURRENTLY IF EXISTS public.i;
        "#]],
    );
}

#[test]
fn a_check_and_a_reference_ask_for_the_values_that_the_plan_makes() {
    check(
        "create table p (id int primary key); create table t (a text, b text)",
        "create table p (id int primary key);
         create table t (a int references p, b date, c int default 3 check (c > 5), check (b > '2000-01-01'))",
        expect![[r#"
            1> ALTER TABLE public.t ALTER COLUMN a TYPE integer USING a::integer;
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.a` do not fit `integer` SELECT count(*) FROM public.t WHERE a::text !~* '^\s*[-+]?\d+\s*$';
               back without what `integer` cannot hold of `text` in `public.t.a`: ALTER TABLE public.t ALTER COLUMN a TYPE text;
            1> ALTER TABLE public.t ALTER COLUMN b TYPE date USING b::date;
               [rewrites t ACCESS EXCLUSIVE]
               ? values of `t.b` do not fit `date` SELECT count(*) FROM public.t WHERE b::text !~* '^\s*\d{4}-\d{1,2}-\d{1,2}\s*$';
               back without what `date` cannot hold of `text` in `public.t.b`: ALTER TABLE public.t ALTER COLUMN b TYPE text;
            1> ALTER TABLE public.t ADD COLUMN c integer DEFAULT 3;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN c;
            1> ALTER TABLE public.t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES public.p(id) NOT VALID;
               [t SHARE ROW EXCLUSIVE p SHARE ROW EXCLUSIVE]
               ? rows point to no row of `p` SELECT count(*) FROM (SELECT CASE WHEN NOT (a::text !~* '^\s*[-+]?\d+\s*$') THEN a::integer END AS a, ctid FROM public.t) x WHERE x.a IS NOT NULL AND NOT EXISTS (SELECT FROM public.p y WHERE y.id = x.a);
               back: ALTER TABLE public.t DROP CONSTRAINT t_a_fkey;
            1> ALTER TABLE public.t ADD CONSTRAINT t_b_check CHECK ((b > '2000-01-01'::date)) NOT VALID;
               [t ACCESS EXCLUSIVE]
               ? rows violate `CHECK ((b > '2000-01-01'::date))` SELECT count(*) FROM (SELECT CASE WHEN NOT (b::text !~* '^\s*\d{4}-\d{1,2}-\d{1,2}\s*$') THEN b::date END AS b, ctid FROM public.t) AS t WHERE NOT ((b > '2000-01-01'::date));
               back: ALTER TABLE public.t DROP CONSTRAINT t_b_check;
            1> ALTER TABLE public.t ADD CONSTRAINT t_c_check CHECK ((c > 5)) NOT VALID;
               [t ACCESS EXCLUSIVE]
               ? rows violate `CHECK ((c > 5))` SELECT count(*) FROM (SELECT (3)::integer AS c, ctid FROM public.t) AS t WHERE NOT ((c > 5));
               back: ALTER TABLE public.t DROP CONSTRAINT t_c_check;
            2> ALTER TABLE public.t VALIDATE CONSTRAINT t_a_fkey;
               [scans t SHARE UPDATE EXCLUSIVE p ROW SHARE]
            2> ALTER TABLE public.t VALIDATE CONSTRAINT t_b_check;
               [scans t SHARE UPDATE EXCLUSIVE]
            2> ALTER TABLE public.t VALIDATE CONSTRAINT t_c_check;
               [scans t SHARE UPDATE EXCLUSIVE]
        "#]],
    );
}

#[test]
fn values_that_become_alike_or_do_not_fit_are_told_before() {
    let from = "create table t (a text, b text, c timestamptz)";
    let to = "create table t (a int unique, b date unique, c date unique)";
    let rows = "insert into t values ('1', '2024-01-01', '2024-01-01 10:00'), \
                ('01', '2024-13-01', '2024-01-01 11:00')";
    let Some(Ok(plan)) = planned(from, to, &Renames::default()) else { return };
    let told = with_shadow(|it| {
        it.load(from).expect("the script is right");
        it.load(rows).expect("the rows fit");
        obstacles(it.client(), &plan).join("\n")
    });
    expect![[r#"
        2 rows of `t` share a value of a (such as 1, 2)
        values of `t` do not fit: date/time field value out of range: "2024-13-01" (Perhaps you need a different "datestyle" setting.)
        2 rows of `t` share a value of c (such as 2024-01-01, 2)"#]].assert_eq(&told.expect("there is a server"));
}

#[test]
fn a_column_comes_back_before_its_enum_loses_a_word() {
    check(
        "create type mood as enum ('low', 'high'); create table t (g mood default 'low')",
        "create type mood as enum ('low', 'middle', 'high'); create table t (id int default 7)",
        expect![[r#"
            1> ALTER TYPE public.mood ADD VALUE 'middle' AFTER 'low';
               []
               back without rows that have a new value (it fails while there are any): SET LOCAL check_function_bodies = off;
               ALTER TABLE public.t ALTER COLUMN g DROP DEFAULT;
               ALTER TYPE public.mood RENAME TO mood__old;
               CREATE TYPE public.mood AS ENUM ('low', 'high');
               ALTER TABLE public.t ALTER COLUMN g TYPE public.mood USING g::text::public.mood;
               ALTER TABLE public.t ALTER COLUMN g SET DEFAULT 'low'::public.mood;
               DROP TYPE public.mood__old;
            2> ALTER TABLE public.t DROP COLUMN g;
               [t ACCESS EXCLUSIVE]
               back without the values of `public.t.g`: ALTER TABLE public.t ADD COLUMN g public.mood DEFAULT 'low'::public.mood;
            2> ALTER TABLE public.t ADD COLUMN id integer DEFAULT 7;
               [t ACCESS EXCLUSIVE]
               back: ALTER TABLE public.t DROP COLUMN id;
        "#]],
    );
}

#[test]
fn tables_are_logged_with_their_targets_first() {
    let (logged, unlogged) = ("create table", "create unlogged table");
    let tables =
        |create: &str| format!("{create} p (id int primary key); {create} c (id int references p)");
    check(
        &tables(unlogged),
        &tables(logged),
        expect![[r#"
            1> ALTER TABLE public.p SET LOGGED;
               [rewrites p ACCESS EXCLUSIVE]
               back: ALTER TABLE public.p SET UNLOGGED;
            1> ALTER TABLE public.c SET LOGGED;
               [rewrites c ACCESS EXCLUSIVE]
               back: ALTER TABLE public.c SET UNLOGGED;
        "#]],
    );
}
