//! Markdown tables: fields of one entity, or one entity a row.

use super::attributes::{self, column};
use super::{Reading, glosses, labels, leads, names};
use crate::facts::ColumnFact;
use crate::scope::Role;
use model::Span;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use text::markdown::Block;

/// What a header cell stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    Column,
    Entity,
    Fields,
    Type,
    Key,
    Notes,
    Required,
    /// "Name": a column where types stand beside it.
    Name,
    Other,
}

pub(super) fn read(rd: &mut Reading<'_, '_>, block: &Block, header: &[Span], rows: &[Vec<Span>]) {
    if !rd.is_model() {
        leads::rows(rd, rows);
    }
    let cells: Vec<Heading> = header.iter().map(|it| heading(&rd.plain(*it))).collect();
    let at = |kind| cells.iter().position(|it| *it == kind);
    let is_model = rd.is_under(Role::DataModel) || names::says_table(rd.scope().title());
    if let Some(entity) = at(Heading::Entity).filter(|it| *it <= 1) {
        let fields = at(Heading::Fields).or_else(|| at(Heading::Column));
        let key = at(Heading::Type);
        if fields.is_some() && key.is_some() {
            return grouped(rd, rows, entity, &cells);
        }
        let policy = header.iter().position(|it| is_policy(&rd.plain(*it)));
        if is_model || fields.is_some() || policy.is_some() {
            one_a_row(rd, rows, entity, fields);
        }
        return;
    }
    if is_model && at(Heading::Type).is_none() && header.len() >= 2 && are_entities(rd, rows) {
        return one_a_row(rd, rows, 0, Some(1));
    }
    let name = at(Heading::Column).or_else(|| at(Heading::Name)).filter(|it| *it <= 1);
    let Some(name) = name else { return };
    let typed = at(Heading::Type).is_some();
    let noted = at(Heading::Key).is_some() || at(Heading::Required).is_some();
    let says_field = cells[name] == Heading::Column;
    if !(typed || (is_model && (noted || says_field))) {
        return;
    }
    let says_entity = labels::thing_with_fields(rd.scope().title(), rd.cx.language).is_some();
    let is_stored = typed && says_field && (says_entity || rd.may_be_stored());
    if !(is_model || is_stored || says_field) {
        return;
    }
    let columns = columns(rd, rows, name, &cells);
    if !is_model
        && columns.len() >= 2
        && let Some(thing) = leads::announced(rd, block)
    {
        return rd.cited_table(thing, columns, "form-fields", 80);
    }
    let keyed = columns.iter().any(|it| it.primary || it.references.is_some() || it.name == "id");
    if !(is_model || is_stored && (keyed || says_entity)) {
        return;
    }
    let enough = columns.len() >= 2 || keyed;
    if let Some((label, span)) = rd.heading_label(block).filter(|_| enough) {
        let (reader, percent) = if is_model || is_stored && !says_entity {
            ("field-table", 92)
        } else {
            ("form-fields", 80)
        };
        rd.table(&label, span, columns, reader, percent);
    }
}

/// Whether the first cells name classes or tables, `UserPreference` or `user_preferences`, and the
/// second cells list something.
fn are_entities(rd: &Reading<'_, '_>, rows: &[Vec<Span>]) -> bool {
    let is_entity = |row: &&Vec<Span>| {
        let Some(cell) = row.first() else { return false };
        let label = rd.plain(*cell);
        let label = label.trim();
        let is_name = label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        let is_class = label.starts_with(|it: char| it.is_ascii_uppercase());
        let snake = names::snake(label);
        is_name && label.len() >= 3 && (is_class || names::plural(&snake) == snake)
    };
    let lists = |row: &&Vec<Span>| {
        row.get(1).is_some_and(|it| rd.slice(*it).contains([',', '、', '，', ';', '·']))
    };
    let n_entities = rows.iter().filter(is_entity).count();
    let n_lists = rows.iter().filter(lists).count();
    rows.len() >= 2 && n_entities * 4 >= rows.len() * 3 && n_lists * 2 >= rows.len()
}

