//! What the headings above a block say about it.

use model::Modality;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// What a section is for; inherited by sections below that have no role of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Other,
    Overview,
    Functional,
    UserStories,
    DataModel,
    Api,
    Auth,
    TechStack,
    Deploy,
    NonFunctional,
    Ui,
    Roadmap,
    Metrics,
    Risk,
    Example,
    Exclusion,
    Personas,
    Competitors,
    Glossary,
    OpenQuestions,
    Testing,
    Acceptance,
}

/// One heading with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Section {
    pub level: u8,
    pub title: Arc<str>,
    /// The role that this title itself names.
    pub own_role: Option<Role>,
    /// In force here, inherited or own.
    pub role: Role,
    pub modality: Modality,
}

/// Whether a title opens a numbered text: "1. Goal".
fn is_first(title: &str) -> bool {
    let rest = title.trim_start().strip_prefix('1');
    rest.is_some_and(|it| it.starts_with([' ', '.', ')']) && !it[1..].starts_with(char::is_numeric))
}

/// "Version 1.3" by itself, above chapter 1, is the edition of the text and no later phase.
fn release_edition(sections: &mut [Section]) {
    let Some((last, outer)) = sections.split_last_mut() else { return };
    let letters: String = last.title.chars().filter(|it| it.is_alphabetic()).collect();
    let is_edition = matches!(
        letters.to_lowercase().as_str(),
        "v" | "version"
            | "versión"
            | "versão"
            | "версия"
            | "versi"
            | "版本"
            | "バージョン"
            | "버전"
    );
    if is_edition && last.modality == Modality::LaterPhase {
        last.modality = outer.last().map_or(Modality::InScope, |it| it.modality);
    }
}

/// The headings in force at a block, outermost first; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scope {
    sections: Arc<[Section]>,
    /// Hash of the sections, made once: every chunk of every analysis asks for it.
    key: u64,
}

impl Scope {
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    #[must_use]
    pub fn role(&self) -> Role {
        self.sections.last().map_or(Role::Other, |it| it.role)
    }

    #[must_use]
    pub fn modality(&self) -> Modality {
        self.sections.last().map_or(Modality::InScope, |it| it.modality)
    }

    /// The nearest heading's text; empty before the first.
    #[must_use]
    pub fn title(&self) -> &str {
        self.sections.last().map_or("", |it| &it.title)
    }

    /// Whether any heading above has that role.
    #[must_use]
    pub fn is_under(&self, role: Role) -> bool {
        self.sections.iter().any(|it| it.role == role)
    }

    /// The scope after a heading of `level` (7 for a bold line).
    #[must_use]
    pub fn enter(&self, level: u8, title: &str) -> Self {
        let mut sections: Vec<Section> =
            self.sections.iter().filter(|it| it.level < level).cloned().collect();
        let meaning = crate::read::heading(title);
        if is_first(title) {
            release_edition(&mut sections);
        }
        let parent = sections.last();
        let role = meaning.role.or(parent.map(|it| it.role)).unwrap_or(Role::Other);
        let inherited = parent.map_or(Modality::InScope, |it| it.modality);
        // The title of a document says what it is about: a spec of "Phase 2" asks for phase 2.
        let is_subject = level == 1 && meaning.role.is_none();
        let own = meaning.modality.filter(|it| !(is_subject && *it == Modality::LaterPhase));
        // The stronger reservation wins: nothing below "out of scope" comes back in.
        let modality = inherited.max(own.unwrap_or(Modality::InScope));
        sections.push(Section {
            level,
            title: title.into(),
            own_role: meaning.role,
            role,
            modality,
        });
        let key = FxBuildHasher.hash_one(&sections);
        Self { sections: sections.into(), key }
    }

    /// The scope of what a heading leaves for later and a tick says is done.
    pub(crate) fn done(&self) -> Self {
        let mut sections = self.sections.to_vec();
        for section in &mut sections {
            if section.modality == Modality::LaterPhase {
                section.modality = Modality::InScope;
            }
        }
        let key = FxBuildHasher.hash_one(&sections);
        Self { sections: sections.into(), key }
    }

    pub(crate) fn key(&self) -> u64 {
        self.key
    }
}
