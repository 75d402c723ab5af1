use super::*;
use expect_test::{Expect, expect};
use std::path::Path;
use system::TestSystem;

fn path(text: &str) -> AbsPath {
    AbsPath::new(Path::new(text)).expect("it is absolute")
}

fn project(name: &str) -> Project {
    Project::of(&path(&format!("/w/{name}")))
}

fn memory() -> Memory {
    let db = Connection::open_in_memory().expect("memory");
    store::prepare(db, &path("/memory.db")).expect("it is new")
}

/// `shop 0001_a posts(id title): applied | reason | why`
fn remember(memory: &mut Memory, at: i64, line: &str) {
    let mut parts = line.split('|').map(str::trim);
    let (head, outcome) = parts.next().expect("a head").split_once(": ").expect("an outcome");
    let (reason, why) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut words = head.splitn(3, ' ');
    let mut word = || words.next().expect("three words");
    let (name, migration, choice) = (word(), word(), word());
    let (entity, columns) = choice.split_once('(').expect("columns");
    let decision = Decision {
        entity: entity.to_owned(),
        act: "add_table".to_owned(),
        choice: choice.to_owned(),
        columns: columns.trim_end_matches(')').split(' ').map(str::to_owned).collect(),
        reason: reason.to_owned(),
    };
    let outcome = Outcome::of_word(outcome).expect("it is one");
    let written =
        memory.remember(&project(name), migration, &[decision], (outcome, why), Timestamp(at));
    written.expect("it is written");
}

fn filled(lines: &str) -> Memory {
    let mut memory = memory();
    for (at, line) in (1..).zip(lines.lines().map(str::trim).filter(|it| !it.is_empty())) {
        remember(&mut memory, at, line);
    }
    memory
}

/// Recalls for `posts(id title)` in the workspace `here`.
fn check(lines: &str, wanted: &str, expect: Expect) {
    let (entity, columns) = wanted.split_once('(').unwrap_or((wanted, ""));
    let columns = columns.trim_end_matches(')').split(' ').filter(|it| !it.is_empty());
    let query = Query { entity: entity.to_owned(), columns: columns.map(str::to_owned).collect() };
    let found = filled(lines).recall(&query, Some(&project("here"))).expect("it is read");
    expect.assert_eq(&found.iter().map(|it| format!("{it}\n")).collect::<String>());
}

