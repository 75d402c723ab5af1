use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, gate};
use crate::pattern::compile;
use crate::read::names;
use aho_corasick::AhoCorasick;
use model::Modality;
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation as _;

declare_rule! {
    /// One sentence keeps rows to their owner, another opens the same rows to everyone.
    ///
    /// Both sentences must name the same thing; a share that the owner grants is no contradiction.
    ///
    /// ```md,bad
    /// ## Privacy
    /// Users can only see their own notes.
    ///
    /// ## Feed
    /// All users can see all notes.
    /// ```
    /// ```md,good
    /// ## Privacy
    /// Users can only see their own notes.
    ///
    /// ## Feed
    /// All users can see all public posts.
    /// ```
    pub(super) static RULE = {
        name: "ownership-against-sharing",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static ONLY_OWN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\bonly (?:\w+ ){0,3}(?:their|his|her|your|my) own (?P<a>\w+)|\b(?:their|his|her) own (?P<b>\w+) only\b|\bnur (?:ihre|seine|die) eigenen (?P<c>\w+)|\b(?:ne \w+ que|uniquement|seulement) (?:ses|leurs) (?:propres )?(?P<d>\w+)|\b(?:solo|solamente|únicamente|apenas|somente) (?:\w+ ){0,2}(?:sus|seus|suas|las suyas) (?:propi[oa]s |próprios |próprias )?(?P<e>\w+)|только свои (?P<f>\w+)|\bhanya (?:\w+ ){0,2}(?P<g>\w+) (?:miliknya|mereka) sendiri",
    )
});
static FOR_ALL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:all|any|every|each) (?:users?|members?|visitors?|customers?|people) (?:can|may|must be able to|are able to) (?:see|view|read|edit|access|browse|delete|update|modify|move) (?:all |any |every |everyone's |other users' |each other's )+(?P<a>\w+)|\b(?:anyone|everyone|everybody|visitors) (?:can|may) (?:see|view|read|edit|access|browse|delete|modify|move) (?:all |any |every )(?P<b>\w+)|\b(?P<c>\w+) (?:are|is) (?:visible|accessible|available|editable) (?:to|for|by) (?:all(?: users)?|everyone|anyone)\b|\balle (?:nutzer|benutzer) (?:können|dürfen|sehen) alle (?P<d>\w+)|\btous les utilisateurs (?:peuvent )?(?:voir|voient|consulter) (?:tous les|toutes les) (?P<e>\w+)|\btodos (?:los|os) usu[aá]rios (?:pueden|podem) ver (?:todos los|todas las|todos os|todas as) (?P<f>\w+)|все пользователи (?:могут видеть|видят) все (?P<g>\w+)|\bsemua pengguna (?:dapat|bisa) melihat semua (?P<h>\w+)",
    )
});

static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        " own ",
        "eigenen ",
        "ses ",
        "leurs ",
        " sus ",
        " seus ",
        " suas ",
        "только свои",
        "sendiri",
        "can see",
        "can view",
        "can read",
        "can edit",
        "can access",
        "can browse",
        "can delete",
        "can update",
        "can modify",
        "can move",
        "may see",
        "may view",
        "may read",
        "may edit",
        "may access",
        "able to",
        "visible ",
        "accessible ",
        "available ",
        "editable ",
        "alle nutzer",
        "alle benutzer",
        "tous les utilisateurs",
        "todos los usuarios",
        "todos os usuários",
        "все пользователи",
        "Все пользователи",
        "semua pengguna",
    ])
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in cx.statements().filter(|it| MAYBE.is_match(it.text())) {
        for (kind, regex) in [("own", &*ONLY_OWN), ("all", &*FOR_ALL)] {
            let lower = line.text().to_lowercase();
            // Other cases have other lengths in a few scripts; those are left alone.
            if lower.len() != line.text().len() {
                continue;
            }
            for found in regex.captures_iter(&lower) {
                let Some(thing) = found.iter().skip(1).flatten().next() else { continue };
                let key = thing.as_str().unicode_words().map(names::singular).next();
                let whole = found.get(0).expect("group 0 is the match");
                let place = line.place(whole.range());
                if let Some(key) = key.filter(|it| !is_vague(it)) {
                    notes.take(kind, place, Modality::InScope, key, "");
                }
            }
        }
    }
}

/// Words that do not tell what is kept or shown.
fn is_vague(thing: &str) -> bool {
    const VAGUE: &[&str] = &[
        "data",
        "content",
        "thing",
        "item",
        "information",
        "it",
        "they",
        "information",
        "resource",
        "page",
        "feature",
        "section",
        "account",
        "profile",
    ];
    thing.len() < 3 || VAGUE.contains(&thing)
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let mut own: FxHashMap<&str, &PlacedNote<'_>> = FxHashMap::default();
    for it in notes.iter().filter(|it| it.note.kind == "own") {
        own.entry(it.note.key.as_str()).or_insert(it);
    }
    for it in notes.iter().filter(|it| it.note.kind == "all") {
        if let Some(keeps) = own.get(it.note.key.as_str()) {
            let thing = &it.note.key;
            let message =
                format!("every `{thing}` is open to all here, but kept to its owner elsewhere");
            sink.report(it.document, it.span, message).related(
                keeps.document,
                keeps.span,
                "only the owner has it here",
            );
        }
    }
}
