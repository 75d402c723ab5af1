use super::*;
use crate::statement::{
    Chain, ChangedFile, Entry, Finding, MigrationText, Predicate, Requirement, Reviewer, Subject,
    Tool,
};
use crate::{Check, State, Statement, links, page_check, signature};
use catalog::{Catalog, SealKey};
use proptest::prelude::*;
use std::sync::Arc;
use system::TestSystem;

/// A statement that says `text` wherever a statement can.
fn statement(text: &str) -> Statement {
    let all = || text.to_owned();
    let predicate = Predicate {
        id: "20261121-090000-1a2b3c".to_owned(),
        headline: all(),
        generated_at: all(),
        tool: Tool { name: "specwright".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        run: Run {
            kind: all(),
            name: all(),
            target: all(),
            intent: all(),
            outcome: all(),
            started_at: all(),
            actors: vec![all()],
            ..Run::default()
        },
        asked: Asked {
            requirements: vec![Requirement { primitive: all(), path: all(), line: 3, text: all() }],
            migrations: vec![MigrationText {
                name: all(),
                path: all(),
                text: all(),
                is_as_applied: Some(true),
            }],
        },
        changed: Changes {
            compared: all(),
            files: vec![ChangedFile {
                path: all(),
                act: all(),
                lines_added: Some(1),
                lines_removed: None,
                note: Some(all()),
            }],
            databases: vec![ChangedDatabase { path: all(), tables: Vec::new(), schema: all() }],
            ..Changes::default()
        },
        reviewed: vec![Review {
            change: all(),
            at: all(),
            verdict: all(),
            reasons: vec![all()],
            findings: vec![Finding {
                reviewer: all(),
                rule: all(),
                risk: all(),
                evidence: all(),
                object: all(),
                claim: all(),
                suppressed: false,
            }],
            reviewers: vec![Reviewer { name: all(), state: all(), why: Some(all()) }],
        }],
        approved: vec![Approval {
            entry: 1,
            at: all(),
            actor: all(),
            act: all(),
            subject: all(),
            detail: all(),
        }],
        tested: vec![Test { what: all(), result: TestResult::Passed, evidence: all() }],
        undone: vec![Undoing { entry: 2, at: all(), actor: all(), what: all(), detail: all() }],
        not_run: vec![all()],
        chain: Chain { seal: Some(all()), ..Chain::default() },
        redaction: Redaction { applied: true, rules: all(), ..Redaction::default() },
    };
    Statement::new(vec![Subject::of(text, b"x")], predicate)
}

fn entries() -> Vec<Entry> {
    let system = Arc::new(TestSystem::new());
    let mut catalog = Catalog::in_memory(system, "test").expect("memory");
    for n in 0..3 {
        catalog.tell("test.act", "it", &format!("act {n}")).expect("it is written");
    }
    let entry = |it: catalog::AuditEntry| Entry {
        seq: it.seq,
        at_ms: it.at.0,
        actor: it.actor,
        action: it.action,
        subject: it.subject,
        detail: it.detail,
        prev: catalog::hex(&it.prev),
        hash: catalog::hex(&it.hash),
        redacted: false,
    };
    catalog.audit_after(0, 9).expect("read").into_iter().map(entry).collect()
}

#[test]
fn the_page_gives_back_the_proof_that_it_shows() {
    for key in [None, Some(SealKey::from_seed(&[7; 32]))] {
        let proof = Proof::new(statement("a < b && \"c\" </pre>"), key.as_ref());
        let html = page(&proof);
        assert_eq!(Proof::read(html.as_bytes()).expect("it holds one"), proof);
        assert_eq!(Proof::read(proof.envelope.to_json().as_bytes()).expect("it is one"), proof);
        assert_eq!(page_check(&proof, &html).state, State::Holds);
        assert_eq!(page_check(&proof, &html.replace("passed", "failed")).state, State::Fails);
    }
    assert!(Proof::read(b"<p>hello</p>").is_err() && Proof::read(&[0xff]).is_err());
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let html = page(&Proof::new(statement("https://evil.example/"), None));
    for word in [
        "<script", "<link", "<img", "<iframe", "<object", "<form", "src=", "url(", "@import", " on",
    ] {
        let found = html.match_indices(word).find(|(at, _)| {
            word != " on"
                || html[*at..].starts_with(" on")
                    && html[*at + 1..]
                        .split('=')
                        .next()
                        .is_some_and(|it| it.len() < 12 && it.chars().all(char::is_alphabetic))
        });
        assert_eq!(found, None, "{word}");
    }
    let links: Vec<&str> =
        html.match_indices("href=\"").map(|(at, _)| &html[at + 6..at + 7]).collect();
    assert!(links.iter().all(|it| *it == "#"), "{links:?}");
    let (_, rest) = html.split_once("style-src 'sha256-").expect("the policy names the style");
    let (hash, _) = rest.split_once('\'').expect("it ends");
    let (_, style) = html.split_once("<style>").expect("there is one");
    let (style, _) = style.split_once("</style>").expect("it ends");
    assert_eq!(hash, STANDARD.encode(Sha256::digest(style)));
}

#[test]
fn text_that_hides_or_turns_is_shown() {
    assert_eq!(escaped("a\u{202e}b\u{200b}\u{1b}[0m\r"), "a⟨U+202E⟩b⟨U+200B⟩⟨U+001B⟩[0m⟨U+000D⟩");
    assert_eq!(escaped("<b>'\"&\n\té"), "&lt;b&gt;&#39;&quot;&amp;\n\té");
}

#[test]
fn links_hold_until_an_entry_is_changed() {
    let with = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut statement = statement("x");
        statement.predicate.chain.entries = entries();
        change(&mut statement.predicate.chain.entries);
        let Check { state, detail, .. } = links(&Proof::new(statement, None));
        format!("{} {detail}", state.word())
    };
    assert_eq!(with(&|_| {}), "holds 3 entries fit each other");
    assert_eq!(
        with(&|it| it[1].detail.push('x')),
        "fails entry 2 does not have the hash that it says"
    );
    assert_eq!(with(&|it| drop(it.remove(1))), "fails entry 3 does not follow the one before it");
    assert_eq!(
        with(&|it| it[2].prev = "nonsense".to_owned()),
        "fails entry 3 does not follow the one before it"
    );
    let hidden = with(&|it| {
        it[1].detail = "[redacted: known value]".to_owned();
        it[1].redacted = true;
    });
    assert_eq!(
        hidden,
        "holds 3 entries fit each other; the hashes of 1 with redacted parts are taken as they are"
    );
    assert_eq!(with(&Vec::clear), "unchecked no entry of the audit chain is told");
}

