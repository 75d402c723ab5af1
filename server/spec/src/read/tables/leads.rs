//! Lists of fields that a sentence introduces: "Fields of an application:" and its bullets, "Each
//! booking has: a, b, c", "create videos (title, price, file)", in ten languages.
//!
//! A sentence counts when it names a thing and says that fields follow, or when what follows are
//! words that fields are usually called by.

use super::deeds::{self, Verb};
use super::lexicon::{self, Weight};
use super::{Reading, glosses, labels, lists, loose, names, told};
use crate::facts::{ColumnFact, Deed};
use crate::pattern::{compile, compile_code};
use crate::read::Language;
use crate::read::clauses::Prose;
use crate::scope::Role;
use model::{Modality, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Longer blocks are not sentences.
pub(super) const LEAD_BYTES_MAX: usize = 1_000;

/// What fields belong to: its canonical name, its words and where they stand.
pub(super) type Thing = (String, String, Span);

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
    below_label(rd, index);
    bracketed(rd, block);
    match block.kind {
        BlockKind::Item { .. } => {
            form(rd, block.text);
            told::read(rd, block.text);
        }
        BlockKind::Paragraph => {
            rd.lines(block.text).into_iter().for_each(|it| form(rd, it));
            told::read(rd, block.text);
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
            let (Some(thing), Some(body)) = (made_by(rd, &feature, cells[0]), body(rd.slice(list)))
            else {
                continue;
            };
            let columns = listed(body, list.range().end - body.len());
            let are_code = columns.len() >= 2 && body.starts_with('`');
            if is_form(&columns, 3) || are_code {
                rd.cited_table(thing, columns, "form-fields", 55);
            }
        }
        row.iter().for_each(|it| told::read(rd, *it));
    }
}

/// What a form or request sends in: "POST: `name`, `email`" without its method; `None` where it only
/// asks.
fn body(cell: &str) -> Option<&str> {
    static METHOD: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"^\W{0,3}(GET|DELETE|(?:GET ?/ ?)?(?:POST|PUT|PATCH)(?: ?/ ?(?:POST|PUT|PATCH))*)\b(?: body)?[`*]{0,2}\s*[:：]?\s*",
        )
    });
    let Some(found) = METHOD.captures(cell) else { return Some(cell) };
    (!matches!(&found[1], "GET" | "DELETE")).then(|| &cell[found[0].len()..])
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
    // "**Structure:** each order has: a, b" names its thing itself.
    if told::is_told(rd, rest) {
        return;
    }
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
        rd.cited_table(thing, columns, "form-fields", 55);
    }
}

/// Longer lines are no labels.
const LABEL_BYTES_MAX: usize = 80;

/// "Key fields" on a line of its own, and a list on the line or paragraph below it.
fn below_label(rd: &mut Reading<'_, '_>, index: usize) {
    let Some(next) = rd.cx.chunk.blocks.get(index + 1) else { return };
    let is_list = matches!(next.kind, BlockKind::Paragraph)
        && next.text.range().len() <= LEAD_BYTES_MAX
        && may_list(rd.slice(next.text));
    let place = rd.block(index).text;
    if !is_list
        || place.range().len() > LABEL_BYTES_MAX
        || rd.is_model()
        || !labels::is_inputs(&rd.plain(place))
    {
        return;
    }
    let Some(thing) = section_thing(rd, place) else { return };
    let text = rd.slice(next.text).replace('\n', " ");
    let columns = lists::field_list_in(text.trim_end_matches(['.', '。']), next.text.range().start);
    if columns.len() >= 3 {
        rd.cited_table(thing, columns, "led-fields", 72);
    }
}

/// Whether a text is divided as lists are; most is not, and need not be looked at.
fn may_list(text: &str) -> bool {
    text.contains([',', '、', '，', '·', ';', '；', '/'])
}

/// Whether enough of the columns have names that fields have.
pub(super) fn is_form(columns: &[ColumnFact], least: usize) -> bool {
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
fn made_by(rd: &Reading<'_, '_>, feature: &str, span: Span) -> Option<Thing> {
    const FEATURE_CHARS_MAX: usize = 40;
    if feature.chars().count() > FEATURE_CHARS_MAX {
        return None;
    }
    if signs_up(feature) {
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

/// Whether a text is of people who make an account for themselves.
pub(super) fn signs_up(text: &str) -> bool {
    static SIGN_UP: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\bsign(?:s|ing)?[- ]?up\b|\bregistration\b|\bregister(?:s|ing)?\s*$|\bregistrierung\b|\binscription\b|\bregistro de (?:usuario|cliente)|\bcadastro de usu",
            r"|регистрация|\bregistrasi\b|\bpendaftaran akun|会员注册|用户注册|会員登録|ユーザー登録|회원 ?가입",
        ))
    });
    SIGN_UP.is_match(text)
}

