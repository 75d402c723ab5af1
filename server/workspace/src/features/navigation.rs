//! Go to definition and find references, for tables, columns, requirement ids and links.

use super::entity::{self, Entity, Occurrence};
use super::links::{self, LinkTarget};
use super::migration::names::Thing;
use super::{Location, Place, location, migration};
use crate::snapshot::SpecView;
use model::{ColumnKey, DocumentId, Span};
use std::sync::Arc;

/// Where the thing under a place is declared. `others` are the workspace's remaining specs, asked
/// when this one only names it.
#[must_use]
pub fn definitions(view: &SpecView, place: Place, others: &[Arc<SpecView>]) -> Vec<Location> {
    if view.migrations.is_some() {
        return migration::definitions(view, place);
    }
    if let Some(target) = link_at(view, place) {
        return vec![target];
    }
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    let own = definitions_in(view, &entity);
    if !own.is_empty() {
        return own;
    }
    others.iter().flat_map(|it| definitions_in(it, &entity)).collect()
}

/// Where the thing under `place` is made on the other side: a spec's table in the migration specs
/// of `beside`, what a migration spec makes in the product specs of `beside`.
#[must_use]
pub fn counterparts(view: &SpecView, place: Place, beside: &[Arc<SpecView>]) -> Vec<Location> {
    if view.migrations.is_some() {
        let made = migration::thing_at(view, place).filter(|it| it.defines);
        let entities = |it: &SpecView| made.as_ref().and_then(|made| entity_of(it, &made.thing));
        let found = beside.iter().filter_map(|it| Some((it, entities(it)?)));
        return found.flat_map(|(view, entity)| definitions_in(view, &entity)).collect();
    }
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    let Some(thing) = thing_of(&entity) else { return Vec::new() };
    beside.iter().filter_map(|it| migration::made_at(it, &thing)).collect()
}

/// The places on the other side that name the thing under `place`; see [`counterparts`].
#[must_use]
pub fn references_beside(view: &SpecView, place: Place, beside: &[Arc<SpecView>]) -> Vec<Location> {
    if view.migrations.is_some() {
        let Some(mention) = migration::thing_at(view, place) else { return Vec::new() };
        let found = beside.iter().filter_map(|it| Some((it, entity_of(it, &mention.thing)?)));
        let found = found.flat_map(|(view, entity)| {
            let all = entity::occurrences(view, &entity).into_iter();
            locations(view, all.filter(|it| !it.span.is_empty())).collect::<Vec<_>>()
        });
        return found.collect();
    }
    let entity = entity::at(view, place).map(|it| it.0);
    let Some(thing) = entity.as_ref().and_then(thing_of) else { return Vec::new() };
    let all = beside.iter().flat_map(|it| migration::mentions_of(it, &thing));
    all.map(|it| it.0).collect()
}

/// What migration specs call a thing of a product spec; requirements are none of theirs.
pub(super) fn thing_of(entity: &Entity) -> Option<Thing> {
    match entity {
        Entity::Table(name) => Some(Thing::Table(name.clone())),
        Entity::Column { table, column } => {
            Some(Thing::Column { table: table.clone(), column: column.clone() })
        }
        Entity::Requirement(_) => None,
    }
}

/// Where a product spec declares the table of that name.
pub(crate) fn declared_at(view: &SpecView, table: &str) -> Vec<(DocumentId, Span)> {
    let Some(entity) = entity_of(view, &Thing::Table(table.to_owned())) else { return Vec::new() };
    let found = entity::occurrences(view, &entity).into_iter();
    found.filter(|it| it.defines && !it.span.is_empty()).map(|it| (it.document, it.span)).collect()
}

/// What a spec calls a thing of migration specs; `None` when it speaks of no such table.
fn entity_of(view: &SpecView, thing: &Thing) -> Option<Entity> {
    let tables = &view.analysis.detection.tables;
    let find = |name: &str| tables.iter().find(|it| it.name.eq_ignore_ascii_case(name));
    match thing {
        Thing::Table(name) => Some(Entity::Table(find(name)?.name.clone())),
        Thing::Column { table, column } => {
            let table = find(table)?;
            let own = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(column))?;
            Some(Entity::Column { table: table.name.clone(), column: own.name.clone() })
        }
        Thing::Policy { .. } => None,
    }
}