#[test]
fn a_signature_counts_by_the_key_that_is_trusted() {
    let key = SealKey::from_seed(&[7; 32]);
    let public = catalog::hex(&key.public());
    let mut proof = Proof::new(statement("x"), Some(&key));
    let state = |proof: &Proof, trusted: &[String]| signature(proof, trusted).state;
    assert_eq!(state(&proof, &[public.to_uppercase()]), State::Holds);
    assert_eq!(state(&proof, &[]), State::Unchecked);
    assert_eq!(
        state(&Proof::new(statement("x"), None), std::slice::from_ref(&public)),
        State::Unchecked
    );
    proof.envelope.payload.push(b' ');
    assert_eq!(state(&proof, &[public]), State::Fails);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_becomes_markup(text in "(</?(script|style|pre|section|main)>|[<>&\"'/=a-z -]|\\PC){0,40}") {
        let plain = page(&Proof::new(statement("x"), None));
        // Something is left out where nothing is said.
        let html = page(&Proof::new(statement(&format!("x{text}")), None));
        // The same tags in the same order, whatever the texts say.
        let tags = |html: &str| -> Vec<String> {
            let parts = html.split('<').skip(1);
            parts.map(|it| it.split('>').next().unwrap_or_default().split("aria-label").next().unwrap_or_default().to_owned()).collect()
        };
        prop_assert!(tags(&plain) == tags(&html), "{:?}", text);
        prop_assert_eq!(html.matches('<').count(), html.matches('>').count());
    }
}
