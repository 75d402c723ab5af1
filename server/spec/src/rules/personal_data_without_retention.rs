use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, gate};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use model::{Modality, Span};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// Sensitive personal data is kept, and nothing says how long or how it is deleted.
    ///
    /// Looks at columns such as birth dates, addresses, identity and health data, not at plain
    /// email addresses or names. Silent when the spec speaks of retention, erasure or the GDPR.
    ///
    /// ```md,bad
    /// ## Data model
    /// ### patients
    /// - id: uuid
    /// - date_of_birth: date
    /// - medical_history: text
    /// ```
    /// ```md,good
    /// ## Data model
    /// Patient data is deleted after ten years.
    ///
    /// ### patients
    /// - id: uuid
    /// - date_of_birth: date
    /// - medical_history: text
    /// ```
    pub(super) static RULE = {
        name: "personal-data-without-retention",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static SENSITIVE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)(?:^|_)(?:dob|birth_?dat\w*|date_?of_?birth|birthday|ssn|social_security\w*|passport\w*|national_?id\w*|id_card\w*|identity_(?:card|document)\w*|tax_?id|cpf|nik|iban|bank_account\w*|card_number|home_address|street_address|medical\w*|health\w*|diagnos\w*|allerg\w*|blood_?type|prescription\w*|religion|ethnic\w*|gender_identity|sexual\w*|biometric\w*|fingerprint\w*|face_?(?:id|embedding)|salary|disabilit\w*)(?:$|_)",
    )
});
static BIRTH: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)birth|dob"));
/// Whose birthday is nobody else's business; that of an author is in the encyclopedia.
static PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)user|profile|account|member|customer|client|patient|student|child|employee|staff|guest|person|people|applicant|candidate|tenant",
    )
});
/// Words that promise an end to what is kept.
static KEEPS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "retention",
        "retain",
        "gdpr",
        "dsgvo",
        "rgpd",
        "lgpd",
        "ccpa",
        "hipaa",
        "152-фз",
        "erasure",
        "right to be forgotten",
        "anonymis",
        "anonymiz",
        "pseudonym",
        "account deletion",
        "delete account",
        "delete their account",
        "delete the account",
        "delete my account",
        "delete your account",
        "deleted after",
        "deletes after",
        "deleted within",
        "purged after",
        "removed after",
        "expire after",
        "aufbewahr",
        "löschfrist",
        "löschung",
        "löschkonzept",
        "gelöscht",
        "durée de conservation",
        "suppression du compte",
        "suppression de compte",
        "retención",
        "eliminar su cuenta",
        "eliminar la cuenta",
        "retenção",
        "exclusão de conta",
        "exclusão da conta",
        "срок хранения",
        "хранятся",
        "удаление аккаунта",
        "удаление данных",
        "retensi",
        "penghapusan",
        "保存期间",
        "保存期間",
        "数据保留",
        "账号注销",
        "保持期間",
        "データ削除",
        "退会",
        "보관 기간",
        "보관기간",
        "보존 기간",
        "보존기간",
        "탈퇴",
        "파기",
    ])
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if let Some(found) = KEEPS.find(&*cx.chunk.chunk.text) {
        notes.take("keeps", Span::new(found.start(), found.end()), Modality::InScope, "", "");
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    if !notes.is_empty() {
        return;
    }
    let tables = cx.analysis.detection.tables.iter().filter(|it| it.is_required());
    let columns = tables.flat_map(|table| table.columns.iter().map(move |it| (table, it)));
    let mut found = columns.filter(|(table, it)| {
        SENSITIVE.is_match(&it.name) && (!BIRTH.is_match(&it.name) || PEOPLE.is_match(&table.name))
    });
    let Some((table, first)) = found.next() else { return };
    let others = found.count();
    let more = if others == 0 { String::new() } else { format!(" and {others} more like it") };
    sink.report(
        first.document,
        first.span,
        format!(
            "`{}.{}`{more} is sensitive, and nothing says how long it is kept",
            table.name, first.name
        ),
    );
}
