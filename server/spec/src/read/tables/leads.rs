//! Lists of fields that a sentence introduces: "Fields of an application:" and its bullets, "Each
//! booking has: a, b, c", "create videos (title, price, file)", in ten languages.
//!
//! A sentence counts when it names a thing and says that fields follow, or when what follows are
//! words that fields are usually called by.

use super::deeds::{self, Verb};
use super::lexicon::{self, Weight};
use super::{Reading, glosses, labels, lists, names};
use crate::facts::{ColumnFact, Deed};
use crate::pattern::compile;
use crate::read::Language;
use crate::read::clauses::Prose;
use crate::scope::Role;
use model::{Modality, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Longer blocks are not sentences.
const LEAD_BYTES_MAX: usize = 1_000;

pub(super) fn read(rd: &mut Reading<'_, '_>, index: usize) {
    let block = rd.block(index);
    // A bold line above a list is taken for a heading.
    let is_heading = matches!(block.kind, BlockKind::Heading { level: 3.., .. });
    if !(is_heading || matches!(block.kind, BlockKind::Paragraph | BlockKind::Item { .. }))
        || block.text.range().len() > LEAD_BYTES_MAX
        || is_silent(rd)
    {
        return;
    }
    let text = rd.slice(block.text);
    if is_heading || text.trim_end_matches(['*', '_', ' ']).ends_with([':', '：', '。']) {
        led(rd, index, is_heading);
    }
    bracketed(rd, block);
    match block.kind {
        BlockKind::Item { .. } => {
            form(rd, block.text);
            sentence(rd, block.text);
        }
        BlockKind::Paragraph => {
            rd.lines(block.text).into_iter().for_each(|it| form(rd, it));
            sentence(rd, block.text);
        }
        _ => {}
    }
}

/// Rows of features that list the fields of a form: "| Sign-up | email, password, nickname |".
pub(super) fn rows(rd: &mut Reading<'_, '_>, rows: &[Vec<Span>]) {
    if is_silent(rd) {
        return;
    }
    for row in rows {
        for cells in row.windows(2) {
            let list = cells[1];
            if !may_list(rd.slice(list)) {
                continue;
            }
            let feature = rd.plain(cells[0]);
            let Some(thing) = made_by(rd, &feature, cells[0]) else { continue };
            let columns = listed(rd.slice(list), list.range().start);
            if is_form(&columns, 3) {
                rd.cited_table(thing, columns, "form-fields", 64);
            }
        }
        row.iter().for_each(|it| sentence(rd, *it));
    }
}

/// One line that lists the fields of a form: "**Inputs:** name, email", "Customer fields: name ·
/// phone", "Sign-up: email, password, nickname".
fn form(rd: &mut Reading<'_, '_>, line: Span) {
    if line.range().len() > LEAD_BYTES_MAX || !may_list(rd.slice(line)) || rd.is_model() {
        return;
    }
    // An item may be wrapped.
    let Some(it) = lists::entry(rd, line).filter(|it| !it.rest.is_empty()) else { return };
    let rest = Span::new(it.rest_at, line.range().end.max(it.rest_at));
    let (thing, least) =
        if let Some((noun, _)) = labels::thing_with_fields(&it.label, rd.cx.language) {
            (Some((noun.name.to_owned(), it.label.clone(), it.span)), 2)
        } else if labels::is_inputs(&it.label) {
            (section_thing(rd, it.span), 2)
        } else {
            (made_by(rd, &it.label, it.span), 3)
        };
    let Some(thing) = thing else { return };
    let text = rd.slice(rest).replace('\n', " ");
    let columns = listed(&text, rest.range().start);
    if is_form(&columns, least) {
        rd.cited_table(thing, columns, "form-fields", 66);
    }
}

/// Whether a text is divided as lists are; most is not, and need not be looked at.
fn may_list(text: &str) -> bool {
    text.contains([',', '、', '，', '·', ';', '；', '/'])
}

/// Whether enough of the columns have names that fields have.
fn is_form(columns: &[ColumnFact], least: usize) -> bool {
    let usual = columns.iter().filter(|it| is_usual(&it.name)).count();
    columns.len() >= least && usual >= 2 && usual * 2 >= columns.len()
}

/// A list of fields without the verb that stands behind it in some languages.
fn listed(list: &str, at: usize) -> Vec<ColumnFact> {
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\s*(?:을|를|を)?\s*(?:입력|작성|선택|등록|수정|변경|저장|설정|기입|入力|登録|編集|設定|填写|输入|录入|eingeben|erfassen|angeben)[^,、，·]{0,12}$",
        )
    });
    let list = list.trim_end().trim_end_matches(['.', '。', '*']);
    let list = VERB.find(list).map_or(list, |it| &list[..it.start()]);
    lists::field_list_in(list, at)
}

