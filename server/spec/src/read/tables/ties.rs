//! Sentences that tie things together: "each order belongs to a customer", "a user can have several
//! orders", "一个用户可以有多个订单". The judge drops ties of things that have no rows.

use super::lexicon::{self, Hit, Weight};
use crate::facts::{Fact, RelationFact, Sighting};
use crate::pattern::compile;
use crate::read::ChunkCx;
use crate::read::clauses::{Passage, PassageKind};
use model::{Confidence, Modality};
use regex::Regex;
use std::sync::LazyLock;

/// Between two things that are tied stand a few words.
const BETWEEN_BYTES_MAX: usize = 60;

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    for passage in passages {
        if passage.kind == PassageKind::Sketch || !has_mark(&passage.prose.text) {
            continue;
        }
        let hits = lexicon::find(&passage.prose.text, cx.language);
        for pair in hits.windows(2) {
            if let [left, right] = pair {
                tie(cx, passage, left, right, out);
            }
        }
        for triple in hits.windows(3) {
            if let [link, left, right] = triple
                && links(&passage.prose.text, link, left, right)
            {
                push(cx, passage, link, left, out);
                push(cx, passage, link, right, out);
            }
        }
    }
}

/// What lies between two things that are tied.
enum Tie {
    /// The left has several of the right.
    Owns,
    /// The left belongs to one of the right.
    Owned,
}

fn tie(cx: &ChunkCx<'_>, passage: &Passage, left: &Hit, right: &Hit, out: &mut Vec<Fact>) {
    let prose = &passage.prose;
    let known = left.noun.weight > Weight::Seldom && right.noun.weight > Weight::Seldom;
    if !known || left.noun.name == right.noun.name || left.end > right.start {
        return;
    }
    let same_sentence = prose.sentence(left.start) == prose.sentence(right.start);
    if right.start - left.end > BETWEEN_BYTES_MAX || !same_sentence {
        return;
    }
    let (many, one) = match between(&prose.text, left, right) {
        Some(Tie::Owns) => (right, left),
        Some(Tie::Owned) => (left, right),
        None => return,
    };
    push(cx, passage, many, one, out);
}

fn push(cx: &ChunkCx<'_>, passage: &Passage, many: &Hit, one: &Hit, out: &mut Vec<Fact>) {
    let prose = &passage.prose;
    let (start, end) = (many.start.min(one.start), many.end.max(one.end));
    let scope = &cx.blocks[passage.block].scope;
    let modality = scope.modality().max(prose.modality(start)).max(passage.inherited);
    if modality != Modality::InScope {
        return;
    }
    out.push(Fact::Relation(RelationFact {
        from_table: many.noun.name.to_owned(),
        from_column: None,
        to_table: one.noun.name.to_owned(),
        to_column: None,
        sighting: Sighting {
            span: prose.span(&(start..end)),
            reader: "relation-sentence",
            confidence: Confidence::percent(72),
            modality,
        },
    }));
}

/// Whether the first thing ties the other two: "leases by linking tenant and unit".
fn links(text: &str, link: &Hit, left: &Hit, right: &Hit) -> bool {
    static LINKING: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^ (?:by |that |which )?(?:linking|links|liant|que vinculan?) (?:an? |the |un |une |una )?$",
        )
    });
    static AND: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^ (?:and|to|with|\+|&|et|à|y|con|und|e|com) (?:an? |the |its |un |une |una |uma? )?$",
        )
    });
    let known = [link, left, right].iter().all(|it| it.noun.weight > Weight::Seldom);
    let differ = link.noun.name != left.noun.name && link.noun.name != right.noun.name;
    let in_order = link.end <= left.start && left.end <= right.start;
    known
        && differ
        && in_order
        && LINKING.is_match(&text[link.end..left.start])
        && AND.is_match(&text[left.end..right.start])
}

