//! What the labels of columns, rows and lists say: "Key fields", "Campos-chave", "필수 항목".
//!
//! People write the same word with and without accents, hyphens and an adjective; labels are
//! compared without all three.

use super::lexicon::{self, Noun, Weight};
use crate::read::Language;
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::char::decompose_canonical;

/// Longer titles are no labels.
const LABEL_BYTES_MAX: usize = 80;

/// Lower case without accents on Latin letters, punctuation at the ends and hyphens inside.
pub(super) fn bare(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for c in label.chars().flat_map(char::to_lowercase) {
        match c {
            '-' | '_' | '/' | '*' | '`' => out.push(' '),
            // Hangul and kana would fall apart.
            '\u{c0}'..='\u{24f}' => {
                let mut base = None;
                decompose_canonical(c, |part| base = base.or(Some(part)));
                out.push(base.unwrap_or(c));
            }
            _ => out.push(c),
        }
    }
    let words: Vec<&str> = out
        .split_whitespace()
        .map(|it| it.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|it| !it.is_empty())
        .collect();
    words.join(" ")
}

/// A bare label without the adjectives that say which of several is meant.
pub(super) fn unqualified(bare: &str) -> &str {
    const WORDS: &[&str] = &[
        "key",
        "main",
        "core",
        "primary",
        "important",
        "relevant",
        "required",
        "mandatory",
        "basic",
        "minimum",
        "suggested",
        "proposed",
        "data",
        "table",
        "database",
        "db",
        "important",
        "wichtige",
        "wichtigste",
        "wesentliche",
        "benotigte",
        "erforderliche",
        "zentrale",
        "cle",
        "cles",
        "principaux",
        "principales",
        "essentiels",
        "obligatoires",
        "requis",
        "les",
        "clave",
        "claves",
        "principal",
        "obligatorios",
        "requeridos",
        "minimos",
        "los",
        "chave",
        "chaves",
        "principais",
        "obrigatorios",
        "necessarios",
        "sugeridos",
        "os",
        "ключевые",
        "ключевое",
        "основные",
        "основное",
        "главные",
        "важные",
        "обязательные",
        "utama",
        "kunci",
        "penting",
        "wajib",
    ];
    const UNSPACED: &[&str] = &[
        "主要",
        "关键",
        "核心",
        "重要",
        "必填",
        "基本",
        "主な",
        "必須",
        "重要な",
        "주요",
        "핵심",
        "필수",
        "기본",
        "중요",
    ];
    let mut label = bare;
    loop {
        let before = label;
        for word in WORDS {
            let rest = label.strip_prefix(word).and_then(|it| it.strip_prefix(' '));
            let rest =
                rest.or_else(|| label.strip_suffix(word).and_then(|it| it.strip_suffix(' ')));
            label = rest.map_or(label, str::trim);
        }
        for word in UNSPACED {
            label = label.strip_prefix(word).filter(|it| !it.is_empty()).map_or(label, str::trim);
        }
        if label == before {
            return label;
        }
    }
}

/// Whether a title is of the fields of the entity above it.
pub(super) fn is_fields(title: &str) -> bool {
    if title.len() > LABEL_BYTES_MAX {
        return false;
    }
    let title = title.split(['(', '（']).next().unwrap_or(title);
    let bare = bare(title);
    FIELDS.contains(unqualified(&bare)) || FIELDS.contains(bare.as_str())
}

/// Whether a label is of what a form or a requirement takes in, which are the fields of the thing
/// that it makes: "Inputs", "Entradas", "入力項目".
pub(super) fn is_inputs(label: &str) -> bool {
    if label.len() > LABEL_BYTES_MAX {
        return false;
    }
    let bare = bare(label.split(['(', '（']).next().unwrap_or(label));
    INPUTS.contains(unqualified(&bare)) || is_fields(label)
}