#[test]
fn a_like_entity_brings_back_what_came_of_it() {
    let kept = "
        shop 0001_a blog_posts(id author_id title body): rolled back | drafts were wanted | rows stood in the way
        shop 0002_b invoices(id total due_at): applied
        blog 0001_a Post(id text): applied";
    check(
        kept,
        "posts(id title)",
        expect![[r#"
        in `shop` you chose `blog_posts(id author_id title body)`, since drafts were wanted; rolled back because rows stood in the way
        in `blog` you chose `Post(id text)`; applied
    "#]],
    );
    check(
        kept,
        "invoice_lines",
        expect![[r#"
        in `shop` you chose `invoices(id total due_at)`; applied
    "#]],
    );
    check(kept, "weather", expect![[r#""#]]);
}

#[test]
fn tables_are_alike_by_their_columns_too() {
    let kept = "shop 0001_a articles(id author_id title body published_at): rolled back";
    check(
        kept,
        "stories(id author_id title body published_at)",
        expect![[r#"
        in `shop` you chose `articles(id author_id title body published_at)`; rolled back
    "#]],
    );
    check(kept, "stories(id title)", expect![[r#""#]]);
}

#[test]
fn failures_come_first_and_three_are_enough() {
    let kept = "
        a 0001_a posts(id): applied
        b 0001_a posts(id): applied
        c 0001_a posts(id): failed | | the engine refused a step
        d 0001_a posts(id): applied
        e 0001_a posts(id): blocked | | nobody may read all";
    check(
        kept,
        "posts(id)",
        expect![[r#"
        in `e` you chose `posts(id)`; blocked because nobody may read all
        in `c` you chose `posts(id)`; failed because the engine refused a step
        in `d` you chose `posts(id)`; applied
    "#]],
    );
}

#[test]
fn what_went_well_here_is_no_news_and_what_did_not_is() {
    let kept = "
        here 0001_a posts(id): applied
        here 0002_b users(id): rolled back
        here 0003_c users(id email): applied";
    check(kept, "posts(id)", expect![[r#""#]]);
    check(
        kept,
        "users(id)",
        expect![[r#"
        here you chose `users(id)`; rolled back, applied later
    "#]],
    );
}

#[test]
fn a_rollback_concludes_what_was_applied() {
    let mut memory = filled("shop 0001_a posts(id): applied | first try");
    let shop = project("shop");
    let why = (Outcome::RolledBack, "too slow for the feed");
    assert_eq!(memory.conclude(&shop, "0001_a", why, Timestamp(9)).expect("written"), 1);
    assert_eq!(memory.conclude(&project("other"), "0001_a", why, Timestamp(9)).expect("read"), 0);
    remember(&mut memory, 10, "shop 0001_a posts(id title): applied");
    let query = Query { entity: "posts".to_owned(), columns: Vec::new() };
    let found = memory.recall(&query, None).expect("it is read");
    let found: String = found.iter().map(|it| format!("{it}\n")).collect();
    expect![[r#"
        in `shop` you chose `posts(id)`, since first try; rolled back because too slow for the feed, applied later
    "#]].assert_eq(&found);
    assert_eq!(memory.list().expect("it is read").len(), 2);
}

#[test]
fn the_same_migration_again_is_kept_once() {
    let mut memory = filled("shop 0001_a posts(id): failed");
    remember(&mut memory, 2, "shop 0001_a posts(id title): applied");
    let list = memory.list().expect("it is read");
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].choice.as_str(), list[0].outcome), ("posts(id title)", Outcome::Applied));
}

#[test]
fn what_was_blocked_stays_known_when_something_else_is_applied() {
    let kept = "
        here 0001_a posts(id): blocked | | everybody may read all rows
        here 0001_a posts(id owner): applied";
    check(
        kept,
        "posts(id)",
        expect![[r#"
        here you chose `posts(id)`; blocked because everybody may read all rows
    "#]],
    );
    let let_by = "
        here 0001_a posts(id): blocked | | everybody may read all rows
        here 0001_a posts(id): applied";
    check(let_by, "posts(id)", expect![[r#""#]]);
}

#[test]
fn secrets_and_rows_do_not_enter() {
    let mut memory = memory();
    let decision = Decision {
        entity: "posts".to_owned(),
        act: "add_table".to_owned(),
        choice: "posts(id)".to_owned(),
        columns: vec!["sk_live_4eC39HqLyjWDarjtT1zdp7dc".to_owned()],
        reason: "key is sk_live_4eC39HqLyjWDarjtT1zdp7dc".to_owned(),
    };
    let hostile = Decision { entity: "x'; DROP TABLE item; --".to_owned(), ..decision.clone() };
    let leaking = Decision { choice: "name = 'Ann'".to_owned(), ..decision.clone() };
    let why = (Outcome::Failed, "ann@example.com is twice");
    let all = [decision, hostile, leaking];
    memory.remember(&project("shop"), "0001_a", &all, why, Timestamp(1)).expect("written");
    let list = memory.list().expect("it is read");
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!((list[0].reason.as_str(), list[0].why.as_str()), ("", ""));
    let dump: Vec<String> = ["item", "item_text_content"]
        .iter()
        .flat_map(|table| {
            let sql = format!("SELECT * FROM {table}");
            let mut statement = memory.db().prepare(&sql).expect("it is there");
            let n = statement.column_count();
            let rows = statement.query_map((), |row| {
                (0..n).map(|it| Ok(format!("{:?}", row.get_ref(it)?))).collect()
            });
            rows.expect("it is read").collect::<rusqlite::Result<Vec<String>>>().expect("rows")
        })
        .collect();
    assert!(!dump.join(" ").contains("sk_live"), "{dump:?}");
}

#[test]
fn what_is_forgotten_is_gone_from_the_search_too() {
    let mut memory = filled(
        "shop 0001_a posts(id): failed
         blog 0001_a posts(id): failed
         blog 0002_b users(id): failed",
    );
    assert_eq!(memory.forget(&Forget::Project("blog".to_owned())).expect("written"), 2);
    let query = Query { entity: "posts".to_owned(), columns: Vec::new() };
    assert_eq!(memory.recall(&query, None).expect("read").len(), 1);
    let id = memory.list().expect("read")[0].id;
    assert_eq!(memory.forget(&Forget::Item(id)).expect("written"), 1);
    assert!(memory.recall(&query, None).expect("read").is_empty());
    assert_eq!(memory.forget(&Forget::All).expect("written"), 0);
}

#[test]
fn no_words_make_the_search_fail() {
    let memory = filled("shop 0001_a posts(id): failed");
    for entity in ["", "\"", "NEAR(", "AND", "posts\" OR \"x", "entity:", "*", "日本語", "a^b"] {
        let query = Query { entity: entity.to_owned(), columns: vec![entity.to_owned()] };
        memory.recall(&query, None).expect("it is read");
    }
}

#[test]
fn without_a_home_there_is_no_memory() {
    assert!(Memory::open(&TestSystem::new()).expect("nothing is wrong").is_none());
    assert_eq!(Memory::path(&TestSystem::new()), None);
}

#[test]
fn another_programs_file_is_left_alone() {
    let db = Connection::open_in_memory().expect("memory");
    db.execute_batch("CREATE TABLE theirs (id INTEGER)").expect("it is made");
    let error = store::prepare(db, &path("/memory.db")).expect_err("it is refused");
    assert!(error.to_string().contains("another program's"), "{error}");
}
