//! Sentences that list the fields of a thing, in ten languages: "each booking has a date, a status
//! and a price", "the system shall store name, email and role", "the clerk enters title and author".
//!
//! What the fields belong to is looked for from near to far: the noun before the verb, what the
//! sentence makes, what the line before was about, what the headings name.

use super::deeds::{self, Verb};
use super::leads::{self, LEAD_BYTES_MAX, Thing};
use super::lexicon::{self, Hit, Weight};
use super::{Reading, lists, names, prose};
use crate::facts::{ColumnFact, Deed};
use crate::pattern::compile;
use crate::read::Language;
use crate::read::clauses::Prose;
use model::{Modality, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How many verbs of a line may say that something has fields.
const VERBS_MAX: usize = 6;
/// A sentence that says more before its verb is about more than the thing.
const SUBJECT_CHARS_MAX: usize = 160;
/// Fewer words in a row are no list of fields.
const FIELDS_MIN: usize = 3;

/// "has", "enthält", and what people do who fill in a form; of the latter the thing stands elsewhere.
pub(super) static VERB: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?P<has>\b(?:with|has|have|having|contains?|containing|includes?|including|captures?|capturing|carries|carry|holds?|stores?|storing|records?|recording|saves?|persists?|consists? of|comprises?|logs?)\b(?: the)?(?: following)?(?: (?:fields|attributes|properties|metadata|information|data|details))?",
        r"|\b(?:hat|haben|enthält|enthalten|umfasst|besitzt|besteht aus|mit|speichert)\b|\b(?:contient|contiennent|comporte|comprend|possède|inclut|avec|enregistre|stocke)\b|\b(?:contiene|contienen|incluye|incluyen|tiene|con|incluyendo|almacena|guarda)\b|\b(?:contém|contêm|inclui|possui|possuem|tem|com|incluindo|armazena|salva)\b",
        r"|содержит|содержат|включает|имеет|хранит|сохраняет|\b(?:memiliki|berisi|memuat|terdiri dari|mencakup|dengan|menyimpan)\b|包含|包括|含有|保存|存储|には|포함한다|가진다)",
        r"|\b(?:enters?|fills? (?:in|out)|inputs?|provides?|providing|specif(?:y|ies|ying)|selects?|supplies|choose|chooses)\b",
        r"|\b(?:saisit|saisir|renseigne|renseigner|indique|remplit|ingresa|ingresar|introduce|completa|indica|indicar|informa|informar|preenche|preencher|insere|inserir|digita|especifica)\b",
        r"|вводит|указывает|заполняет|\b(?:memasukkan|mengisi|menginput)\b|填写|输入|录入",
    ))
});

/// What stands behind a list where the verb comes last: "제목, 설명, 인원을 입력", "題名、本文を登録".
pub(super) static VERB_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:을|를) ?(?:각각 ?)?(?:입력|작성|선택|등록|설정|저장|기록|포함|가진|가집|갖|지정|관리)",
        r"|を(?:入力|登録|設定|記録|保存|持つ|持ち|含む|含め|指定|管理|保持)",
    ))
});

pub(super) fn read(rd: &mut Reading<'_, '_>, line: Span) {
    let source = rd.slice(line);
    // Reading prose is dear, and few lines say that something has something.
    if source.len() > LEAD_BYTES_MAX || !has_commas(source) || rd.is_model() {
        return;
    }
    let is_unspaced = matches!(rd.cx.language, Language::Korean | Language::Japanese);
    let behind = is_unspaced && VERB_BEHIND.is_match(source);
    if !behind && !VERB.is_match(source) {
        return;
    }
    let prose = Prose::new(source, line.range().start, false);
    let told = VERB
        .captures_iter(&prose.text)
        .take(VERBS_MAX)
        .find_map(|verb| before_list(rd, &prose, &verb))
        .or_else(|| behind_list(rd, &prose).filter(|_| behind));
    let Some((thing, mut columns)) = told else { return };
    for column in &mut columns {
        column.span = prose.span(&column.span.range());
    }
    rd.cited_table(thing, columns, "told-fields", 55);
}

/// Whether a text names a thing, says that it has something, and lists that behind a colon.
pub(super) fn is_told(rd: &Reading<'_, '_>, place: Span) -> bool {
    let Some((lead, _)) = rd.slice(place).split_once([':', '：']) else { return false };
    let folded = lexicon::fold(lead);
    has_commas(rd.slice(place))
        && VERB.is_match(&folded)
        && !has_commas(lead)
        && !lexicon::find(&folded, rd.cx.language).is_empty()
}

/// What a list can be narrowed or ordered by is no list of fields.
pub(super) static FILTER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:filter|filters|filtering|sort|sorting|sortable|search|filtro|filtros|filtrar|filtre|filtrer|filtern|buscar|rechercher|suche|фильтр|pencarian|mencari)\b|筛选|过滤|検索|絞り込|필터|검색",
    )
});

fn has_commas(text: &str) -> bool {
    text.contains([',', '、', '，', '·'])
}