/// The thing that a feature makes: "Create customer", "고객 등록"; a sign-up makes users.
fn made_by(rd: &Reading<'_, '_>, feature: &str, span: Span) -> Option<(String, String, Span)> {
    const FEATURE_CHARS_MAX: usize = 40;
    static SIGN_UP: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\bsign[- ]?up\b|\bregistration\b|\bregistrierung\b|\binscription\b|\bregistro de (?:usuario|cliente)|\bcadastro de usu",
            r"|регистрация|\bregistrasi\b|\bpendaftaran akun|会员注册|用户注册|会員登録|ユーザー登録|회원 ?가입",
        ))
    });
    if feature.chars().count() > FEATURE_CHARS_MAX {
        return None;
    }
    if SIGN_UP.is_match(feature) {
        return Some(("users".to_owned(), feature.to_owned(), span));
    }
    let folded = lexicon::fold(feature);
    let makes = deeds::find(&folded)
        .iter()
        .any(|it| matches!(it.meaning, Verb::Manages | Verb::Keeps | Verb::Does(Deed::Create)));
    let hits = lexicon::find(&folded, rd.cx.language);
    let hit = hits.iter().rev().find(|it| it.noun.weight > Weight::Seldom).filter(|_| makes)?;
    Some((hit.noun.name.to_owned(), feature.to_owned(), span))
}

/// The thing that the nearest headings are about.
fn section_thing(rd: &Reading<'_, '_>, span: Span) -> Option<(String, String, Span)> {
    const SECTIONS_MAX: usize = 2;
    let sections = rd.scope().sections();
    sections.iter().rev().take(SECTIONS_MAX).find_map(|section| {
        made_by(rd, &section.title, span).or_else(|| {
            let folded = lexicon::fold(&section.title);
            let hits = lexicon::find(&folded, rd.cx.language);
            let hit = hits.iter().rev().find(|it| it.noun.weight > Weight::Seldom)?;
            Some((hit.noun.name.to_owned(), section.title.to_string(), span))
        })
    })
}

/// Sections whose lists are of anything but fields of stored things.
fn is_silent(rd: &Reading<'_, '_>) -> bool {
    matches!(
        rd.scope().role(),
        Role::Api
            | Role::Competitors
            | Role::Deploy
            | Role::Example
            | Role::Metrics
            | Role::NonFunctional
            | Role::Risk
            | Role::TechStack
            | Role::Testing
            | Role::Ui
    )
}

/// A line that ends in a colon, and the bullets below it.
fn led(rd: &mut Reading<'_, '_>, index: usize, is_heading: bool) {
    let block = rd.block(index).clone();
    let items = items_below(rd, index);
    if items.len() < 2 {
        return;
    }
    let text = rd.slice(block.text);
    let line_at = text.trim_end().rfind('\n').map_or(0, |it| it + 1);
    let base = block.text.range().start + line_at;
    let lead = Prose::new(&text[line_at..], base, false);
    let says_fields = says_fields(&lead.text);
    // Below a heading in a data model the reader of lists knows better.
    if is_heading && (!says_fields || rd.is_model()) {
        return;
    }
    // Things with their own fields are not the fields of one.
    if items.iter().filter(|it| lists::is_entity(rd, **it)).count() * 2 > items.len() {
        return;
    }
    let columns: Vec<ColumnFact> =
        items.iter().flat_map(|it| lists::field_bullet(rd, *it)).collect();
    if columns.len() * 4 < items.len() * 3 || columns.len() < 2 {
        return;
    }
    let usual = columns.iter().filter(|it| is_usual(&it.name)).count();
    // "with:" may open a list of features; fields have the names that fields have.
    let enough = if says_fields { 1 } else { 2.max(columns.len().div_ceil(3)) };
    if usual < enough {
        return;
    }
    let thing = thing_in(rd, &lead).or_else(|| {
        (says_fields && lead.text.split_whitespace().count() <= 2)
            .then(|| titled(rd, &block))
            .flatten()
    });
    let Some((name, label, span)) = thing else { return };
    if lead.modality(lead.text.len().saturating_sub(1)) != Modality::InScope {
        return;
    }
    rd.cited_table((name, label, span), columns, "led-fields", if says_fields { 80 } else { 68 });
}

