//! The section titles that edits write, in the language of the document they write into.

use crate::read::{self, Language};

/// A section that an edit may have to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    DataModel,
    OutOfScope,
}

impl Title {
    /// The title in the language of `text`, in English where that is not known.
    #[must_use]
    pub fn in_language_of(self, text: &str) -> &'static str {
        self.in_language(read::language(text).unwrap_or_default())
    }

    fn in_language(self, language: Language) -> &'static str {
        let [data_model, out_of_scope] = match language {
            Language::English => ["Data model", "Out of scope"],
            Language::German => ["Datenmodell", "Nicht im Umfang"],
            Language::French => ["Modèle de données", "Hors périmètre"],
            Language::Spanish => ["Modelo de datos", "Fuera de alcance"],
            Language::Portuguese => ["Modelo de dados", "Fora de escopo"],
            Language::Russian => ["Модель данных", "Вне рамок"],
            Language::Indonesian => ["Model data", "Di luar cakupan"],
            Language::Chinese => ["数据模型", "不在范围"],
            Language::Japanese => ["データモデル", "対象外"],
            Language::Korean => ["데이터 모델", "범위 외"],
        };
        match self {
            Self::DataModel => data_model,
            Self::OutOfScope => out_of_scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::heading;
    use crate::scope::Role;
    use expect_test::{Expect, expect};
    use model::Modality;

    fn check(text: &str, expect: Expect) {
        let titles = [Title::DataModel, Title::OutOfScope].map(|it| it.in_language_of(text));
        expect.assert_eq(&titles.join(" · "));
    }

    #[test]
    fn titles_follow_the_language_of_the_text() {
        check(
            "Die Anwendung verwaltet Rechnungen, und jeder Benutzer sieht nur seine eigenen.",
            expect!["Datenmodell · Nicht im Umfang"],
        );
        check("ユーザーは請求書を作成し、一覧で確認できる。", expect!["データモデル · 対象外"]);
        check("x", expect!["Data model · Out of scope"]);
    }

    #[test]
    fn every_title_is_read_as_what_it_says() {
        let languages = [
            Language::English,
            Language::German,
            Language::French,
            Language::Spanish,
            Language::Portuguese,
            Language::Russian,
            Language::Indonesian,
            Language::Chinese,
            Language::Japanese,
            Language::Korean,
        ];
        for language in languages {
            let data_model = heading(Title::DataModel.in_language(language));
            assert_eq!(data_model.role, Some(Role::DataModel), "{language:?}");
            let out_of_scope = heading(Title::OutOfScope.in_language(language));
            assert_eq!(out_of_scope.modality, Some(Modality::OutOfScope), "{language:?}");
        }
    }
}