fn columns(
    rd: &Reading<'_, '_>,
    rows: &[Vec<Span>],
    name: usize,
    cells: &[Heading],
) -> Vec<ColumnFact> {
    rows.iter().flat_map(|row| fields(rd, row, name, cells)).collect()
}

/// The fields of one row, which may be several of a kind: "latitude / longitude".
fn fields(rd: &Reading<'_, '_>, row: &[Span], name: usize, cells: &[Heading]) -> Vec<ColumnFact> {
    let Some(cell) = row.get(name).copied() else { return Vec::new() };
    let text = rd.plain(cell);
    let parts: Vec<&str> = text.split([',', '、']).flat_map(|it| it.split(" / ")).collect();
    let is_name = |it: &&str| {
        let it = it.trim();
        it.len() >= 2 && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    if parts.len() > 1 && parts.iter().all(is_name) {
        let place = |it: &str| rd.find_in(cell, it.trim());
        return parts.iter().filter_map(|it| field(rd, row, it, place(it), cells)).collect();
    }
    field(rd, row, &text, rd.inner(cell), cells).into_iter().collect()
}

fn field(
    rd: &Reading<'_, '_>,
    row: &[Span],
    text: &str,
    place: Span,
    cells: &[Heading],
) -> Option<ColumnFact> {
    let literal = row.iter().find_map(|it| {
        let source = rd.slice(*it);
        super::lists::ticked(source).filter(|_| it.range().contains(&place.range().start))
    });
    let literal = literal.filter(|it| text.trim().starts_with(it)).map(names::snake);
    let canonical = literal.or_else(|| glosses::column_name(text))?;
    let mut it = column(&canonical, place);
    for (index, kind) in cells.iter().enumerate() {
        let Some(value) = row.get(index).map(|it| rd.plain(*it)) else { continue };
        match kind {
            Heading::Type => {
                it.ty = attributes::cell_type(&value);
                attributes::apply(&mut it, &value);
            }
            Heading::Required => {
                let word = value.trim().to_lowercase();
                let yes = [
                    "yes", "y", "✓", "✔", "✅", "是", "ja", "oui", "sí", "si", "sim", "да", "ya",
                    "○", "true", "o",
                ];
                let no = [
                    "no", "n", "✗", "❌", "否", "nein", "non", "não", "нет", "tidak", "-", "×",
                    "false", "x",
                ];
                if yes.contains(&word.as_str()) {
                    it.nullable = Some(false);
                } else if no.contains(&word.as_str()) {
                    it.nullable = Some(true);
                }
            }
            Heading::Key | Heading::Notes => attributes::apply(&mut it, &value),
            _ => {}
        }
    }
    Some(it)
}

fn one_a_row(rd: &mut Reading<'_, '_>, rows: &[Vec<Span>], entity: usize, fields: Option<usize>) {
    for row in rows {
        let Some(cell) = row.get(entity) else { continue };
        let label = rd.plain(*cell);
        // `Order.itemIds` is a field.
        if label.trim().split('.').count() == 2 && !label.contains(' ') {
            continue;
        }
        let columns = fields
            .and_then(|it| row.get(it))
            .map(|it| super::lists::field_list(rd, *it))
            .unwrap_or_default();
        rd.table(&label, rd.inner(*cell), columns, "entity-table", 90);
        for (_, told) in row.iter().enumerate().filter(|(index, _)| *index != entity) {
            let text = rd.slice(*told).to_owned();
            super::lists::mention_relations(rd, &label, &text, told.range().start);
        }
    }
}

/// One column a row, with the table's name in a cell of its own.
fn grouped(rd: &mut Reading<'_, '_>, rows: &[Vec<Span>], entity: usize, cells: &[Heading]) {
    let name = cells.iter().position(|it| matches!(it, Heading::Column | Heading::Fields));
    let Some(name) = name else { return };
    let mut current: Option<(String, Span, Vec<ColumnFact>)> = None;
    for row in rows {
        let label = row.get(entity).map(|it| rd.plain(*it)).unwrap_or_default();
        let is_new = !label.trim().is_empty()
            && current.as_ref().is_none_or(|(known, _, _)| *known != label);
        if is_new {
            if let Some((label, span, columns)) = current.take() {
                rd.table(&label, span, columns, "field-table", 90);
            }
            let span = row.get(entity).map(|it| rd.inner(*it)).unwrap_or_default();
            current = Some((label, span, Vec::new()));
        }
        if let Some(current) = current.as_mut() {
            current.2.extend(fields(rd, row, name, cells));
        }
    }
    if let Some((label, span, columns)) = current {
        rd.table(&label, span, columns, "field-table", 90);
    }
}

/// Whether a header says that the rows hold access rules; those are given to tables only.
fn is_policy(cell: &str) -> bool {
    const WORDS: &[&str] =
        &["rls", "policy", "policies", "row level", "row-level", "정책", "ポリシー", "策略"];
    let lower = cell.to_lowercase();
    WORDS.iter().any(|it| lower.contains(it))
}

/// Header words in ten languages, with or without accents and adjectives.
fn heading(cell: &str) -> Heading {
    static KINDS: LazyLock<FxHashMap<String, Heading>> = LazyLock::new(|| {
        let mut out = FxHashMap::default();
        for (kind, words) in HEADINGS {
            for word in words.split('|') {
                out.entry(labels::bare(word)).or_insert(*kind);
            }
        }
        out
    });
    let bare = labels::bare(cell.split(['(', '（']).next().unwrap_or(cell));
    let known = KINDS.get(&bare).or_else(|| KINDS.get(labels::unqualified(&bare)));
    known.copied().unwrap_or(Heading::Other)
}

#[rustfmt::skip]
const HEADINGS: &[(Heading, &str)] = &[
    (Heading::Column, "column|columns name|column name|field|field name|data item|item|element|form field|parameter|attribute|property|key field|spalte|feld|feldname|attribut|champ|colonne|attribut|campo|columna|atributo|coluna|nome do campo|поле|столбец|атрибут|колонка|имя поля|kolom|field|nama field|nama kolom|字段|字段名|列名|属性|字段名称|カラム|カラム名|フィールド|項目|項目名|列|物理名|필드|컬럼|컬럼명|필드명|속성|항목|입력 항목|datenfeld|eingabefeld|item data|nama item|реквизит|数据项|数据元素|入力項目"),
    (Heading::Entity, "table|table name|entity|model|collection|entity name|model name|collection name|tabelle|entität|entité|tabla|entidad|tabela|entidade|таблица|сущность|модель|tabel|entitas|nama tabel|表|表名|实体|数据表|テーブル|テーブル名|エンティティ|테이블|테이블명|엔티티|엔터티|object"),
    (Heading::Fields, "fields|columns|attributes|key fields|properties|key attributes|key columns|main fields|felder|attribute|spalten|champs|attributs|campos|columnas|atributos|colunas|поля|атрибуты|столбцы|kolom utama|主要字段|关键字段|字段列表|主なカラム|主要カラム|주요 필드|주요 컬럼|주요 속성"),
    (Heading::Type, "type|data type|datatype|typ|datentyp|type de données|tipo|tipo de dato|tipo de dados|тип|тип данных|tipe|tipe data|类型|数据类型|型|データ型|타입|자료형|데이터 타입|sql type|format"),
    (Heading::Key, "key|keys|constraint|constraints|unique|pk|schlüssel|einschränkungen|clé|contraintes|clave|restricciones|restrições|chave|ключ|ограничения|kunci|约束|键|主键|制約|キー|키|제약|제약조건|제약 조건|index"),
    (Heading::Notes, "notes|note|description|comment|comments|details|purpose|beschreibung|bemerkung|hinweis|description|remarques|descripción|notas|descrição|observações|описание|примечание|комментарий|keterangan|deskripsi|说明|描述|备注|説明|備考|内容|설명|비고"),
    (Heading::Required, "required|mandatory|not null|pflicht|obligatoire|obligatorio|requerido|obrigatório|обязательно|обязательное|wajib|必填|必須|필수|필수 여부"),
    (Heading::Name, "name|nom|nombre|nome|имя|название|nama|名称|名前|論理名|이름|bezeichnung|id"),
];