/// The thing and its fields, where the verb stands before the list.
fn before_list(
    rd: &Reading<'_, '_>,
    prose: &Prose,
    verb: &regex::Captures<'_>,
) -> Option<(Thing, Vec<ColumnFact>)> {
    let whole = verb.get(0)?;
    let around = prose.sentence(whole.start());
    let before = &prose.text[around.start..whole.start()];
    // "A record in the table", "each log": no verb.
    static DETERMINER: LazyLock<Regex> =
        LazyLock::new(|| compile(r"\b(?:an?|the|each|every|any|one|this|no)\s$"));
    if DETERMINER.is_match(before)
        || before.chars().count() > SUBJECT_CHARS_MAX
        || prose.modality(whole.start()) != Modality::InScope
    {
        return None;
    }
    let rest = prose.text[whole.end()..around.end].trim_start_matches([':', '：']);
    if FILTER.is_match(before) || FILTER.is_match(rest.split([',', '、']).next().unwrap_or(rest)) {
        return None;
    }
    let start = around.end - rest.len();
    let columns = fields(rest, start)?;
    let thing = match verb.name("has") {
        Some(_) => owner(rd, prose, around.start..whole.start(), &around),
        None => {
            made_in(rd, prose, &around).or_else(|| leads::section_thing(rd, prose.span(&around)))
        }
    };
    Some((thing?, columns))
}

/// The same, where the verb ends the sentence.
fn behind_list(rd: &Reading<'_, '_>, prose: &Prose) -> Option<(Thing, Vec<ColumnFact>)> {
    const STARTS: &[&str] = &[
        "시 ", "하여 ", "하고 ", "때 ", ": ", "：", "에는 ", "에서 ", "은 ", "는 ", "には", "に、",
        "は、", "は", "時、", "際、",
    ];
    VERB_BEHIND.find_iter(&prose.text).take(VERBS_MAX).find_map(|verb| {
        let around = prose.sentence(verb.start());
        if prose.modality(verb.start()) != Modality::InScope {
            return None;
        }
        let before = &prose.text[around.start..verb.start()];
        let first = before.find([',', '、', '·'])?;
        let from = STARTS.iter().filter_map(|it| Some(before[..first].rfind(it)? + it.len())).max();
        let from = from.unwrap_or(0);
        let columns = fields(&before[from..], around.start + from)?;
        let subject = around.start..around.start + from;
        let thing = last_thing(rd, prose, &subject)
            .or_else(|| leads::section_thing(rd, prose.span(&around)))?;
        Some((thing, columns))
    })
}

/// The columns of a list, where enough of them are called as fields are.
fn fields(list: &str, at: usize) -> Option<Vec<ColumnFact>> {
    let list = VERB_BEHIND.find(list).map_or(list, |it| &list[..it.start()]);
    let columns = lists::sentence_list(without_tail(list), at);
    leads::is_form(&columns, FIELDS_MIN).then_some(columns)
}

/// A list without the word for all of it that some put behind: "city and timezone information",
/// "姓名、电话等信息".
fn without_tail(list: &str) -> &str {
    static TAIL: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?: (?:information|details|data|fields|values|attributes|metadata|info)|等(?:信息|字段|数据|内容|资料)?|など(?:の情報|の項目)?| ?등(?:의 정보)?)[ .。]*$",
        )
    });
    let list = list.trim_end().trim_end_matches(['.', '。', ' ']);
    TAIL.find(list).map_or(list, |it| &list[..it.start()])
}

/// What the fields behind "has" or "stores" belong to.
fn owner(
    rd: &Reading<'_, '_>,
    prose: &Prose,
    before: Range<usize>,
    around: &Range<usize>,
) -> Option<Thing> {
    // "Each entry captures": an entry of what was spoken of before.
    static ROW: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:^|\b(?:each|every|the|an?|these|this|all|die|der|jeder|chaque|cada|каждая|setiap) )",
            r"(?:new )?(?:entry|entries|record|records|row|rows|item|eintrag|einträge|datensatz|entrée|enregistrement|ligne|registro|registros|fila|linha|запись|entri|catatan)(?: (?:shall|must|should|will))?\s*$",
        ))
    });
    let text = &prose.text[before.clone()];
    if ROW.is_match(text) {
        return leads::thing_before(rd, prose.span(around));
    }
    subject(rd, prose, before).or_else(|| {
        // "The system shall store" says nothing of whose fields they are.
        SYSTEM.is_match(text).then(|| made_in(rd, prose, around)).flatten()
    })
}

/// Who acts in a sentence and has no rows.
static SYSTEM: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:system|platform|app|application|service|api|backend|server|it|database|product|tool|software|website|site)(?: (?:shall|must|should|will|can|may|to|automatically|also))*\s*$",
        r"|(?:system|plattform|anwendung|système|plateforme|application|sistema|plataforma|aplicación|aplicativo|aplicação|система|приложение|sistem|aplikasi)(?: (?:muss|soll|doit|debe|deve|должна|должно|harus))?\s*$",
        r"|(?:系统|平台)(?:应|需|会|可以|将)?\s*$|(?:shall|must)\s*$",
    ))
});

