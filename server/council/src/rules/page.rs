//! The reference pages of rules, drawn from their doc comments.

use super::{Group, RULES, Rule};
use text::rule_docs::{body, summary};

/// The reference page of one rule, `docs/council-rules/<name>.md`.
#[must_use]
pub fn page(rule: &Rule) -> String {
    format!(
        "# {}\n\n{}\n\nReviewer: {} · class: {} · since {}\n\n{}",
        rule.name,
        summary(rule.docs),
        rule.group.word(),
        rule.class.word(),
        rule.since,
        body(rule.docs, Some(if rule.group == Group::Resources { "yaml" } else { "sql" })),
    )
}

/// The index page of all rules, `docs/council-rules/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Rules of the council\n\n\
         These pages are drawn from the code; change the doc comment of a rule, not its page.\n",
    );
    for group in Group::ALL {
        out += &format!(
            "\n## {}\n\n| rule | class | what it finds |\n| --- | --- | --- |\n",
            title(group)
        );
        for rule in RULES.iter().filter(|it| it.group == group) {
            let summary = summary(rule.docs).replace('|', "\\|");
            out +=
                &format!("| [`{0}`]({0}.md) | {1} | {summary} |\n", rule.name, rule.class.word());
        }
    }
    out
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Lint => "Lint: what others wait for",
        Group::NetChange => "Net change: what is gone or different in sum",
        Group::Access => "Access: who can do what",
        Group::Shadow => "Shadow: what happened when it was run",
        Group::Reversibility => "Reversibility: what the way back gives back",
        Group::Secrets => "Secrets: what must not be written down",
        Group::Spec => "Spec: what was asked for",
        Group::Healing => "Healing: what was there before this workspace",
        Group::Resources => "Resources: what `forge.yaml` lets happen",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, PartKind, Subject, deterministic, review};
    use migrate::plan::Dialect;
    use model::{Review, Risk, SubjectKind, Verdict};
    use std::path::Path;
    use system::TestSystem;
    use text::rule_docs::Example;
    use text::rule_docs::held::{Pages, unlisted, wrong_examples};

    fn subject(example: &Example) -> Subject {
        if example.language == "yaml" {
            let (before, after) =
                example.text.split_once("# becomes\n").unwrap_or(("", &example.text));
            return Subject::of_resources(before, PartKind::Resources.word(), after);
        }
        let (before, down) = example.text.split_once("-- down\n").unwrap_or((&example.text, ""));
        let (before, spec) = before.split_once("-- spec\n").unwrap_or((before, ""));
        let (before, imported) = before.split_once("-- imported\n").unwrap_or((before, ""));
        let (base, migration) = before.split_once("-- migration\n").unwrap_or(("", before));
        let dialect =
            if example.language == "sqlite" { Dialect::Sqlite } else { Dialect::Postgres };
        let texts = [
            (PartKind::Base, base),
            (PartKind::Migration, migration),
            (PartKind::Spec, spec),
            (PartKind::Imported, imported),
            (PartKind::Down, down),
        ];
        let parts = texts.into_iter().filter(|it| !it.1.is_empty()).map(|(kind, text)| Part {
            kind,
            name: kind.word().to_owned(),
            text: text.to_owned(),
        });
        let (kind, parts) = (SubjectKind::MigrationPlan, parts.collect());
        Subject { kind, dialect, parts, is_planned: false }
    }

    fn reviewed(example: &Example) -> Review {
        let panel = deterministic();
        let panel: Vec<_> = panel.iter().map(AsRef::as_ref).collect();
        review(&subject(example), &panel, &TestSystem::new())
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_passes() {
        let rules = RULES.iter().map(|it| (it.name, it.docs));
        let wrong = wrong_examples(rules, |name, example| {
            let review = reviewed(example);
            let own = review.findings.iter().any(|it| it.rule == name);
            let harms = review.findings.iter().any(|it| it.risk >= Risk::Medium);
            let fits = match example.bad {
                true => own,
                false => !own && !harms && review.verdict == Verdict::Pass,
            };
            let found = review.findings.iter().map(|it| (&it.rule, it.risk)).collect::<Vec<_>>();
            (!fits).then(|| format!("{found:?} {:?}", review.reasons))
        });
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn what_a_comment_called_unused_or_small_is_not_blocked() {
        let check = |comment: &str, migration: &str, wanted: Verdict| {
            let base = "create table hits (id bigint primary key, day date, note text);";
            let set = "set lock_timeout = '2s';";
            let text = format!("{base}{comment}\n-- migration\n{set}{migration}");
            let example = Example { language: "sql".to_owned(), bad: true, text };
            let verdict = reviewed(&example).verdict;
            assert_eq!(verdict, wanted, "{comment} {migration}");
        };
        let unused = "comment on table hits is 'unused since 2023';";
        let emptied = "comment on table hits is 'unused since 2023, emptied';";
        let needed = "comment on table hits is 'deprecated, the report still reads it';";
        let [asks, block] = [Verdict::NeedsAcknowledgement, Verdict::Block];
        for migration in ["drop table hits;", "delete from hits;", "truncate hits;"] {
            check("", migration, block);
            check(unused, migration, asks);
            check(emptied, migration, Verdict::Pass);
            check(needed, migration, block);
            // What a change says of itself counts for nothing.
            check("", &format!("{unused}{migration}"), block);
        }
        let column = "comment on column hits.note is 'obsolete, null everywhere';";
        check(column, "alter table hits drop column note;", Verdict::Pass);
        check(column, "alter table hits drop column day;", block);
        let index = "create index hits_day on hits (day);";
        check("", index, block);
        check("comment on table hits is 'about 30 000 rows';", index, block);
        check("comment on table hits is 'a few dozen rows';", index, Verdict::Pass);
    }

    #[test]
    fn what_is_known_already_is_told_alone() {
        let check = |rule: &str, text: &str| {
            let example = Example { language: "sql".to_owned(), bad: false, text: text.to_owned() };
            let review = reviewed(&example);
            let own = review.findings.iter().find(|it| it.rule == rule).map(|it| it.risk);
            assert_eq!((own, review.verdict), (Some(Risk::Low), Verdict::Pass), "{rule}");
        };
        check(
            "broad-grant",
            "create table users (id bigint primary key, name text, blocked_at timestamptz);
             create view sellers as select id, name from users where blocked_at is null;
             grant select on sellers to anon;
-- migration
             create view profiles as select u.id, u.name as label from users u where u.blocked_at is null;
             grant select on profiles to anon;",
        );
        check(
            "open-policy",
            "create table devices (id bigint primary key, serial text, site_id bigint);
             alter table devices enable row level security;
             create policy own on devices to app using (site_id = current_setting('app.site')::bigint);
-- migration
             set lock_timeout = '2s';
             grant select (id, serial) on devices to ingest;
             create policy bridge on devices for select to ingest using (true);",
        );
        check(
            "published-table",
            "create table units (id bigint primary key, unit text not null);
-- migration
             alter publication feed add table units;",
        );
        check(
            "open-definer-path",
            "create function a() returns int language sql security definer set search_path = public, pg_temp as $$ select 1 $$;
-- migration
             create function b() returns int language sql security definer set search_path = public, pg_temp as $$ select 1 $$;
             revoke execute on function b() from public;",
        );
        check(
            "definer-view",
            "create table clinics (id bigint primary key, name text, site text, listed boolean);
             alter table clinics enable row level security;
             create policy own on clinics using (id = current_setting('app.clinic')::bigint);
             create view directory as select id, name from clinics where listed;
-- migration
             create or replace view directory as select id, name, site from clinics where listed;",
        );
        check(
            "missing-lock-timeout",
            "create table readings (id bigint primary key);
             create table sites (id bigint primary key);
             comment on table readings is '80 million rows';
-- migration
             alter table sites add column note text;",
        );
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/council-rules");
        let pages = RULES.iter().map(|it| (it.name, page(it))).collect();
        let pages = Pages { folder: &folder, index: index_page(), pages };
        let left = pages.left_over(|path, text| expect_test::expect_file![path].assert_eq(text));
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let names: Vec<&str> = RULES.iter().map(|it| it.name).collect();
        assert_eq!(unlisted(&folder, &names), Vec::<String>::new());
    }
}