fn between(text: &str, left: &Hit, right: &Hit) -> Option<Tie> {
    static OWNS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:has|have|owns?|contains?) (?:many|multiple|several|one or more|zero or more)\b|can (?:have|own|contain) (?:many|multiple|several)",
            r"|(?:hat|haben|besitzt|enthält) (?:mehrere|viele)|mehrere .{0,20}haben|(?:a|possède|avoir|contient) plusieurs|(?:tiene|tener|contiene) (?:muchos|muchas|varios|varias|múltiples)",
            r"|(?:tem|ter|possui|possuir|contém) (?:muitos|muitas|vários|várias|múltipl)|имеет (?:много|несколько)|может иметь (?:много|несколько)|memiliki (?:banyak|beberapa)",
            r"|有多个|有多條|有多条|拥有多个|包含多个|は複数の|が複数の|여러|다수의",
        ))
    });
    static OWNED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"^ ?(?:must |shall |should |always |only )?(?:belongs? to|is owned by|are owned by|is linked to|are linked to|is associated with|are associated with|is assigned to|is attached to)\b",
            r"|gehör(?:t|en) (?:zu|einem|einer)|ist einem|wird einem|zugeordnet|appartien(?:t|nent) à|(?:lié|rattaché|associé)e?s? à|pertenec(?:e|en) a|asociad[oa]s? (?:a|con)|pertence(?:m)? a|(?:associad|vinculad)[oa]s? a",
            r"|принадлеж|относится к|привязан|milik|terkait dengan|属于|隶属于|关联到",
        ))
    });
    // "associate each vaccine with an animal"
    static JOINS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:associate|associating|link|attach|connect|zuordnen|associer|lier|rattacher|asociar|vincular|associar|relacionar|привязать|связать|menghubungkan|mengaitkan)",
            r" (?:(?:each|every|an?|the|jede[nrs]?|chaque|un|une|cada|uma?|una|кажд\w+|setiap) )?$",
        ))
    });
    static TO: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^ (?:to|with|à|a|al|avec|con|com|к|с|dengan|ke) (?:an?|the|its|one|un|une|una|uma?|o|la|le)? ?$",
        )
    });
    // Who is "associated with multiple products" has them.
    static SEVERAL: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:multiple|many|several|mehrere[rn]?|viele[rn]?|plusieurs|m[uú]ltiples|vari[oa]s|muchos|muchas|v[aá]ri[oa]s|muit[oa]s|múltipl[oa]s|нескольк\p{L}+|многи\p{L}+|banyak|beberapa) $",
        )
    });
    // In "a line of a rental linked to a bicycle" the line is linked.
    static PART: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:of|from|der|des|einer|eines|d[eo]l?|d'une?|da)(?: (?:an?|the|une?|una?|l[ao]s?|uma?))? $",
        )
    });
    let inside = &text[left.end..right.start];
    let before = &text[text.floor_char_boundary(left.start.saturating_sub(40))..left.start];
    // Behind a comma another thing may be the one that has or belongs.
    let is_one_clause = !inside.contains([';', '(', ')'])
        && !inside.trim_start().starts_with(',')
        && !inside.contains("不属于")
        && !PART.is_match(before);
    if is_one_clause && OWNS.is_match(inside) {
        return Some(Tie::Owns);
    }
    let are_many = is_plural(text, left) && is_plural(text, right);
    if is_one_clause && OWNED.is_match(inside) && (!are_many || inside.contains("belong")) {
        return Some(if SEVERAL.is_match(inside) { Tie::Owns } else { Tie::Owned });
    }
    if JOINS.is_match(before) && TO.is_match(inside) && !are_many {
        return Some(Tie::Owned);
    }
    // The verb comes last: "Termine werden Fahrzeugen zugeordnet", "注文はユーザーに属する", "주문은 사용자에 속한다".
    let after = text[right.end..].trim_start_matches(['*', '`', ' ']);
    let verb = [
        "に属",
        "に紐",
        "に関連",
        "에 속",
        "에게 속",
        "에 종속",
        "와 연결",
        "과 연결",
        "와連",
        "zugeordnet",
        "zugewiesen",
    ];
    let short = inside.chars().count() <= 8;
    (short && verb.iter().any(|it| after.starts_with(it))).then_some(Tie::Owned)
}

/// Whether a noun stands in a plural in `-s`, as most of five languages do.
fn is_plural(text: &str, hit: &Hit) -> bool {
    let word = &text[hit.start..hit.end];
    word.ends_with('s') && !word.ends_with("ss")
}

/// Whether the text has any word of a tie, so that few passages are searched for nouns.
fn has_mark(text: &str) -> bool {
    static MARKS: LazyLock<aho_corasick::AhoCorasick> = LazyLock::new(|| {
        aho_corasick::AhoCorasick::new([
            "belong",
            "owned by",
            "linked to",
            "associat",
            "associar",
            "linking",
            "liant",
            "assigned to",
            "attached to",
            "many",
            "multiple",
            "several",
            "or more",
            "link",
            "assign",
            "mehrere",
            "viele",
            "gehör",
            "zugeordnet",
            "zuordn",
            "plusieurs",
            "appart",
            "associé",
            "rattach",
            "lier",
            "lié",
            "muchos",
            "muchas",
            "varios",
            "varias",
            "pertenec",
            "asoci",
            "vincul",
            "muitos",
            "muitas",
            "vários",
            "várias",
            "pertence",
            "relacion",
            "много",
            "несколько",
            "принадлеж",
            "относится",
            "привяз",
            "связа",
            "banyak",
            "beberapa",
            "milik",
            "terkait",
            "hubung",
            "kait",
            "多个",
            "多条",
            "属于",
            "隶属",
            "关联",
            "複数",
            "属する",
            "紐",
            "関連",
            "여러",
            "다수",
            "속한",
            "속하",
            "종속",
            "연결",
        ])
        .expect("a few words fit an automaton")
    });
    MARKS.is_match(text)
}
