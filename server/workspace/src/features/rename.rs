//! Renames tables, columns and requirement ids; each occurrence keeps its own form.

use super::entity::{self, Entity};
use super::navigation::thing_of;
use super::{Around, Edit, FileEdits, Place, document, file_edits, migration};
use crate::snapshot::SpecView;
use model::Span;
use spec::mentions::{Form, same_word};
use std::sync::Arc;

/// What would be renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameTarget {
    pub span: Span,
    /// The name as it stands there.
    pub placeholder: String,
}

/// Why a name cannot be given.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RenameError {
    #[error(
        "rename: nothing here has a name; put the cursor on a table, a column or a requirement id"
    )]
    Nothing,
    #[error("rename to `{0}`: a name has at least one letter and stands on one line")]
    Unusable(String),
    #[error("rename to `{0}`: write lower-case letters, digits and `_`")]
    NoName(String),
    #[error("rename to `{0}`: the spec already has that name")]
    Taken(String),
}

/// The name under a place; `None` when there is nothing to rename.
#[must_use]
pub fn prepare(view: &SpecView, place: Place) -> Option<RenameTarget> {
    if view.migrations.is_some() {
        return migration::rename::prepare(view, place);
    }
    let (_, span) = entity::at(view, place)?;
    let placeholder = document(view, place.document)?.slice(span).to_owned();
    Some(RenameTarget { span, placeholder })
}

/// The edits that give the thing under `place` the name `new`, here and in `others`.
///
/// Forms of the same word change, each in its own case and number; translations stay.
///
/// # Errors
/// [`RenameError`]: there is nothing to rename, or the name is unusable or taken.
pub fn rename(
    view: &SpecView,
    place: Place,
    new: &str,
    others: &[Arc<SpecView>],
) -> Result<Vec<FileEdits>, RenameError> {
    let new = new.trim();
    if view.migrations.is_some() {
        return migration::rename::rename(view, place, new);
    }
    let (entity, span) = entity::at(view, place).ok_or(RenameError::Nothing)?;
    if new.contains(['\n', '`', '|']) || !new.chars().any(char::is_alphanumeric) {
        return Err(RenameError::Unusable(new.to_owned()));
    }
    let old = document(view, place.document).ok_or(RenameError::Nothing)?.slice(span);
    if is_taken(view, &entity, old, new) {
        return Err(RenameError::Taken(new.to_owned()));
    }
    let mut edits = Vec::new();
    for view in std::iter::once(view).chain(others.iter().map(|it| &**it)) {
        for it in entity::occurrences(view, &entity) {
            let (Some(document), Some(key)) =
                (document(view, it.document), view.keys.get(it.document.0 as usize))
            else {
                continue;
            };
            let found = document.slice(it.span);
            let text = match &entity {
                Entity::Table(_) if !same_word(found, old) => continue,
                Entity::Table(_) => Form::of(found).write(new),
                _ if !found.eq_ignore_ascii_case(old) => continue,
                _ => new.to_owned(),
            };
            edits.push((key.clone(), Edit { span: it.span, text }));
        }
    }
    Ok(file_edits(edits))
}

/// The edits of the migrations around a product spec that go with renaming the thing under `place`.
#[must_use]
pub fn rename_in_migrations(
    view: &SpecView,
    place: Place,
    new: &str,
    around: &Around,
) -> Vec<FileEdits> {
    let Some((entity, _)) = entity::at(view, place).filter(|_| view.migrations.is_none()) else {
        return Vec::new();
    };
    let Some(thing) = thing_of(&entity) else { return Vec::new() };
    let old = match &entity {
        Entity::Table(name) => name,
        Entity::Column { column, .. } => column,
        Entity::Requirement(_) => return Vec::new(),
    };
    let new = match &entity {
        Entity::Table(_) => Form::of(old).write(new),
        _ => Form::of("a_b").write(new),
    };
    let all = around.migrations.iter();
    all.filter_map(|it| migration::rename::follow(it, &thing, &new, around)).flatten().collect()
}