/// The noun that a title is about: the last of those that say most, "schedules" in "doctor schedules"
/// and "patients" in "patient profiles".
fn main_hit(hits: &[lexicon::Hit]) -> Option<lexicon::Hit> {
    let known = hits.iter().filter(|it| it.noun.weight > Weight::Seldom);
    let rank = |it: &&lexicon::Hit| {
        let vague = it.noun.weight == Weight::Vague;
        (!vague, vague || !lexicon::is_person(it.noun.name), it.start)
    };
    known.max_by_key(rank).copied()
}

/// The thing that the nearest headings are about.
pub(super) fn section_thing(rd: &Reading<'_, '_>, span: Span) -> Option<Thing> {
    const SECTIONS_MAX: usize = 2;
    let sections = rd.scope().sections();
    sections.iter().rev().take(SECTIONS_MAX).find_map(|section| {
        if signs_up(&section.title) {
            return Some(("users".to_owned(), section.title.to_string(), span));
        }
        main_thing(rd, &section.title, span).or_else(|| made_by(rd, &section.title, span))
    })
}

/// The thing that a title is about, in English by its full name.
pub(super) fn main_thing(rd: &Reading<'_, '_>, title: &str, span: Span) -> Option<Thing> {
    let folded = lexicon::fold(title);
    let hit = main_hit(&lexicon::find(&folded, rd.cx.language))?;
    let compound = (rd.cx.language == Language::English)
        .then(|| super::prose::compound(&folded, &(hit.start..hit.end)))
        .flatten();
    let name = compound.map_or_else(|| hit.noun.name.to_owned(), |it| it.0);
    Some((name, title.to_owned(), span))
}

/// The thing that was spoken of right before a place: in the same block, in the one above it, in the
/// headings.
pub(super) fn thing_before(rd: &Reading<'_, '_>, place: Span) -> Option<Thing> {
    let block = rd.block(rd.at);
    let start = block.text.range().start;
    let same = (!matches!(block.kind, BlockKind::Table { .. }))
        .then(|| Span::new(start, place.range().start.max(start)));
    let above = rd.at.checked_sub(1).map(|it| rd.block(it));
    let above = above.filter(|it| matches!(it.kind, BlockKind::Paragraph | BlockKind::Item { .. }));
    let mut parts = same.into_iter().chain(above.map(|it| it.text));
    parts.find_map(|it| named_in(rd, it)).or_else(|| section_thing(rd, place))
}

