//! Who may see and change the rows of a table, as far as the text says: the sentences that name it.

use super::{Choice, Input, Question, Refusal};
use crate::evidence::Mark;
use migrate::schema::USERS;
use model::{Column, ColumnKey, DocumentId, Evidence, Policy, Span, Table};
use regex::Regex;
use spec::mentions::Mention;
use std::sync::LazyLock;

/// The policy of a table to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Draft {
    pub(super) rls: String,
    /// Name and condition of one policy for reading.
    pub(super) reads: Option<(String, String)>,
    /// A column that has to be added for the owner.
    pub(super) owner: Option<String>,
    pub(super) mark: Option<Mark>,
    pub(super) chosen: Option<String>,
}

impl Draft {
    /// The column that tells whose a row is, as the policy has it.
    pub(super) fn owner_column(&self) -> Option<&str> {
        let inner =
            ["own-row(", "own-or-public("].iter().find_map(|it| self.rls.strip_prefix(it))?;
        inner.split([',', ')']).next().map(str::trim)
    }
}

/// Where each document names tables.
pub(super) type Mentions = Vec<Vec<Mention>>;

/// The answers to who may see and write.
const OWNER: &str = "owner";
const READERS: &str = "public-read";
const NOBODY: &str = "deny";

/// The policy; with a question, it denies all until that is answered.
pub(super) fn draft(
    input: &Input<'_>,
    mentions: &Mentions,
    table: &Table,
) -> Result<(Draft, Option<Question>), Refusal> {
    let key = format!("tables/{}.access", table.name);
    if let Some(answer) = input.own_answer(&key) {
        return Ok((answered(table, &key, answer)?, None));
    }
    if let Some(draft) = of_text(input, mentions, table) {
        return Ok((draft, None));
    }
    // One answer to all questions answers those that the text leaves open.
    if let Some(answer) = input.answer(&key, "access") {
        return Ok((answered(table, &key, answer)?, None));
    }
    let denied = Draft {
        rls: NOBODY.to_owned(),
        chosen: Some("until it is answered who may see the rows".to_owned()),
        ..Draft::default()
    };
    Ok((denied, Some(question(table, key))))
}

/// What the spec says of who sees the rows, or whose they are.
fn of_text(input: &Input<'_>, mentions: &Mentions, table: &Table) -> Option<Draft> {
    if let Some(policy) = &table.policy
        && let Some(it) = of_policy(input, table, policy)
    {
        return Some(Draft { mark: input.mark(&table.evidence), ..it });
    }
    if let Some(it) = of_sentences(input, mentions, table) {
        return Some(it);
    }
    if table.name == USERS {
        return Some(Draft {
            rls: "own-row(id)".to_owned(),
            chosen: Some(
                "everyone has the own row, and nothing says that others see it".to_owned(),
            ),
            ..Draft::default()
        });
    }
    let owner = table.owner.as_ref()?;
    let column = table.columns.iter().find(|it| it.name == *owner);
    Some(Draft {
        rls: own_row(owner),
        mark: column.and_then(|it| Mark::of(input.documents, &evidence_of(it))),
        chosen: Some("rows have an owner, and nothing says that others see them".to_owned()),
        ..Draft::default()
    })
}

pub(super) fn evidence_of(column: &Column) -> Evidence {
    Evidence {
        document: column.document,
        span: column.span,
        reader: "column",
        confidence: model::Confidence::CERTAIN,
        modality: model::Modality::InScope,
    }
}

fn own_row(column: &str) -> String {
    format!("own-row({})", migrate::language::name_in_words(column))
}

fn question(table: &Table, key: String) -> Question {
    let mut options = Vec::new();
    if let Some(column) = owner_column(table) {
        let meaning = format!("only who `{column}` names sees and changes a row");
        options.push(Choice { value: OWNER.to_owned(), meaning });
    }
    options.push(Choice {
        value: NOBODY.to_owned(),
        meaning: "only the service does, until you say more".to_owned(),
    });
    options.push(Choice {
        value: READERS.to_owned(),
        meaning: "everyone reads, only the service writes".to_owned(),
    });
    let text =
        format!("Who may see and change the rows of `{}`? The spec does not say.", table.name);
    Question { key, group: "access", text, options }
}