fn is_taken(view: &SpecView, entity: &Entity, old: &str, new: &str) -> bool {
    let detection = &view.analysis.detection;
    match entity {
        Entity::Table(name) => detection
            .tables
            .iter()
            .any(|it| it.name != *name && [&it.name, &it.label].iter().any(|it| is_same(it, new))),
        Entity::Column { table, .. } => detection.table(table).is_some_and(|it| {
            it.columns.iter().any(|it| it.name == new && !it.name.eq_ignore_ascii_case(old))
        }),
        Entity::Requirement(id) => spec::mentions::requirements::mentions(&view.documents)
            .iter()
            .any(|it| it.defines.is_some() && it.id == new && it.id != *id),
    }
}

/// Whether two names differ in form only.
fn is_same(a: &str, b: &str) -> bool {
    let form = Form::of("a_b");
    form.write(a) == form.write(b)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{apply, fixture};
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, new: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let shown = match rename(&view, place, new, &[]) {
            Ok(edits) => apply(&view, &edits),
            Err(error) => error.to_string(),
        };
        expect.assert_eq(&shown);
    }

    const POSTS: &str = "\
A post is written by a user. Posts are public, see `posts.title`.

## Data model

### Po$0sts

| Field | Type |
|---|---|
| id | uuid |
| title | text |

```sql
create table posts (id uuid primary key);
create table post_likes (post_id uuid references posts(id));
```
";

    #[test]
    fn each_occurrence_keeps_its_form() {
        check(
            POSTS,
            "articles",
            expect![[r#"
            A article is written by a user. Articles are public, see `articles.title`.

            ## Data model

            ### Articles

            | Field | Type |
            |---|---|
            | id | uuid |
            | title | text |

            ```sql
            create table articles (id uuid primary key);
            create table post_likes (post_id uuid references articles(id));
            ```
        "#]],
        );
    }

    #[test]
    fn a_column_is_renamed_where_it_is_that_tables() {
        check(
            "Show `posts.title` and `tags.title`.\n\n### Posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| ti$0tle | text |\n\n### Tags\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | text |\n",
            "headline",
            expect![[r#"
                Show `posts.headline` and `tags.title`.

                ### Posts

                | Field | Type |
                |---|---|
                | id | uuid |
                | headline | text |

                ### Tags

                | Field | Type |
                |---|---|
                | id | uuid |
                | title | text |
            "#]],
        );
    }

    #[test]
    fn a_requirement_is_renamed_in_all_documents() {
        check(
            "//- a.md\n- **FR-$01**: Pay.\n- FR-10: Else.\n//- b.md\nFR-1 is done.\n",
            "FR-2",
            expect![[r#"
                //- a.md
                - **FR-2**: Pay.
                - FR-10: Else.
                //- b.md
                FR-2 is done.
            "#]],
        );
    }

    #[test]
    fn a_name_in_a_script_without_spaces_is_replaced_inside_text() {
        check(
            "## 数据模型\n\n### 用$0户\n\n| 字段 | 类型 |\n|---|---|\n| id | uuid |\n\n每个用户可以发布。\n",
            "会员",
            expect![[r#"
                ## 数据模型

                ### 会员

                | 字段 | 类型 |
                |---|---|
                | id | uuid |

                每个会员可以发布。
            "#]],
        );
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        check(
            POSTS,
            "",
            expect!["rename to ``: a name has at least one letter and stands on one line"],
        );
        check(POSTS, "post_like", expect!["rename to `post_like`: the spec already has that name"]);
        check(
            "Noth$0ing\n",
            "x",
            expect![
                "rename: nothing here has a name; put the cursor on a table, a column or a requirement id"
            ],
        );
    }

    #[test]
    fn what_is_renamed_is_shown_before() {
        let (view, place) = fixture(POSTS);
        let target = prepare(&view, place).map(|it| it.placeholder);
        assert_eq!(target.as_deref(), Some("Posts"));
        let (view, place) = fixture("Noth$0ing\n");
        assert_eq!(prepare(&view, place), None);
    }
}