/// The thing that a text names first as an identifier, else last as a known noun.
pub(super) fn named_in(rd: &Reading<'_, '_>, part: Span) -> Option<Thing> {
    static CLASS: LazyLock<Regex> =
        LazyLock::new(|| compile_code(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b"));
    let text = rd.slice(part);
    let place = |range: Range<usize>| {
        let base = part.range().start;
        Span::new(base + range.start, base + range.end)
    };
    if let Some(found) = CLASS.find(text) {
        let label = found.as_str();
        return Some((names::of_model(label), label.to_owned(), place(found.range())));
    }
    let hits = lexicon::find(&lexicon::fold(text), rd.cx.language);
    let hit = hits.iter().rev().find(|it| it.noun.weight > Weight::Seldom)?;
    let label = text[hit.start..hit.end].to_owned();
    Some((hit.noun.name.to_owned(), label, place(hit.start..hit.end)))
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
    let says_fields = SAYS_FIELDS.is_match(&lead.text);
    // Below a heading in a data model the reader of lists knows better. Other headings say that
    // fields follow, or were a line that ends in a colon.
    let is_open =
        rd.slice(block.span).trim_end().trim_end_matches(['*', '_']).ends_with([':', '：']);
    if is_heading && (!(says_fields || is_open) || rd.is_model()) {
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
    let n_code = items.iter().filter(|it| is_identifier(rd.slice(**it))).count();
    let usual = columns.iter().filter(|it| is_usual(&it.name)).count().max(n_code);
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
    // "each order contains:" says more of what it names than "what an order looks like:".
    let verb = told::VERB.captures_iter(&lead.text).last();
    let says_has = verb.is_some_and(|it| it.name("has").is_some());
    let percent = if says_fields { 80 } else { 52 + 16 * u8::from(says_has) };
    rd.cited_table((name, label, span), columns, "led-fields", percent);
}

/// The thing that the title above names, known or not: "5. Permission slips", "Homework tracking".
fn entitled(rd: &Reading<'_, '_>, place: Span) -> Option<Thing> {
    const KINDS: &[&str] =
        &[" management", " tracking", " handling", " administration", " module", " records"];
    const WORDS_MAX: usize = 3;
    let sections = rd.scope().sections();
    let section = sections.iter().rev().find(|it| !labels::is_inputs(&it.title) && it.level < 7)?;
    let title =
        section.title.trim_start_matches(|it: char| it.is_ascii_digit() || ". )".contains(it));
    let title = KINDS.iter().find_map(|it| title.strip_suffix(it)).unwrap_or(title);
    let is_name = title.is_ascii()
        && title.bytes().all(|it| it.is_ascii_alphabetic() || it == b' ')
        && (1..=WORDS_MAX).contains(&title.split(' ').count());
    if rd.cx.language != Language::English || !is_name {
        return section_thing(rd, place);
    }
    let name = names::plural(&names::snake(title));
    Some((name, section.title.to_string(), place))
}

/// "Add event title", "Add location", "Optional phone" below "School events": what is entered of a
/// thing, one field an item.
pub(super) fn entered(rd: &mut Reading<'_, '_>, start: usize, end: usize) -> bool {
    static ENTER: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^(?:add|set|enter|store|record|input|specify|provide|define|optional|choose|pick|write|track|agregar|añadir|ingresar|definir|adicionar|inserir|informar|definir|ajouter|saisir|renseigner|hinzufügen|eingeben|erfassen|добавить|указать|ввести|tambah|isi|masukkan)",
            r"\s+(?:an?\s+|the\s+|optional\s+|un[ea]?\s+|le\s+|la\s+|el\s+)?(.+)$",
        ))
    });
    const ENTERED_MIN: usize = 3;
    if is_silent(rd) {
        return false;
    }
    let n_entered = (start..end).filter(|it| ENTER.is_match(rd.slice(rd.block(*it).text))).count();
    if n_entered * 2 < ENTERED_MIN {
        return false;
    }
    let place = rd.block(start).text;
    let Some(thing) = entitled(rd, place) else { return false };
    let own = names::singular(&thing.0).replace('_', " ");
    let own = own.rsplit(' ').next().unwrap_or(&own).to_owned();
    let mut columns: Vec<ColumnFact> = Vec::new();
    for at in start..end {
        let span = rd.block(at).text;
        let text = rd.slice(span);
        let Some(rest) = ENTER.captures(text).and_then(|it| it.get(1)) else { continue };
        if rest.len() > LABEL_BYTES_MAX {
            continue;
        }
        let from = span.range().start + rest.start();
        for (offset, part) in lists::alternatives(rest.as_str()) {
            // In letters that fold to themselves in length, so that places stay.
            let skip = lexicon::fold(part).find(&own).map_or(0, |it| it + own.len());
            let name = part[skip..].trim_start();
            let name = if name.is_empty() { part } else { name };
            let at = from + offset + part.len() - name.len();
            let column = lists::noted_column(name, "", Span::new(at, at + name.len()));
            let known = column.filter(|it| is_usual(&it.name));
            columns.extend(known.filter(|it| columns.iter().all(|old| old.name != it.name)));
        }
    }
    if columns.len() < ENTERED_MIN {
        return false;
    }
    rd.cited_table(thing, columns, "form-fields", 55);
    true
}

/// The thing whose fields the line right above a table announces: "papers with the following fields:".
pub(super) fn announced(rd: &Reading<'_, '_>, block: &Block) -> Option<Thing> {
    let blocks = &rd.cx.chunk.blocks;
    let index = blocks.iter().position(|it| std::ptr::eq(it, block))?;
    let above = &blocks[index.checked_sub(1)?];
    let text = rd.slice(above.text);
    let ends_open = text.trim_end_matches(['*', '_', ' ']).ends_with([':', '：']);
    if !matches!(above.kind, BlockKind::Paragraph) || text.len() > LEAD_BYTES_MAX || !ends_open {
        return None;
    }
    let lead = Prose::new(text, above.text.range().start, false);
    let says = SAYS_FIELDS.is_match(&lead.text)
        && lead.modality(lead.text.len().saturating_sub(1)) == Modality::InScope;
    says.then(|| thing_in(rd, &lead)).flatten()
}