/// The column that tells whose a row is: as the spec says, else the one that points at a user.
pub(super) fn owner_column(table: &Table) -> Option<String> {
    if let Some(owner) = &table.owner {
        return Some(owner.clone());
    }
    let points =
        |it: &&Column| matches!(&it.key, Some(ColumnKey::Foreign { table, .. }) if table == USERS);
    let mut all = table.columns.iter().filter(points);
    let first = all.next()?;
    Some(first.name.clone())
}

fn answered(table: &Table, key: &str, answer: &str) -> Result<Draft, Refusal> {
    let chosen = Some(format!("as answered: {answer}"));
    let refused = |why: &str| Refusal::Answer {
        key: key.to_owned(),
        value: answer.to_owned(),
        why: why.to_owned(),
    };
    match answer {
        OWNER => match owner_column(table) {
            Some(column) => Ok(Draft { rls: own_row(&column), chosen, ..Draft::default() }),
            None => Ok(owned(chosen)),
        },
        READERS => Ok(readers(chosen)),
        other if other.trim().is_empty() || other.contains(['\n', '\r', '#']) => {
            Err(refused("say `owner`, `deny`, `public-read`, or a policy such as `role(admin)`"))
        }
        other => Ok(Draft { rls: other.trim().to_owned(), chosen, ..Draft::default() }),
    }
}

/// Rows that belong to somebody, in a table that has no column for it yet.
fn owned(chosen: Option<String>) -> Draft {
    let column = "user_id".to_owned();
    Draft { rls: own_row(&column), owner: Some(column), chosen, ..Draft::default() }
}

/// Everyone reads, only the service writes.
fn readers(chosen: Option<String>) -> Draft {
    let reads = Some(("everyone_reads".to_owned(), "true".to_owned()));
    Draft { rls: NOBODY.to_owned(), reads, chosen, ..Draft::default() }
}

/// A policy that a schema or fence of the spec shows; `None` when it lacks a part.
fn of_policy(input: &Input<'_>, table: &Table, policy: &Policy) -> Option<Draft> {
    Some(match policy {
        Policy::OwnRow => own(table, None),
        Policy::Public => public(table, None),
        Policy::OwnOrPublic => own_or_public(table, None)?,
        Policy::Role(role) => Draft { rls: format!("role({role})"), ..Draft::default() },
        Policy::MemberOf(group) => member_of(input, table, group)?,
    })
}

fn own(table: &Table, chosen: Option<String>) -> Draft {
    match owner_column(table) {
        _ if table.name == USERS => {
            Draft { rls: "own-row(id)".to_owned(), chosen, ..Draft::default() }
        }
        Some(column) => Draft { rls: own_row(&column), chosen, ..Draft::default() },
        None => owned(Some("a column for whose a row is".to_owned())),
    }
}

/// Everyone reads; who writes is not said, so only an owner does.
fn public(table: &Table, chosen: Option<String>) -> Draft {
    match owner_column(table) {
        Some(column) => {
            let rls = format!("own-or-public({})", migrate::language::name_in_words(&column));
            Draft { rls, chosen, ..Draft::default() }
        }
        None => {
            let why = "everyone reads, and the text does not say who else but the service writes";
            readers(Some(chosen.unwrap_or_else(|| why.to_owned())))
        }
    }
}

/// The owner writes, others read what a column says is public; `None` when no column does.
fn own_or_public(table: &Table, word: Option<&str>) -> Option<Draft> {
    let owner = owner_column(table)?;
    let flags =
        ["is_public", "public", "published", "is_published", "is_listed", "shared", "is_shared"];
    let is_flag = |it: &&Column| {
        let is_named = flags.contains(&it.name.as_str())
            || word.is_some_and(|word| it.name == word || it.name == format!("is_{word}"));
        is_named && super::columns::type_of(it).word == "boolean"
    };
    if let Some(flag) = table.columns.iter().find(is_flag) {
        let words = migrate::language::name_in_words;
        let rls = format!("own-or-public({}, {})", words(&owner), words(&flag.name));
        return Some(Draft { rls, ..Draft::default() });
    }
    let word = word?;
    let states = ["state", "status", "visibility"];
    let holds = |it: &&Column| {
        let is_listed = it.values.iter().any(|it| it == word);
        is_listed || it.values.is_empty() && states.contains(&it.name.as_str())
    };
    let column = table.columns.iter().find(holds)?;
    let condition = format!("{} = '{word}'", migrate::language::name_in_words(&column.name));
    let reads = Some((format!("{word}_is_public"), condition));
    Some(Draft { rls: own_row(&owner), reads, ..Draft::default() })
}