/// Every place that names the thing under `place`, in this spec and in `others` that declare a
/// thing of that name too.
#[must_use]
pub fn references(
    view: &SpecView,
    place: Place,
    others: &[Arc<SpecView>],
    with_definitions: bool,
) -> Vec<Location> {
    if view.migrations.is_some() {
        let mention = migration::thing_at(view, place).into_iter();
        let found = mention.flat_map(|it| migration::mentions_of(view, &it.thing));
        return found.filter(|it| with_definitions || !it.1).map(|it| it.0).collect();
    }
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    std::iter::once(view)
        .chain(others.iter().map(|it| &**it))
        .flat_map(|view| {
            let found = entity::occurrences(view, &entity).into_iter();
            let found = found.filter(|it| (with_definitions || !it.defines) && !it.span.is_empty());
            locations(view, found).collect::<Vec<_>>()
        })
        .collect()
}

/// The places in one document that name the thing under `place`, for highlighting.
#[must_use]
pub fn highlights(view: &SpecView, place: Place) -> Vec<(Span, bool)> {
    if view.migrations.is_some() {
        let key = view.keys.get(place.document.0 as usize);
        let mention = migration::thing_at(view, place).into_iter();
        let found = mention.flat_map(|it| migration::mentions_of(view, &it.thing));
        let own = found.filter(|it| Some(&it.0.key) == key);
        return own.map(|(location, defines)| (location.span, defines)).collect();
    }
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    entity::occurrences(view, &entity)
        .into_iter()
        .filter(|it| it.document == place.document && !it.span.is_empty())
        .map(|it| (it.span, it.defines))
        .collect()
}

/// The declaration of the table that a foreign key column points at.
#[must_use]
pub fn type_definitions(view: &SpecView, place: Place) -> Vec<Location> {
    let Some((Entity::Column { table, column }, _)) = entity::at(view, place) else {
        return Vec::new();
    };
    let detection = &view.analysis.detection;
    let columns = detection.table(&table).map(|it| it.columns.as_slice()).unwrap_or_default();
    let key = columns.iter().find(|it| it.name == column).and_then(|it| it.key.as_ref());
    match key {
        Some(ColumnKey::Foreign { table, .. }) => {
            definitions_in(view, &Entity::Table(table.clone()))
        }
        _ => Vec::new(),
    }
}

fn definitions_in(view: &SpecView, entity: &Entity) -> Vec<Location> {
    let found = entity::occurrences(view, entity).into_iter().filter(|it| it.defines);
    locations(view, found).collect()
}

fn locations(
    view: &SpecView,
    found: impl Iterator<Item = Occurrence>,
) -> impl Iterator<Item = Location> {
    found.filter_map(|it| location(view, it.document, it.span))
}