/// The texts of the items right below a line: nested in an item, next to a paragraph.
pub(super) fn items_below(rd: &Reading<'_, '_>, index: usize) -> Vec<Span> {
    const ITEMS_MAX: usize = 60;
    let blocks = &rd.cx.chunk.blocks;
    let block = &blocks[index];
    let is_item = matches!(block.kind, BlockKind::Item { .. });
    let Some(first) = blocks.get(index + 1) else { return Vec::new() };
    if !is_item && matches!(first.kind, BlockKind::Paragraph) {
        return loose::below(rd, index);
    }
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

/// Words that say that what follows are fields.
pub(super) static SAYS_FIELDS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:following )?(?:fields?|attributes?|properties|columns?|following (?:information|details|data))\b",
        r"|felder|folgende[nr]? (?:angaben|daten|informationen|attribute)",
        r"|\bchamps\b|attributs|informations suivantes|\bcampos\b|atributos|siguientes? (?:datos|información|informacion)",
        r"|seguintes (?:informações|informacoes|dados)|поля|полями|следующи\w+ (?:данн|информац)\w*|атрибут",
        r"|dengan (?:data|informasi)|data berikut|informasi berikut|字段|以下信息|下列信息|項目|フィールド|以下の情報|항목|필드|다음 정보|컬럼",
    ))
});

/// Whether an item opens with an identifier, as fields of a model do: `` `start_date` – … ``.
fn is_identifier(item: &str) -> bool {
    let item = item.trim_start_matches(['*', '_', ' ', '-']);
    let (name, ends) = match item.strip_prefix('`') {
        Some(rest) => (rest.split('`').next().unwrap_or_default(), true),
        None => {
            let name = item.split([' ', ':', ',', '(']).next().unwrap_or_default();
            (name, name.contains('_'))
        }
    };
    ends && name.len() >= 2
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'?')
}

/// Whether fields are usually called so, in any table.
pub(super) fn is_usual(name: &str) -> bool {
    let is_known = |it: &str| lists::is_usual_field(it) || glosses::is_common(it);
    // "message content", "contact email"
    is_known(name) || name.rsplit_once('_').is_some_and(|(_, last)| is_known(last))
}

/// The thing that a sentence is about: in English what it says "has", by its full name; else the
/// known noun that stands last before the words that announce the list.
fn thing_in(rd: &Reading<'_, '_>, lead: &Prose) -> Option<Thing> {
    let announced = SAYS_FIELDS.find_iter(&lead.text).last().map(|it| it.range());
    let is_announced = |it: &lexicon::Hit| {
        announced.as_ref().is_some_and(|range| it.start < range.end && range.start < it.end)
    };
    let hits = lexicon::find(&lead.text, rd.cx.language);
    let mut known = hits.iter().filter(|it| {
        it.noun.weight > Weight::Seldom
            && !matches!(it.noun.name, "users" if hits.len() > 1)
            && !is_announced(it)
    });
    let last = known.next_back().map(|it| (it.noun.name.to_owned(), it.start..it.end));
    let object = object_in(rd, &lead.text);
    let (name, range) = match (last, object) {
        // "each event template": the known noun is only a part of the name.
        (Some((_, known)), Some((name, range)))
            if known.start < range.end && range.start < known.end =>
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
            r"\b(?:(?:create|add|register|record|store|save|submit|define)s?(?: an?| the| new| each| every)?|each|every|an?|per|for each|of an?)",
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

/// The thing that the heading above names, where it is a known noun.
fn titled(rd: &Reading<'_, '_>, block: &Block) -> Option<Thing> {
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
        let end = without_kind(before.text.trim_end()).len();
        let Some(hit) = hits.iter().rfind(|it| it.start < end && it.end + 3 >= end) else {
            continue;
        };
        if hit.noun.weight == Weight::Seldom || before.modality(hit.start) != Modality::InScope {
            continue;
        }
        let span = before.span(&(hit.start..hit.end));
        let label = rd.slice(span).to_owned();
        // "valid registration details (name, email)": of those who register.
        let name = if hit.noun.name == "registrations" { "users" } else { hit.noun.name };
        rd.cited_table((name.to_owned(), label, span), columns, "bracketed-fields", 62);
    }
}

/// "device metadata" without the word for what is known of it.
fn without_kind(text: &str) -> &str {
    const KINDS: &[&str] = &[
        " metadata",
        " details",
        " information",
        " info",
        " data",
        " fields",
        " attributes",
        " record",
        " records",
        " entry",
        " entries",
        " form",
        "-daten",
        "daten",
        "informationen",
        "信息",
        "数据",
        "情報",
        "データ",
        "정보",
        " 정보",
        " 데이터",
    ];
    KINDS.iter().find_map(|it| text.strip_suffix(it)).map_or(text, str::trim_end)
}