/// The table that has rows of users in a group, and the column that both tables have.
fn member_of(input: &Input<'_>, table: &Table, group: &str) -> Option<Draft> {
    let points = |it: &Column, to: &str| matches!(&it.key, Some(ColumnKey::Foreign { table, .. }) if table == to);
    let via = table.columns.iter().find(|it| points(it, group))?;
    let mut tables = input.analysis.detection.tables.iter().filter(|it| it.is_required());
    let members = tables.find(|it| {
        it.columns.iter().any(|column| points(column, group) && column.name == via.name)
            && it.columns.iter().any(|column| points(column, USERS))
    })?;
    let rls = format!("member-of({} via {})", members.name, via.name);
    Some(Draft { rls, ..Draft::default() })
}

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is fixed"));
    };
}

pattern!(
    OWN,
    r"(?i)\b(?:their|his|her|its) own\b|\bonly (?:by |to |for )?(?:the|its|their|his or her)? ?(?:owners?|authors?|creators?)\b|\b(?:owners?|authors?|creators?) only\b|\bprivate to (?:the|their|its|each|every)\b|\b(?:see|read|view|edit|change|manage|delete)s? only (?:their|his|her|own)\b|\bno(?:body| one) else (?:can|may|sees?)\b|\bnur (?:die )?eigenen?\b|\bnicht f(?:ü|ue)r andere sichtbar\b|\bsolo sus propi[oa]s\b|\bseulement (?:ses|leurs) propres\b"
);
pattern!(
    PUBLIC,
    r"(?i)\b(?:are|is) public(?:ly)?\b|\bpublicly (?:visible|readable|listed|available)\b|\b(?:anyone|everyone|everybody|anybody|visitors?|guests?) (?:can|may) (?:see|read|view|browse|search)\b|\bvisible to (?:everyone|everybody|anyone|all|visitors|the public)\b|\b(?:sind|ist) (?:ö|oe)ffentlich\b"
);
pattern!(STATE, r"(?i)\b(?:that|which|who) (?:are|is) ([a-z]+) (?:are|is) public\b");
pattern!(
    ROLE,
    r"(?i)^(?:only )?(admin(?:istrator)?|moderator|steward|editor|manager|operator|librarian|staff|support|curator|reviewer|auditor|teacher|coach|dispatcher|accountant)s? (?:alone |only )?(?:can |may )?(?:see|read|view|manage|moderate|review|edit|handle|resolve|settle)s?\b"
);

/// What the sentences that name a table say of who sees its rows; the one that lets the fewest
/// people see them.
fn of_sentences(input: &Input<'_>, mentions: &Mentions, table: &Table) -> Option<Draft> {
    let tables = &input.analysis.detection.tables;
    let index = tables.iter().position(|it| it.name == table.name)?;
    let mut best: Option<(u8, Draft)> = None;
    for (number, document) in (0u32..).zip(input.documents) {
        let id = DocumentId(number);
        for mention in mentions[number as usize].iter().filter(|it| it.table == index) {
            let sentence = sentence(&document.text, mention.span);
            let text = document.text.get(sentence.range()).unwrap_or_default();
            let place = (mention.span.start - sentence.start) as usize;
            let Some(draft) = of_sentence(table, text, place) else { continue };
            let width = width(&draft);
            if !is_asked(input, id, sentence) || best.as_ref().is_some_and(|it| it.0 <= width) {
                continue;
            }
            let evidence = Evidence {
                document: id,
                span: mention.span,
                reader: "policy-words",
                confidence: model::Confidence::REQUIRED,
                modality: model::Modality::InScope,
            };
            best = Some((width, Draft { mark: Mark::of(input.documents, &evidence), ..draft }));
        }
    }
    best.map(|it| it.1)
}

