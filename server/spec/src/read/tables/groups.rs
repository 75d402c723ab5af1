//! Every group of short phrases that could be the fields of a thing, in whatever notation: items
//! below a line, what follows a colon or a verb, what brackets hold, lines of a plain fence, the
//! first cells of a table, a list within a cell.
//!
//! Nothing is decided here. The form of the group, of its phrases and of the words around it is
//! written down, and `judge::tables::groups` weighs it when all tables of the spec are known.

mod members;
mod owners;

use super::{Reading, leads, lexicon, told};
use crate::facts::{Deed, Fact, GroupCues, GroupFact, GroupShape, MemberFact};
use crate::pattern::compile;
use crate::read::Language;
use model::{Modality, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Longer blocks are no lists.
const BLOCK_BYTES_MAX: usize = 2_000;
/// Groups of one block; what has more of them is data.
const GROUPS_MAX: usize = 12;
const MEMBERS_MAX: usize = 48;
/// A sentence that says more before its list is about more than the list.
const LEAD_BYTES_MAX: usize = 240;

pub(super) fn read(rd: &mut Reading<'_, '_>, index: usize) {
    if rd.modality() != Modality::InScope {
        return;
    }
    let block = rd.block(index);
    match &block.kind {
        BlockKind::Heading { .. } => items(rd, index),
        BlockKind::Paragraph | BlockKind::Item { .. } => {
            items(rd, index);
            inline(rd, block.text, GroupShape::Colon);
        }
        BlockKind::Table { header, rows } => table(rd, header, rows),
        BlockKind::Fence { lang } if matches!(lang.as_str(), "" | "text" | "txt" | "plaintext") => {
            lines(rd, block);
        }
        _ => {}
    }
}

/// Items below a heading, a line or an item.
fn items(rd: &mut Reading<'_, '_>, index: usize) {
    let block = rd.block(index);
    let text = rd.slice(block.text);
    if text.len() > BLOCK_BYTES_MAX {
        return;
    }
    let items = leads::items_below(rd, index);
    if items.len() < 2 {
        return;
    }
    let line_at = text.trim_end().rfind('\n').map_or(0, |it| it + 1);
    let start = block.text.range().start + line_at;
    let lead = Span::new(start, block.text.range().end);
    let parts = items.iter().take(MEMBERS_MAX);
    let (mut found, mut n_others) = (Vec::new(), 0);
    for it in parts {
        let columns = members::of_item(rd, *it);
        n_others += u16::from(columns.is_empty());
        found.extend(columns);
    }
    let is_heading = matches!(block.kind, BlockKind::Heading { .. });
    let place = if is_heading { owners::Near::Title } else { owners::Near::Lead(lead) };
    let cues = cues(rd.slice(lead));
    push(rd, Draft { members: found, n_others, shape: GroupShape::Items, cues, near: place }, lead);
}

/// Lists within the sentences of a block, a row or a cell.
fn inline(rd: &mut Reading<'_, '_>, span: Span, shape: GroupShape) {
    let source = rd.slice(span);
    if source.len() > BLOCK_BYTES_MAX || !has_separators(source) {
        return;
    }
    // Places stay, and wrapped lines are whole.
    let text = unwrapped(source);
    let base = span.range().start;
    let mut n_groups = 0;
    let mut taken: Vec<Range<usize>> = Vec::new();
    for list in lists_in(&text) {
        let overlaps = taken.iter().any(|it| it.start < list.body.end && list.body.start < it.end);
        if overlaps || n_groups >= GROUPS_MAX {
            continue;
        }
        let at = base + list.body.start;
        let (found, n_others) = members::of_list(&text[list.body.clone()], at);
        if found.len() < list.least {
            continue;
        }
        let lead = Span::new(base + list.lead.start, base + list.lead.end);
        let shape = if shape == GroupShape::Cell { shape } else { list.shape };
        let mut cues = cues(&text[list.lead.clone()]);
        cues.has |= list.shape == GroupShape::Verb;
        cues.shows |= is_shown(&text[list.lead.clone()]);
        let near = owners::Near::Before(lead, list.shape);
        let draft = Draft { members: found, n_others, shape, cues, near };
        if push(rd, draft, Span::new(at, base + list.body.end)) {
            taken.push(list.body);
            n_groups += 1;
        }
    }
}

/// A list in a text: where it stands, and the words that lead into it.
struct List {
    lead: Range<usize>,
    body: Range<usize>,
    shape: GroupShape,
    /// Phrases below which it is none.
    least: usize,
}

/// Lists behind colons, then those behind verbs, then those in brackets.
fn lists_in(text: &str) -> Vec<List> {
    let mut out = Vec::new();
    for (at, mark) in text.match_indices([':', '：']).take(GROUPS_MAX) {
        let is_clock =
            text[at + mark.len()..].starts_with(|it: char| it.is_ascii_digit() || it == '/');
        let body = at + mark.len()..sentence_end(text, at + mark.len());
        if !is_clock && has_separators(&text[body.clone()]) {
            out.push(List {
                lead: lead_before(text, at),
                body,
                shape: GroupShape::Colon,
                least: 2,
            });
        }
    }
    for verb in told::VERB.find_iter(text).take(GROUPS_MAX) {
        let body = verb.end()..sentence_end(text, verb.end());
        if has_separators(&text[body.clone()]) && !text[body.clone()].trim_start().starts_with(':')
        {
            let lead = lead_before(text, verb.start()).start..verb.end();
            out.push(List { lead, body, shape: GroupShape::Verb, least: 3 });
        }
    }
    for verb in told::VERB_BEHIND.find_iter(text).take(GROUPS_MAX) {
        out.extend(before_verb(text, verb.start()));
    }
    for body in brackets(text).into_iter().take(GROUPS_MAX) {
        let bracket = text.floor_char_boundary(body.start.saturating_sub(1));
        let lead = lead_before(text, bracket);
        out.push(List { lead, body, shape: GroupShape::Bracket, least: 2 });
    }
    out.retain(|it| it.lead.len() <= LEAD_BYTES_MAX);
    out
}

/// "제목, 설명을 입력": the list stands before its verb.
fn before_verb(text: &str, verb: usize) -> Option<List> {
    const STARTS: &[&str] = &[
        "시 ", "하여 ", "하고 ", "때 ", ": ", "：", "에는 ", "에서 ", "은 ", "는 ", "には", "に、",
        "は、", "は", "時、", "際、",
    ];
    let lead = lead_before(text, verb);
    let before = &text[lead.clone()];
    let first = before.find([',', '、', '·', '，'])?;
    let from = STARTS.iter().filter_map(|it| Some(before[..first].rfind(it)? + it.len())).max()?;
    Some(List {
        lead: lead.start..lead.start + from,
        body: lead.start + from..verb,
        shape: GroupShape::Verb,
        least: 3,
    })
}

/// The insides of the outermost brackets that hold a list.
fn brackets(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => {
                depth += 1;
                if depth == 1 {
                    start = at + c.len_utf8();
                }
            }
            ')' | '）' => {
                if depth == 1 && has_separators(&text[start..at]) {
                    out.push(start..at);
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    out
}

/// The sentence before a place, as far as it is near.
fn lead_before(text: &str, at: usize) -> Range<usize> {
    let from = text.floor_char_boundary(at.saturating_sub(LEAD_BYTES_MAX));
    let before = &text[from..at];
    let start = [". ", "。", "\n", "; ", "；"]
        .iter()
        .filter_map(|it| before.rfind(it).map(|found| found + it.len()))
        .max()
        .unwrap_or(0);
    from + start..at
}

/// Where the sentence that goes on at `from` ends.
fn sentence_end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let ends = [". ", "。", "\n", "; "].iter().filter_map(|it| rest.find(it));
    ends.min().map_or(text.len(), |it| from + it)
}

/// The text with the breaks of wrapped lines as spaces; no place moves.
fn unwrapped(source: &str) -> String {
    const WRAPPED_BYTES_MIN: usize = 50;
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let body = line.strip_suffix('\n').unwrap_or(line);
        out.push_str(body);
        if body.len() < line.len() {
            let goes_on = body.len() >= WRAPPED_BYTES_MIN || body.trim_end().ends_with([',', '(']);
            out.push(if goes_on { ' ' } else { '\n' });
        }
    }
    out
}

fn has_separators(text: &str) -> bool {
    text.contains([',', '、', '，', '·', ';', '；', '/'])
}

/// The first cells of a table, and lists in the others.
fn table(rd: &mut Reading<'_, '_>, header: &[Span], rows: &[Vec<Span>]) {
    let firsts: Vec<Span> = rows.iter().filter_map(|it| it.first().copied()).collect();
    if let Some(head) = header.first().filter(|_| firsts.len() >= 2 && rows.len() <= MEMBERS_MAX) {
        let (mut found, mut n_others) = (Vec::new(), 0);
        for it in firsts {
            let columns = members::of_cell(rd, it);
            n_others += u16::from(columns.is_none());
            found.extend(columns);
        }
        let cues = cues(rd.slice(*head));
        let near = owners::Near::Title;
        let draft = Draft { members: found, n_others, shape: GroupShape::Column, cues, near };
        push(rd, draft, *head);
    }
    for row in rows {
        for pair in row.windows(2) {
            let list = rd.slice(pair[1]);
            if list.len() <= BLOCK_BYTES_MAX && has_separators(list) {
                cell(rd, row[0], pair[1]);
            }
        }
    }
}

/// A list that is all of a cell, or stands within its sentence.
fn cell(rd: &mut Reading<'_, '_>, first: Span, list: Span) {
    let text = unwrapped(rd.slice(list));
    let (found, n_others) = members::of_list(&text, list.range().start);
    if found.len() < 2 || usize::from(n_others) > found.len() {
        return inline(rd, list, GroupShape::Cell);
    }
    let cues = cues(rd.slice(first));
    let near = owners::Near::Before(first, GroupShape::Cell);
    push(rd, Draft { members: found, n_others, shape: GroupShape::Cell, cues, near }, list);
}

/// Lines of a fence without code, and brackets on them.
fn lines(rd: &mut Reading<'_, '_>, block: &Block) {
    let code = rd.slice(block.text);
    if code.len() > BLOCK_BYTES_MAX * 4 {
        return;
    }
    let (mut found, mut n_others) = (Vec::new(), 0);
    for line in rd.lines(block.text).into_iter().take(MEMBERS_MAX) {
        let columns = members::of_line(rd, line);
        n_others += u16::from(columns.is_none());
        found.extend(columns);
    }
    let base = block.text.range().start;
    let near = owners::Near::Title;
    let cues = GroupCues::default();
    push(rd, Draft { members: found, n_others, shape: GroupShape::Lines, cues, near }, block.text);
    for body in brackets(code).into_iter().take(GROUPS_MAX) {
        let Some(name) = owners::line_name(code, body.start) else { continue };
        let list = code[body.clone()].replace('\n', " ");
        let (found, n_others) = members::of_list(&list, base + body.start);
        let near = owners::Near::Name(Span::new(base + name.start, base + name.end));
        let draft = Draft { members: found, n_others, shape: GroupShape::Bracket, cues, near };
        push(rd, draft, Span::new(base + body.start, base + body.end));
    }
}

/// A group before it is known whose it is.
struct Draft {
    members: Vec<MemberFact>,
    n_others: u16,
    shape: GroupShape,
    cues: GroupCues,
    near: owners::Near,
}

/// Reports a group that could be one of fields; whether it did.
fn push(rd: &mut Reading<'_, '_>, mut draft: Draft, span: Span) -> bool {
    let n_members = draft.members.len();
    let has_field = |it: &MemberFact| {
        it.traits.usual || it.traits.usual_tail || it.traits.code || it.traits.typed
    };
    // Most lists are of anything else, and the rest of the work is dear.
    if n_members < 2
        || usize::from(draft.n_others) > n_members
        || !draft.members.iter().any(has_field)
    {
        return false;
    }
    let mut seen = rustc_hash::FxHashSet::default();
    draft.members.retain(|it| seen.insert(it.column.name.clone()));
    let owners = owners::find(rd, &draft.near);
    if owners.is_empty() || draft.members.len() < 2 {
        return false;
    }
    let sighting = rd.sighting(span, "field-group", 0);
    rd.out.push(Fact::Group(GroupFact {
        owners,
        members: draft.members,
        n_others: draft.n_others,
        shape: draft.shape,
        cues: draft.cues,
        role: rd.scope().role(),
        is_english: rd.cx.language == Language::English,
        sighting,
    }));
    true
}

/// What the words that lead into a list say of it.
fn cues(lead: &str) -> GroupCues {
    static HAS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:has|have|having|contains?|containing|includes?|including|captures?|stores?|storing|records?|holds?|consists? of|requires?|with)\b",
            r"|\b(?:hat|haben|enthält|enthalten|umfasst|besitzt|besteht aus|speichert)\b|\b(?:contient|contiennent|comporte|comprend|possède|inclut|enregistre|stocke)\b|\b(?:contiene|contienen|incluye|incluyen|tiene|almacena|guarda|registra)\b|\b(?:contém|contêm|inclui|possui|possuem|tem|armazena)\b",
            r"|содержит|содержат|включает|имеет|хранит|сохраняет|\b(?:memiliki|berisi|memuat|terdiri dari|mencakup|menyimpan)\b|包含|包括|含有|保存|存储|持つ|含む|포함|가진다",
        ))
    });
    static CAN: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:can|able to|shall|must|should|may|will|supports?|allows?|features?|functions?|actions?|options?|steps?|rules?|behaviou?r|requirements?|criteria)\b",
            r"|\b(?:kann|können|muss|soll|peut|doit|permet|puede|debe|permite|pode|deve|dapat|harus|bisa)\b|может|должен|должна|позволяет|可以|能够|支持|できる|機能|할 수|기능",
        ))
    });
    static VALUES: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:status|statuses|states?|types?|kinds?|values?|levels?|roles?|categor(?:y|ies)|options|enum|stages?|one of|priority|formats?|modes?|tabs?|steps?|methods?",
            r"|estados?|tipos?|niveles|roles|categorías|statuts?|états?|types|rôles|typen|zustände|rollen|статусы?|типы?|роли|状态|类型|角色|種別|種類|상태|유형|종류|역할)\W*$",
        ))
    });
    static STORED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"\b(?:tables?|records?|collections?|entity|entities|rows?|database|schema|models?|documents?)\b|tabelle|datensatz|entität|enregistrement|entité|\b(?:tabla|registro|entidad|tabela|entidade|tabel|entitas)\b|таблиц|запис|сущност",
            r"|数据表|记录|实体|テーブル|レコード|エンティティ|테이블|레코드|엔티티",
        ))
    });
    let folded = lexicon::fold(lead);
    let label = folded.trim().trim_matches(['*', '_', ':', '：', '#', ' ', '-']);
    let verbs = super::deeds::find(&folded);
    let does = |wanted: fn(Deed) -> bool| {
        verbs.iter().any(|it| matches!(it.meaning, super::deeds::Verb::Does(deed) if wanted(deed)))
    };
    GroupCues {
        fields: super::labels::is_fields(label) || leads::SAYS_FIELDS.is_match(&folded),
        inputs: super::labels::is_inputs(label),
        has: HAS.is_match(&folded),
        shows: does(|it| it == Deed::Read),
        filters: told::FILTER.is_match(&folded),
        makes: does(|it| matches!(it, Deed::Create | Deed::Update)),
        can: CAN.is_match(&folded),
        values: VALUES.is_match(label),
        stored: STORED.is_match(&folded),
    }
}

/// Whether what is listed is looked at: "the dashboard shows".
fn is_shown(lead: &str) -> bool {
    const WORDS: &[&str] = &["dashboard", "screen", "page", "report", "widget", "banner", "chart"];
    let lower = lead.to_lowercase();
    WORDS.iter().any(|it| lower.contains(it))
}