/// The texts of the items right below a line: nested in an item, next to a paragraph.
fn items_below(rd: &Reading<'_, '_>, index: usize) -> Vec<Span> {
    const ITEMS_MAX: usize = 60;
    let blocks = &rd.cx.chunk.blocks;
    let block = &blocks[index];
    let is_item = matches!(block.kind, BlockKind::Item { .. });
    let Some(first) = blocks.get(index + 1) else { return Vec::new() };
    if !matches!(first.kind, BlockKind::Item { .. }) || is_item && first.depth <= block.depth {
        return Vec::new();
    }
    blocks[index + 1..]
        .iter()
        .take(ITEMS_MAX)
        .take_while(|it| matches!(it.kind, BlockKind::Item { .. }) && it.depth >= first.depth)
        .filter(|it| it.depth == first.depth)
        .map(|it| it.text)
        .collect()
}

/// Whether a sentence says that what follows are fields.
fn says_fields(lead: &str) -> bool {
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:fields?|attributes?|properties|columns?|following (?:information|details|data))\b",
            r"|felder|folgende[nr]? (?:angaben|daten|informationen|attribute)",
            r"|\bchamps\b|attributs|informations suivantes|\bcampos\b|atributos|siguientes? (?:datos|información|informacion)",
            r"|seguintes (?:informações|informacoes|dados)|поля|полями|следующи\w+ (?:данн|информац)\w*|атрибут",
            r"|dengan (?:data|informasi)|data berikut|informasi berikut|字段|以下信息|下列信息|項目|フィールド|以下の情報|항목|필드|다음 정보|컬럼",
        ))
    });
    SAYS.is_match(lead)
}

/// Whether fields are usually called so, in any table.
fn is_usual(name: &str) -> bool {
    lists::is_usual_field(name) || glosses::is_common(name)
}

/// The thing that a sentence is about: in English what it says "has", by its full name; else the
/// known noun that stands last before the words that announce the list.
fn thing_in(rd: &Reading<'_, '_>, lead: &Prose) -> Option<(String, String, Span)> {
    let hits = lexicon::find(&lead.text, rd.cx.language);
    let mut known = hits.iter().filter(|it| {
        it.noun.weight > Weight::Seldom && !matches!(it.noun.name, "users" if hits.len() > 1)
    });
    let last = known.next_back().map(|it| (it.noun.name.to_owned(), it.start..it.end));
    let object = object_in(rd, &lead.text);
    let (name, range) = match (last, object) {
        // "each event template": the known noun is only the end of the name.
        (Some((_, known)), Some((name, range)))
            if known.end == range.end && range.start < known.start =>
        {
            (name, range)
        }
        (Some(known), _) => known,
        (None, object) => object?,
    };
    let span = lead.span(&range);
    Some((name, rd.slice(span).to_owned(), span))
}

/// The object of an English sentence that says what it has.
fn object_in(rd: &Reading<'_, '_>, text: &str) -> Option<(String, Range<usize>)> {
    static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:(?:create|add|register|record|store|save|submit|define)s? (?:an?|the|new|each|every)|each|every|an?|per|for each|of an?)",
            r" (?:new )?([a-z][a-z_-]+(?: [a-z][a-z_-]+)?)(?: (?:record|entry|entity|model|object))?",
            r" (?:with|has|have|contains?|includes?|including|containing|consists of|stores?|must (?:have|include|contain|store)|should (?:have|include|contain|store)|shall (?:have|include|contain|store))\b",
        ))
    });
    if rd.cx.language != Language::English {
        return None;
    }
    let found = OBJECT.captures(text)?.get(1)?;
    let (head, range) = super::prose::head_noun(found.as_str(), found.start())?;
    Some((names::plural(&head), range))
}