/// How many people see rows, for comparing only: a sentence that tells public rows from others says
/// more than one that speaks of all.
fn width(draft: &Draft) -> u8 {
    let is_part = draft.rls.contains(", ") || draft.reads.as_ref().is_some_and(|it| it.1 != "true");
    match draft.rls.as_str() {
        _ if is_part => 0,
        it if it.starts_with("role(") => 1,
        it if it.starts_with("own-row") => 2,
        _ => 3,
    }
}

/// Whether a sentence stands where the spec asks for things: not in what is left out or for later.
fn is_asked(input: &Input<'_>, id: DocumentId, sentence: Span) -> bool {
    let tables = input.analysis.detection.tables.iter().flat_map(|it| &it.evidence);
    let needs = input.analysis.detection.needs.iter().flat_map(|it| &it.evidence);
    let mut inside =
        tables.chain(needs).filter(|it| it.document == id && sentence.contains(it.span));
    inside.all(|it| it.modality == model::Modality::InScope)
}

/// What one sentence says of a table that it names at `place`.
fn of_sentence(table: &Table, text: &str, place: usize) -> Option<Draft> {
    let state = STATE.captures(text).and_then(|it| it.get(1)).map(|it| it.as_str());
    // Only some of the rows are public: those in a state, or those that the owner does not keep.
    if let Some(word) = state.or_else(|| state_before(table, text, place)) {
        let is_public = PUBLIC.is_match(text) || state.is_some();
        return is_public.then(|| own_or_public(table, Some(&word.to_ascii_lowercase()))).flatten();
    }
    // A clause of its own speaks of other things.
    let clause = text.split(';').find(|it| {
        let start = it.as_ptr() as usize - text.as_ptr() as usize;
        start <= place && place < start + it.len()
    })?;
    if let Some(role) = ROLE.captures(clause.trim_start()) {
        let subject = role.get(0)?.as_str().len() + (clause.len() - clause.trim_start().len());
        let start = clause.as_ptr() as usize - text.as_ptr() as usize;
        let is_object = place >= start + subject && place - start - subject <= 5;
        let name = role.get(1)?.as_str().to_ascii_lowercase();
        let name = name.replace("administrator", "admin");
        return is_object.then(|| Draft { rls: format!("role({name})"), ..Draft::default() });
    }
    match (OWN.is_match(clause), PUBLIC.is_match(clause), OWN.is_match(text)) {
        (true, true, _) | (false, true, true) => own_or_public(table, None),
        (true, false, _) => Some(own(table, None)),
        (false, true, false) => Some(public(table, None)),
        (false, false, _) => None,
    }
}

/// The word right before the table's name that tells which rows are meant: "published posts".
fn state_before<'t>(table: &Table, text: &'t str, place: usize) -> Option<&'t str> {
    let word = text.get(..place)?.trim_end().rsplit(' ').next()?;
    let is_value =
        table.columns.iter().any(|it| it.values.iter().any(|it| it.eq_ignore_ascii_case(word)));
    let is_participle =
        word.len() > 4 && word.ends_with("ed") && word.bytes().all(|it| it.is_ascii_alphabetic());
    (is_value || is_participle).then_some(word)
}

/// The sentence, cell or line around a span.
fn sentence(text: &str, span: Span) -> Span {
    let range = span.range();
    let ends = |it: char| matches!(it, '.' | '!' | '?' | '\n' | '|' | '。');
    let start = text[..range.start]
        .rfind(ends)
        .map_or(0, |it| it + text[it..].chars().next().map_or(1, char::len_utf8));
    let end = text[range.end..].find(ends).map_or(text.len(), |it| range.end + it);
    let lead = text[start..end].trim_start_matches([' ', '\t', '-', '*', '>', '#']);
    Span::new(end - lead.len(), end)
}