/// The thing right before the verb: a known noun, in English with the noun before it.
fn subject(rd: &Reading<'_, '_>, prose: &Prose, before: Range<usize>) -> Option<Thing> {
    const NEAR_BYTES: usize = 24;
    let text = &prose.text[before.clone()];
    if leads::signs_up(&text[text.floor_char_boundary(text.len().saturating_sub(NEAR_BYTES))..]) {
        return Some(thing(rd, prose, "users", &before));
    }
    let hit = lexicon::find(text, rd.cx.language)
        .into_iter()
        .rfind(|it| it.noun.weight > Weight::Seldom && it.end + NEAR_BYTES >= text.len())?;
    named(rd, prose, hit, before.start)
}

/// The thing that stands last in a part of the sentence.
fn last_thing(rd: &Reading<'_, '_>, prose: &Prose, part: &Range<usize>) -> Option<Thing> {
    let text = &prose.text[part.clone()];
    if leads::signs_up(text) {
        return Some(thing(rd, prose, "users", part));
    }
    let hits = lexicon::find(text, rd.cx.language);
    let hit =
        hits.into_iter().rfind(|it| it.noun.weight > Weight::Seldom && it.noun.name != "users")?;
    named(rd, prose, hit, part.start)
}

/// The thing that a sentence makes: "when an airport record is created", "to register a patient".
fn made_in(rd: &Reading<'_, '_>, prose: &Prose, around: &Range<usize>) -> Option<Thing> {
    /// Between a thing and what is done to it.
    const BETWEEN_BYTES_MAX: usize = 40;
    let text = &prose.text[around.clone()];
    if rd.cx.language == Language::English
        && let Some((name, range)) = made_in_english(text)
    {
        let range = around.start + range.start..around.start + range.end;
        return Some(thing(rd, prose, &name, &range));
    }
    if leads::signs_up(text) {
        return Some(thing(rd, prose, "users", around));
    }
    let verbs = deeds::find(text);
    let makes = |it: &&crate::read::lexicon::Hit<Verb>| {
        matches!(it.meaning, Verb::Manages | Verb::Keeps | Verb::Does(Deed::Create))
    };
    let hits = lexicon::find(text, rd.cx.language);
    let known = |it: &&Hit| it.noun.weight > Weight::Seldom && it.noun.name != "users";
    let distance = |hit: &Hit| {
        let apart = |verb: &crate::read::lexicon::Hit<Verb>| {
            hit.start.saturating_sub(verb.range.end).max(verb.range.start.saturating_sub(hit.end))
        };
        verbs.iter().filter(makes).map(apart).min()
    };
    let nearest = hits.iter().filter(known).filter_map(|it| Some((distance(it)?, *it)));
    let (apart, hit) = nearest.min_by_key(|(apart, _)| *apart)?;
    (apart <= BETWEEN_BYTES_MAX).then(|| named(rd, prose, hit, around.start)).flatten()
}

/// The object of an English verb that makes something, known or not.
fn made_in_english(text: &str) -> Option<(String, Range<usize>)> {
    static MADE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:create|creates|creating|add|adds|adding|submit|submits|register|registers|save|saves|log|logs|book|books|schedule|schedules|record|records|open|opens)(?: (?:an?|the|new|each|their|another))+ ([a-z][a-z_-]+(?: [a-z][a-z_-]+)?)",
            r"|\b(?:an?|the|each|every|new)(?: new)? ([a-z][a-z_-]+(?: [a-z][a-z_-]+)?) (?:is|are|gets) (?:successfully )?(?:created|added|submitted|saved|registered|stored|recorded)",
            r"|\bcreate-([a-z]+) request",
        ))
    });
    const KINDS: &[&str] = &[" record", " entry", " row", " item", " profile", " request"];
    let found = MADE.captures(text)?;
    let object = found.get(1).or_else(|| found.get(2)).or_else(|| found.get(3))?;
    let name = object.as_str();
    let name = KINDS.iter().find_map(|it| name.strip_suffix(it)).unwrap_or(name);
    let (head, range) = prose::head_noun(name, object.start())?;
    let name = names::plural(&head);
    // "accounts" are what people have who sign up.
    Some((if name.ends_with("accounts") { "users".to_owned() } else { name }, range))
}

/// The thing that a known noun names, in English with the noun before it.
fn named(rd: &Reading<'_, '_>, prose: &Prose, hit: Hit, at: usize) -> Option<Thing> {
    let range = at + hit.start..at + hit.end;
    // "Registration with name and password" makes an account.
    if hit.noun.name == "registrations" {
        return Some(thing(rd, prose, "users", &range));
    }
    if rd.cx.language == Language::English
        && let Some((name, range)) = prose::compound(&prose.text, &range)
    {
        return Some(thing(rd, prose, &name, &range));
    }
    Some(thing(rd, prose, hit.noun.name, &range))
}

fn thing(rd: &Reading<'_, '_>, prose: &Prose, name: &str, range: &Range<usize>) -> Thing {
    let span = prose.span(range);
    (name.to_owned(), rd.slice(span).to_owned(), span)
}