/// "Each booking has a date, a status and a price", in ten languages: a sentence that lists the
/// fields of a thing.
fn sentence(rd: &mut Reading<'_, '_>, line: Span) {
    static HAS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:with|has|have|having|contains?|containing|includes?|including|captures?|carries|carry|holds?|stores?|records?|consists? of|comprises?)\b(?: the following)?(?: (?:fields|attributes|properties|metadata|information|data|details))?",
            r"|\b(?:hat|haben|enthält|enthalten|umfasst|besitzt|besteht aus|mit)\b|\b(?:contient|contiennent|comporte|comprend|possède|inclut|avec)\b|\b(?:contiene|contienen|incluye|incluyen|tiene|con)\b|\b(?:contém|contêm|inclui|possui|possuem|tem|com)\b",
            r"|содержит|содержат|включает|имеет|\b(?:memiliki|berisi|memuat|terdiri dari|mencakup|dengan)\b|包含|包括|含有|には|포함한다|가진다",
        ))
    });
    let source = rd.slice(line);
    let is_list = source.contains([',', '、', '，']);
    // Reading prose is dear, and few lines say that something has something.
    if source.len() > LEAD_BYTES_MAX || !is_list || rd.is_model() || !HAS.is_match(source) {
        return;
    }
    let prose = Prose::new(source, line.range().start, false);
    for verb in HAS.find_iter(&prose.text).take(SENTENCE_VERBS_MAX) {
        let around = prose.sentence(verb.start());
        if prose.text[around.start..verb.start()].chars().count() > SUBJECT_CHARS_MAX
            || prose.modality(verb.start()) != Modality::InScope
        {
            continue;
        }
        let rest = prose.text[verb.end()..around.end].trim_start_matches([':', '：']);
        let start = around.end - rest.len();
        let list = rest.trim_end().trim_end_matches(['.', '。']);
        let mut columns = lists::sentence_list(list, start);
        if !is_form(&columns, SENTENCE_FIELDS_MIN) {
            continue;
        }
        let Some((name, range)) = subject(rd, &prose, around.start..verb.start()) else { continue };
        for column in &mut columns {
            column.span = prose.span(&column.span.range());
        }
        let span = prose.span(&range);
        let label = rd.slice(span).to_owned();
        rd.cited_table((name, label, span), columns, "told-fields", 66);
        return;
    }
}

/// How many verbs of a line may say that something has fields.
const SENTENCE_VERBS_MAX: usize = 6;
/// A sentence that says more before its verb is about more than the thing.
const SUBJECT_CHARS_MAX: usize = 120;
/// Fewer words in a row are no list of fields.
const SENTENCE_FIELDS_MIN: usize = 3;

/// The thing right before the verb: a known noun, in English with the noun before it.
fn subject(
    rd: &Reading<'_, '_>,
    prose: &Prose,
    before: Range<usize>,
) -> Option<(String, Range<usize>)> {
    const NEAR_BYTES: usize = 24;
    let text = &prose.text[before.clone()];
    let hit = lexicon::find(text, rd.cx.language)
        .into_iter()
        .rfind(|it| it.noun.weight > Weight::Seldom && it.end + NEAR_BYTES >= text.len())?;
    let range = before.start + hit.start..before.start + hit.end;
    // "Registration with name and password" makes an account.
    if hit.noun.name == "registrations" {
        return Some(("users".to_owned(), range));
    }
    if rd.cx.language == Language::English
        && let Some(found) = super::prose::compound(&prose.text, &range)
    {
        return Some(found);
    }
    Some((hit.noun.name.to_owned(), range))
}

/// The thing that the heading above names, where it is a known noun.
fn titled(rd: &Reading<'_, '_>, block: &Block) -> Option<(String, String, Span)> {
    let title = rd.scope().title();
    let noun = lexicon::noun_of(names::strip_kind(title), rd.cx.language)?;
    Some((noun.name.to_owned(), title.to_owned(), block.text))
}

/// "videos (title, description, price)": a known noun or the object of a verb, and in brackets at
/// least two words that fields are called by.
fn bracketed(rd: &mut Reading<'_, '_>, block: &Block) {
    static BRACKET: LazyLock<Regex> = LazyLock::new(|| compile(r"[(（]([^()（）\n]{5,240})[)）]"));
    const BEFORE_BYTES: usize = 60;
    let text = rd.slice(block.text);
    if !text.contains(['(', '（']) {
        return;
    }
    let base = block.text.range().start;
    for found in BRACKET.captures_iter(text) {
        let (whole, list) = (found.get(0).expect("the match"), found.get(1).expect("its list"));
        let columns = lists::field_list_in(list.as_str(), base + list.start());
        let usual = columns.iter().filter(|it| is_usual(&it.name)).count();
        if columns.len() < 2 || usual < 2 || usual * 2 < columns.len() {
            continue;
        }
        let from = text.floor_char_boundary(whole.start().saturating_sub(BEFORE_BYTES));
        let from = text[from..whole.start()]
            .rfind(['.', '\n', '。', ')'])
            .map_or(from, |it| from + it + 1);
        let before = Prose::new(text[from..whole.start()].trim_end(), base + from, false);
        let hits = lexicon::find(&before.text, rd.cx.language);
        // The noun the bracket explains stands right before it.
        let Some(hit) = hits.last().filter(|it| it.end + 3 >= before.text.trim_end().len()) else {
            continue;
        };
        if hit.noun.weight == Weight::Seldom || before.modality(hit.start) != Modality::InScope {
            continue;
        }
        let span = before.span(&(hit.start..hit.end));
        let label = rd.slice(span).to_owned();
        rd.cited_table((hit.noun.name.to_owned(), label, span), columns, "bracketed-fields", 62);
    }
}