/// The entity in "Customer fields", "고객 필드", "Felder eines Auftrags": a known noun beside a word for
/// fields, and where it stands in the title.
pub(super) fn thing_with_fields(
    title: &str,
    language: Language,
) -> Option<(&'static Noun, Range<usize>)> {
    const WORDS: &[&str] = &[
        "fields",
        "columns",
        "attributes",
        "felder",
        "attribute",
        "champs",
        "attributs",
        "campos",
        "atributos",
        "colunas",
        "поля",
        "атрибуты",
        "kolom",
        "atribut",
        // The card of a thing shows its fields.
        "fiche",
        "ficha",
        "карточка",
        "formulaire",
        "formulario",
        "formulário",
        "formular",
        "steckbrief",
        "datensatz",
    ];
    const UNSPACED: &[&str] =
        &["字段", "フィールド", "カラム", "項目", "필드", "컬럼", "항목", "속성"];
    if title.len() > LABEL_BYTES_MAX {
        return None;
    }
    let folded = lexicon::fold(title);
    let says = folded.split(|c: char| !c.is_alphanumeric()).any(|it| WORDS.contains(&it))
        || UNSPACED.iter().any(|it| folded.contains(it));
    if !says {
        return None;
    }
    let hits = lexicon::find(&folded, language);
    let hit = hits.into_iter().find(|it| it.noun.weight > Weight::Seldom)?;
    Some((hit.noun, hit.start..hit.end))
}

fn words(list: &'static str) -> FxHashSet<String> {
    list.split('|').map(bare).collect()
}

static FIELDS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    words(concat!(
        "fields|columns|attributes|properties|schema|structure|definition|table structure|field list",
        "|form fields|record fields|stored fields|stored data|data fields",
        "|felder|attribute|spalten|datenfelder|eigenschaften|formularfelder|struktur",
        "|champs|attributs|colonnes|propriétés|champs du formulaire|structure de la table",
        "|campos|atributos|columnas|propiedades|campos del formulario|estructura",
        "|colunas|propriedades|campos do formulário|estrutura",
        "|поля|атрибуты|столбцы|свойства|структура|поля формы|реквизиты",
        "|field data|kolom|atribut|struktur|properti|isi form",
        "|字段|属性|表结构|字段说明|字段列表|字段定义|数据字段|列|表字段",
        "|フィールド|カラム|項目|属性|テーブル構造|記録項目|入力項目|登録項目|保存項目|データ項目|管理項目",
        "|필드|속성|컬럼|항목|테이블 구조|입력 항목|저장 항목|입력 필드|등록 항목|데이터 항목",
    ))
});

static INPUTS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    words(concat!(
        "input|inputs|input data|input fields|form|form inputs|user input|data captured|captured data",
        "|eingabe|eingaben|eingabefelder|eingabedaten|erfasste daten|formular|angaben",
        "|entrée|entrées|données saisies|données d'entrée|saisie|formulaire|informations",
        "|entrada|entradas|datos de entrada|formulario|información|datos",
        "|dados|dados de entrada|formulário|informações",
        "|вход|входные данные|ввод|форма|вводимые данные",
        "|masukan|data masukan|form input|formulir",
        "|输入|输入项|输入数据|输入信息|表单|表单字段|入力|入力データ|入力情報|フォーム|입력|입력값|입력 데이터|입력 정보|입력값",
    ))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_fields_are_known_with_their_adjectives() {
        for label in [
            "Fields",
            "Key Fields:",
            "Campos-chave",
            "Campos clave",
            "Champs clés",
            "Ключевые поля",
            "Wichtige Felder",
            "Kolom utama",
            "主要字段",
            "主な項目",
            "주요 필드",
            "Atributos (mínimos)",
        ] {
            assert!(is_fields(label), "{label}");
        }
        for label in ["Users", "Key results", "Wichtige Hinweise", "Notes", "データ移行"] {
            assert!(!is_fields(label), "{label}");
        }
    }

    #[test]
    fn accents_and_hyphens_do_not_matter() {
        assert_eq!(bare("**Données d'entrée**"), "donnees d'entree");
        assert_eq!(bare("が필드"), "が필드");
        assert!(
            is_inputs("Datos de entrada") && is_inputs("Eingaben") && is_inputs("Входные данные")
        );
    }
}