fn link_at(view: &SpecView, place: Place) -> Option<Location> {
    let link =
        links::links(view, place.document).into_iter().find(|it| it.span.touches(place.offset))?;
    match link.target {
        LinkTarget::Section(location) => Some(location),
        LinkTarget::File { path, .. } => {
            let key = crate::snapshot::DocumentKey::File(path);
            view.document_id(&key).map(|_| Location { key, span: Span::at(0) })
        }
        LinkTarget::Url(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{fixture, show};
    use super::*;
    use expect_test::{Expect, expect};

    fn shown(view: &SpecView, found: &[Location]) -> String {
        found.iter().map(|it| show(view, it)).collect::<Vec<_>>().join("\n")
    }

    fn check_definition(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        expect.assert_eq(&shown(&view, &definitions(&view, place, &[])));
    }

    fn check_references(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        expect.assert_eq(&shown(&view, &references(&view, place, &[], true)));
    }

    const MODEL: &str = "\
## Data model

### Posts

| Field | Type |
|---|---|
| id | uuid |
| title | text |

### Comments

| Field | Type |
|---|---|
| id | uuid |
| post_id | references posts.id |
";

    #[test]
    fn a_word_of_prose_leads_to_its_table() {
        check_definition(
            &format!("Each po$0st has a title.\n\n{MODEL}"),
            expect![[r#"PRD.md:5:5 "Posts""#]],
        );
    }

    #[test]
    fn a_dotted_name_leads_to_its_column() {
        check_definition(
            &format!("Show `posts.ti$0tle`.\n\n{MODEL}"),
            expect![[r#"PRD.md:10:3 "title""#]],
        );
        check_definition(
            &format!("Show `post_$0id`.\n\n{MODEL}"),
            expect![[r#"PRD.md:17:3 "post_id""#]],
        );
    }

    #[test]
    fn every_form_of_a_table_is_a_reference() {
        check_references(
            &format!("A PO$0ST is one of many posts, not a poster.\n\n{MODEL}"),
            expect![[r#"
                PRD.md:1:3 "POST"
                PRD.md:1:23 "posts"
                PRD.md:5:5 "Posts"
                PRD.md:17:24 "posts""#]],
        );
    }

    #[test]
    fn columns_are_found_behind_their_table() {
        check_references(
            &format!(
                "Show `posts.title` and `comments.id`; the title.\n\n{}",
                MODEL.replace("title |", "ti$0tle |")
            ),
            expect![[r#"
                PRD.md:1:13 "title"
                PRD.md:10:3 "title""#]],
        );
    }

    #[test]
    fn a_foreign_key_leads_to_the_table_it_points_at() {
        let (view, place) = fixture(&MODEL.replace("| post_id |", "| post_$0id |"));
        expect![[r#"PRD.md:3:5 "Posts""#]]
            .assert_eq(&shown(&view, &type_definitions(&view, place)));
    }

    #[test]
    fn requirement_ids_are_found_across_documents() {
        check_references(
            "//- a/requirements.md\n- **FR-1**: Users pay.\n//- a/tasks.md\n- [ ] Pay (FR$0-1, FR-2)\n",
            expect![[r#"
                a/requirements.md:1:5 "FR-1"
                a/tasks.md:1:12 "FR-1""#]],
        );
        check_definition(
            "//- a/requirements.md\n### Requirement 1\n\n1. WHEN a THE SYSTEM SHALL b\n//- a/tasks.md\n- [ ] 1. Do\n  - _Requirements: 1.$01_\n",
            expect![[r#"a/requirements.md:3:4 """#]],
        );
    }

    #[test]
    fn a_link_leads_to_its_section() {
        check_definition(
            "See [the model](#data$0-model).\n\n## Data model\n",
            expect![[r#"PRD.md:3:4 "Data model""#]],
        );
    }

    #[test]
    fn another_spec_defines_what_this_one_names() {
        let (view, place) = fixture("- FR-2: x\n\nSee FR$0-1.\n");
        let (other, _) = fixture("//- other.md\n- FR-1: Pay\n");
        let other = Arc::new(other);
        let found = definitions(&view, place, &[Arc::clone(&other)]);
        expect![[r#"other.md:1:3 "FR-1""#]].assert_eq(&shown(&other, &found));
    }

    #[test]
    fn tables_are_found_in_every_language() {
        for (text, expected) in [
            (
                "### Benutzer\n\n| Feld | Typ |\n|---|---|\n| id | uuid |\n\nJeder Benutz$0er kann schreiben.\n",
                "Benutzer",
            ),
            (
                "### Utilisateurs\n\n| Champ | Type |\n|---|---|\n| id | uuid |\n\nChaque utilis$0ateur peut écrire.\n",
                "Utilisateurs",
            ),
            (
                "### Usuarios\n\n| Campo | Tipo |\n|---|---|\n| id | uuid |\n\nCada usu$0ario puede escribir.\n",
                "Usuarios",
            ),
            (
                "### Usuários\n\n| Campo | Tipo |\n|---|---|\n| id | uuid |\n\nCada usu$0ário pode escrever.\n",
                "Usuários",
            ),
            (
                "### Пользователи\n\n| Поле | Тип |\n|---|---|\n| id | uuid |\n\nКаждый пользова$0тель пишет.\n",
                "Пользователи",
            ),
            (
                "### Pengguna\n\n| Kolom | Tipe |\n|---|---|\n| id | uuid |\n\nSetiap peng$0guna dapat menulis.\n",
                "Pengguna",
            ),
            (
                "### 用户\n\n| 字段 | 类型 |\n|---|---|\n| id | uuid |\n\n每个用$0户可以发布。\n",
                "用户",
            ),
            (
                "### ユーザー\n\n| フィールド | 型 |\n|---|---|\n| id | uuid |\n\n各ユー$0ザーは投稿できる。\n",
                "ユーザー",
            ),
            (
                "### 사용자\n\n| 필드 | 타입 |\n|---|---|\n| id | uuid |\n\n각 사용$0자는 글을 쓴다.\n",
                "사용자",
            ),
        ] {
            let (view, place) = fixture(&format!("## Data model\n\n{text}"));
            let found = definitions(&view, place, &[]);
            let names: Vec<&str> =
                found.iter().map(|it| view.documents[0].slice(it.span)).collect();
            assert_eq!(names, [expected], "{text}");
        }
    }
}
