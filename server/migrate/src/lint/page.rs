//! The index page of the rules; each rule's own page is drawn by [`crate::rules::page`].

use super::{Group, RULES};

/// The index page of all rules, `docs/migration-lint/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Lint of migrations\n\n\
         These pages are drawn from the code; change the doc comment of a rule, not its page.\n\
         What cannot be read or replayed is refused by the [rules of migration specs](../migration-rules/README.md).\n",
    );
    for group in Group::ALL {
        out += &format!("\n## {}\n\n", title(group));
        out += "| rule | severity | default | what it finds |\n| --- | --- | --- | --- |\n";
        for rule in RULES.iter().filter(|it| it.group == group) {
            let state = if rule.on_by_default { "on" } else { "off" };
            out += &format!(
                "| [`{0}`]({0}.md) | {1} | {state} | {2} |\n",
                rule.docs.name,
                rule.docs.severity.word(),
                rule.docs.summary().replace('|', "\\|"),
            );
        }
    }
    out
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Access => "Access: who sees and writes what",
        Group::Data => "Data: rows that are lost or stand in the way",
        Group::Lock => "Locks: what readers and writers wait for",
        Group::Shape => "Shape: what is slow or narrow later",
        Group::Flow => "Flow: what was applied, in which order",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::examples::found;
    use crate::rules::page;
    use std::path::Path;
    use text::rule_docs::held::{Pages, unlisted, wrong_examples};

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        let mut said = String::new();
        let rules = RULES.iter().map(|it| (it.docs.name, it.docs.docs));
        let wrong = wrong_examples(rules, |name, example| {
            let found = found(&example.text, name);
            for message in &found {
                said += &format!("{name}: {message}\n");
            }
            let is_refused = found.iter().any(|it| it.starts_with("the example is refused"));
            let is_wrong = found.is_empty() == example.bad || is_refused;
            is_wrong.then(|| format!("{found:?} for {example:?}"))
        });
        assert!(wrong.is_empty(), "{wrong}");
        expect_test::expect![[r#"
            access-widened: guest can now select rows of `notes`
            access-widened: stranger can now select rows of `notes`
            open-write: a guest can insert, update, delete rows of `votes`
            public-with-owner: everyone can write all rows of `notes`, which belong to `user_id`
            public-secret: everyone can read `hooks.api_key`
            inverted-owner: `user_id <> currentUser()` holds for rows that are not the user's
            strangers-write: whoever is signed in can update, delete rows of `notes`, whatever `user_id` says
            hard-coded-user: one user is named here: '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f'
            constant-policy: `name = 'a' or true` is always true
            write-without-read: `tidy` changes nothing: no policy lets anyone see rows of `notes`
            update-wider-than-select: `tidy` reaches rows that `select` may hide: `is_old`
            check-drops-owner: `own` does not keep `user_id`: a user can give his row away
            policy-without-index: no index starts with `notes.user_id`, which a policy asks for
            nullable-owner: rows of `notes` without `user_id` are nobody's
            owner-without-reference: `notes.user_id` does not refer to `users`
            self-enrolled-member: whoever is signed in can insert his own row into `members`, which opens `notes`
            self-granted-claim: users can change `users.is_admin` of their own row, which opens `settings`
            policy-on-open-table: everyone can write `switches`, which opens rows of `notes`
            unique-across-owners: `slug` is unique across all of `user_id`
            key-tells-existence: `about_id` tells which rows `users` has
            overlapping-policies: 2 policies of `notes` are for `select`
            cascade-across-policies: who deletes a row of `notes` deletes rows of `comments`, whatever its policies say
            raw-access: raw SQL makes a view that shows all rows to everyone who may read it
            purge: `items.memo` is gone afterwards: only a backup brings its values back
            narrowed-type: `items.code` may have values that its new type cannot hold
            enum-word-removed: rows of `items` that have `old` in `kind` stand in the way
            required-without-default: existing rows of `items` have no value for `title`
            unproven-on-existing-rows: existing rows of `items` may be equal
            drop-and-add: `kind` is dropped and `sort` added: a rename would keep its values
            raw-without-way-back: there is no way back on PostgreSQL
            rewriting-default: PostgreSQL writes all of `items` again to fill `token`
            renamed-under-clients: programs that use `items.kind` fail from this moment on
            unsafe-raw-sql: require-concurrent-index-creation: During normal index creation, table updates are blocked, but reads are still allowed
            unindexed-reference: no index starts with `shop_id`: changes of `shops` read all of `items`
            redundant-index: `items_code_made_at_idx` does what `items_code_idx` would
            no-primary-key: `events` has no primary key
            small-key: `events.id` runs out of numbers
            moment-without-zone: `events.made_at` has no time zone
            bounded-text: `items.code` is `varchar`
            wide-index: `items_a_b_c_d_idx` is over 4 columns
            loses-data: loses the data of `items.title`, of 2 rows; back up first
            loses-data: loses the data of `items.title`, of 2 rows; back up first
            depends-on-data: fails if rows are NULL in `items.title`
            data-in-the-way: 1 of 2 rows are NULL in `items.title`: 9
            failed-dry-run: fails in a dry run: no such table: item
            lossy-way-back: cannot be rolled back by itself: the author's SQL has no `down`
            table-rebuild: SQLite makes `items` anew and copies it, 1 rows
            table-rewrite: PostgreSQL writes all of `items` again while it is locked for everyone
            lock-held-during-scan: `items` stays locked for everyone while all of `shops` is gone through
            many-tables-locked: `items`, `shops` are locked for everyone at once
            unplannable: cannot be planned for SQLite: plan the change: the rename of `items.title` to `label` does not fit: one of them is missing, or both are on one side
            edited-after-apply: `0001_items` was edited after it was applied: undo the edit, or roll `0001_items` back, and say the change in a new spec
            out-of-order: `0001_items` comes before `0002_shops`, which is applied already: give `0001_items` a number after `0002_shops`, or roll back to before it
            repeated-number: `0001_items` and `0001_shops` have the same number: give `0001_shops` the next free number
            broken-ledger: `0002_shops` is applied, and there is no such spec: restore `0002_shops.yaml`, or roll it back
            drift: table extra was added behind the ledger's back: undo it, or say it in a migration spec
        "#]].assert_eq(&said);
    }

    #[test]
    fn an_index_that_others_need_is_missed() {
        let of = |rls: &str, rule| {
            let text = format!(
                "operations:
- add_table: {{name: users, columns: [id pk], rls: deny}}
- add_table: {{name: notes, columns: [id pk, user_id fk->users.id, slug text], rls: {rls}, indices: [user_id]}}
# next
drop_index: {{table: notes, columns: [user_id]}}
"
            );
            found(&text, rule).join("; ")
        };
        let expr = "\"user_id = currentUser() or slug = 'x'\"";
        let policy = of(expr, "policy-without-index");
        assert_eq!(policy, "no index starts with `notes.user_id`, which a policy asks for");
        let reference = of("deny", "unindexed-reference");
        let message = "no index starts with `user_id`: changes of `users` read all of `notes`";
        assert_eq!(reference, message);
        // These words bring an index of their own.
        assert_eq!(of("own-row", "unindexed-reference"), "");
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migration-lint");
        let pages = RULES.iter().map(|it| (it.docs.name, page(&it.docs))).collect();
        let pages = Pages { folder: &folder, index: index_page(), pages };
        let left = pages.left_over(|path, text| expect_test::expect_file![path].assert_eq(text));
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules");
        let names: Vec<&str> = RULES.iter().map(|it| it.docs.name).collect();
        assert_eq!(unlisted(&folder, &names), Vec::<String>::new());
    }

    #[test]
    fn no_name_is_used_twice() {
        let mut names: Vec<&str> = RULES.iter().map(|it| it.docs.name).collect();
        names.extend(crate::rules::RULES.iter().map(|it| it.name));
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }
}
