//! What holds for any text and any operations.

use super::operation::*;
use super::{File, format, read, replay, write};
use crate::expr::{Expr, Place, parse};
use crate::schema::{Action, Command, Origin, Schema, Type};
use proptest::prelude::*;
use proptest::{collection::vec, option::of};

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, origin: Origin::default() }
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        6 => "[a-z][a-z0-9_]{0,8}",
        1 => "[A-Z][a-zA-Z]{0,5}",
        1 => "(unique|check|pk|null|default|where|order|true|no|fk)",
        1 => "[a-z]{1,3}[ .'\"é-][a-z]{1,3}",
    ]
    .prop_map(spanned)
}

/// Names that stand between the brackets of `rls`.
fn word() -> impl Strategy<Value = Name> {
    "[a-z][a-z0-9_]{0,8}"
        .prop_filter("no word of the grammar", |it| !["pk", "fk"].contains(&it.as_str()))
        .prop_map(spanned)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[a-z #:'\"\\\\\\[\\],{}\n\té]{0,12}",
        Just("line one\nline two\n".to_owned()),
        Just("  indented\n\nlast".to_owned()),
    ]
}

fn formula() -> impl Strategy<Value = Formula> {
    let condition = prop_oneof![
        Just("price > 0".to_owned()),
        Just("a is not null and (b or not c)".to_owned()),
        Just("state in ('x: y', 'it''s #1') or name like 'a%'".to_owned()),
        Just("user_id = currentUser() or exists(t where id = row.x)".to_owned()),
        Just("length(trim(a)) between 1 and 9".to_owned()),
        Just("a + 1 < b * 2".to_owned()),
    ];
    condition.prop_map(|it| Formula {
        expr: parse(&it).expect("a test's expression"),
        place: Place::default(),
        origin: Origin::default(),
    })
}

fn constant() -> impl Strategy<Value = Formula> {
    let expr = prop_oneof![
        Just(Expr::Now),
        any::<bool>().prop_map(Expr::Bool),
        (0..10_000i32).prop_map(|it| Expr::Number(it.to_string())),
        text().prop_map(Expr::Text),
    ];
    expr.prop_map(|expr| Formula { expr, place: Place::default(), origin: Origin::default() })
}

fn kind() -> impl Strategy<Value = Type> {
    let plain = prop_oneof![
        Just(Type::Uuid),
        Just(Type::Text),
        (1..300u32).prop_map(Type::Varchar),
        Just(Type::SmallInt),
        Just(Type::Integer),
        Just(Type::BigInt),
        of((1..30u16).prop_flat_map(|p| (Just(p), 0..=p))).prop_map(Type::Numeric),
        Just(Type::Real),
        Just(Type::Double),
        Just(Type::Boolean),
        Just(Type::Date),
        Just(Type::Time),
        Just(Type::Timestamp),
        Just(Type::TimestampTz),
        Just(Type::Json),
        Just(Type::Bytes),
        (1..2000u32).prop_map(Type::Vector),
        proptest::collection::btree_set("[a-z]{1,4}|[a-z ,|:#']{1,5}", 1..4)
            .prop_map(|it| Type::Enum(it.into_iter().collect())),
    ];
    let array = plain.clone().prop_map(|it| Type::Array(Box::new(it)));
    prop_oneof![4 => plain, 1 => array]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::NoAction),
        Just(Action::Restrict),
        Just(Action::Cascade),
        Just(Action::SetNull),
        Just(Action::SetDefault)
    ]
}

fn default() -> impl Strategy<Value = DefaultDef> {
    prop_oneof![
        Just(DefaultDef::RandomUuid(spanned(()))),
        Just(DefaultDef::Identity(spanned(()))),
        constant().prop_map(DefaultDef::Expr)
    ]
}

fn reference() -> impl Strategy<Value = ReferenceDef> {
    (name(), of(name()), action(), action()).prop_map(|(table, column, on_delete, on_update)| {
        ReferenceDef { table, column, on_delete, on_update, origin: Origin::default() }
    })
}

fn column() -> impl Strategy<Value = ColumnDef> {
    let flags = (any::<bool>(), any::<bool>(), of(any::<bool>()));
    let parts = (of(default()), of(reference()), of(formula()));
    (name(), of(kind()), flags, parts).prop_map(|(name, kind, flags, parts)| ColumnDef {
        name,
        kind: kind.map(spanned),
        primary_key: flags.0.then(Origin::default),
        unique: flags.1.then(Origin::default),
        nullable: flags.2.map(spanned),
        default: parts.0,
        references: parts.1,
        check: parts.2,
        origin: Origin::default(),
    })
}

fn key() -> impl Strategy<Value = KeyDef> {
    let column = name().prop_map(|it| Expr::column(it.value));
    let call = Just(parse("lower(a)").expect("a test's expression"));
    (prop_oneof![3 => column, 1 => call], any::<bool>()).prop_map(|(expr, descending)| KeyDef {
        value: Formula { expr, place: Place::default(), origin: Origin::default() },
        descending,
    })
}

fn index() -> impl Strategy<Value = IndexDef> {
    (of(name()), vec(key(), 1..3), any::<bool>(), of(formula())).prop_map(
        |(name, keys, unique, filter)| IndexDef {
            name,
            keys,
            unique,
            filter,
            origin: Origin::default(),
        },
    )
}

fn constraint() -> impl Strategy<Value = ConstraintDef> {
    let reference = (vec(name(), 1..3), name(), vec(name(), 0..3), action(), action());
    let kind = prop_oneof![
        vec(name(), 1..3).prop_map(ConstraintDefKind::PrimaryKey),
        vec(name(), 1..3).prop_map(ConstraintDefKind::Unique),
        formula().prop_map(ConstraintDefKind::Check),
        reference.prop_map(|(columns, table, target, on_delete, on_update)| {
            ConstraintDefKind::ForeignKey { columns, table, target, on_delete, on_update }
        }),
    ];
    (of(name()), kind).prop_map(|(name, kind)| ConstraintDef {
        name,
        kind,
        origin: Origin::default(),
    })
}

fn rls() -> impl Strategy<Value = RlsDef> {
    let kind = prop_oneof![
        Just(RlsKind::Public),
        Just(RlsKind::Deny),
        of(word()).prop_map(|column| RlsKind::OwnRow { column }),
        (word(), of(word()))
            .prop_map(|(column, flag)| RlsKind::OwnOrPublic { column: Some(column), flag }),
        (word(), word()).prop_map(|(table, via)| RlsKind::MemberOf { table, via }),
        word().prop_map(|it| RlsKind::Role(it.value)),
        formula().prop_map(RlsKind::Expr),
    ];
    kind.prop_map(|kind| RlsDef { kind, origin: Origin::default() })
}

fn policy() -> impl Strategy<Value = PolicyDef> {
    let all = vec![Command::Select, Command::Insert, Command::Update, Command::Delete];
    let commands = proptest::sample::subsequence(all, 0..4);
    (name(), commands, formula(), of(formula())).prop_map(|(name, commands, using, check)| {
        PolicyDef { name, commands, using: Some(using), check }
    })
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Null),
        any::<bool>().prop_map(Cell::Bool),
        any::<i32>().prop_map(|it| Cell::Number(it.to_string())),
        text().prop_map(Cell::Text),
        Just(Cell::Json("{\"a\":[1,null,\"x, y: z\"],\"b\":{}}".to_owned())),
        Just(Cell::Json("[]".to_owned())),
    ]
}

fn add_table() -> impl Strategy<Value = OperationKind> {
    let lists =
        (vec(column(), 1..4), vec(index(), 0..3), vec(constraint(), 0..2), vec(policy(), 0..2));
    let rest = (of(rls()), any::<bool>(), any::<bool>(), of(text()));
    let plain = (any::<bool>(), vec((name(), "[A-Z]{1,8}"), 0..2))
        .prop_map(|(strict, types)| PlainDef { strict, types });
    let plain = of(plain);
    let pairs = || vec((name(), name()), 0..2);
    let held = (pairs(), pairs(), vec(name(), 0..2), vec(name(), 0..2))
        .prop_map(|(types, defaults, serial, always)| HeldDef { types, defaults, serial, always });
    let held = of(held);
    (name(), lists, rest, plain, held).prop_map(|(name, lists, rest, plain, held)| {
        OperationKind::AddTable(Box::new(AddTable {
            name,
            columns: lists.0,
            indexes: lists.1,
            constraints: lists.2,
            policies: lists.3,
            rls: rest.0,
            soft_delete: rest.1,
            audit_columns: rest.2,
            comment: rest.3,
            plain,
            held,
        }))
    })
}

fn alter_column() -> impl Strategy<Value = OperationKind> {
    let drop = || Just(());
    let parts = (
        of(prop_oneof![
            default().prop_map(Setting::To),
            drop().prop_map(|()| Setting::Drop(spanned(())))
        ]),
        of(prop_oneof![
            formula().prop_map(Setting::To),
            drop().prop_map(|()| Setting::Drop(spanned(())))
        ]),
        of(prop_oneof![
            reference().prop_map(Setting::To),
            drop().prop_map(|()| Setting::Drop(spanned(())))
        ]),
    );
    let flags = (of(any::<bool>()), of(any::<bool>()));
    (name(), name(), of(name()), of(kind()), flags, parts).prop_map(
        |(table, column, was, kind, flags, parts)| {
            OperationKind::AlterColumn(Box::new(AlterColumn {
                table,
                column,
                was,
                kind: kind.map(spanned),
                nullable: flags.0.map(spanned),
                unique: flags.1.map(spanned),
                default: parts.0,
                check: parts.1,
                references: parts.2,
            }))
        },
    )
}

fn operation_kind() -> impl Strategy<Value = OperationKind> {
    let sql = (of(text()), of(text()), of(text()), of(text()));
    prop_oneof![
        4 => add_table(),
        2 => alter_column(),
        1 => (name(), any::<bool>())
            .prop_map(|(table, purge)| OperationKind::DropTable { table, purge }),
        1 => (name(), name()).prop_map(|(was, name)| OperationKind::RenameTable { was, name }),
        1 => (name(), vec(column(), 1..3))
            .prop_map(|(table, columns)| OperationKind::AddColumn { table, columns }),
        1 => (name(), name(), any::<bool>())
            .prop_map(|(table, column, purge)| OperationKind::DropColumn { table, column, purge }),
        1 => (name(), name(), name())
            .prop_map(|(table, was, name)| OperationKind::RenameColumn { table, was, name }),
        1 => (name(), index()).prop_map(|(table, index)| OperationKind::AddIndex { table, index }),
        1 => (name(), name())
            .prop_map(|(table, it)| OperationKind::DropIndex { table, index: Named::Name(it) }),
        1 => (name(), index())
            .prop_map(|(table, it)| OperationKind::DropIndex { table, index: Named::Like(it) }),
        1 => (name(), constraint())
            .prop_map(|(table, constraint)| OperationKind::AddConstraint { table, constraint }),
        1 => (name(), constraint()).prop_map(|(table, it)| OperationKind::DropConstraint {
            table,
            constraint: Named::Like(it)
        }),
        1 => (name(), rls()).prop_map(|(table, rls)| OperationKind::SetRls { table, rls }),
        1 => (name(), policy())
            .prop_map(|(table, policy)| OperationKind::AddPolicy { table, policy }),
        1 => (name(), name())
            .prop_map(|(table, policy)| OperationKind::DropPolicy { table, policy }),
        1 => (name(), of(name()), of(text()))
            .prop_map(|(table, column, text)| OperationKind::Comment { table, column, text }),
        1 => (name(), vec(word(), 0..2), any::<bool>(), vec(vec((word(), cell()), 1..4), 1..3))
            .prop_map(|(table, key, update, rows)| {
                OperationKind::Seed(Seed { table, key, update, rows: rows.into_iter().map(unrepeated).collect() })
            }),
        1 => sql.prop_map(|(sqlite, postgres, sqlite_down, postgres_down)| {
            OperationKind::Sql(RawSql {
                sqlite: sqlite.map(spanned),
                postgres: postgres.map(spanned),
                sqlite_down: sqlite_down.map(spanned),
                postgres_down: postgres_down.map(spanned),
            })
        }),
        1 => (name(), of(name()))
            .prop_map(|(table, column)| OperationKind::Purge { table, column }),
    ]
}

fn unrepeated(row: Vec<(Name, Cell)>) -> Vec<(Name, Spanned<Cell>)> {
    let mut out: Vec<(Name, Spanned<Cell>)> = Vec::new();
    for (name, cell) in row {
        if out.iter().all(|it| it.0 != name) {
            out.push((name, spanned(cell)));
        }
    }
    out
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation_kind(), 1..4).prop_map(|kinds| {
        let operation = |kind| Operation {
            migration: "0001_test".into(),
            origin: Origin::default(),
            keyword: Origin::default(),
            kind,
        };
        kinds.into_iter().map(operation).collect()
    })
}

fn file(text: &str) -> [File<'_>; 1] {
    [File { name: "0001_test", text }]
}

/// Reads, replays and checks that every place lies in the text, on character boundaries.
fn read_any(text: &str) {
    let read = read(&file(text));
    let replayed = replay(&Schema::default(), &read.operations);
    for it in read.diagnostics.iter().chain(&replayed.diagnostics) {
        assert!(text.get(it.span.range()).is_some(), "{it:?} is outside of {text:?}");
        let mut edits: Vec<_> = it.fixes.iter().flat_map(|it| &it.edits).collect();
        edits.sort_by_key(|it| it.span);
        for edit in edits {
            assert!(text.get(edit.span.range()).is_some(), "{edit:?} is outside of {text:?}");
        }
    }
    for it in &read.operations {
        assert!(text.get(it.origin.span.range()).is_some());
    }
}

/// Pieces that specs are made of, in no order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("add_table:\n  name: a\n"),
        Just("  columns: [id pk, "),
        Just("]\n"),
        Just("  columns:\n    - "),
        Just("text[]"),
        Just("numeric(10,2)"),
        Just(" default 'a #1'"),
        Just(" default 'a: b'"),
        Just("\"x\\ty"),
        Just("\"\n"),
        Just("\n  rls: own-row\n"),
        Just("---\n"),
        Just("operations:\n  - drop_column: a.b\n"),
        Just(" >-\n      b text\n      check (b\n      > 1)\n"),
        Just("{table: a, column: b text}\n"),
        Just("  - "),
        Just(" # c\n"),
        Just("é"),
        Just("'"),
        Just("\t"),
        Just("|\n  x\n"),
        Just("&a *a !!t "),
        Just("alter_column: {table: a, column: id, was: b, default: x}\n"),
    ];
    vec(piece, 0..16).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read(text in ".{0,200}") {
        read_any(&text);
    }

    #[test]
    fn any_pieces_are_read(text in pieces()) {
        read_any(&text);
    }

    #[test]
    fn what_is_written_is_read_back(operations in operations()) {
        let text = write(&operations);
        let read = read(&file(&text));
        prop_assert_eq!(&read.operations, &operations, "{}\n{:?}", text, read.diagnostics);
    }

    #[test]
    fn formatting_changes_no_meaning_and_rests(text in pieces()) {
        let once = format(&text);
        prop_assert_eq!(&format(&once), &once);
        prop_assert_eq!(read(&file(&once)).operations, read(&file(&text)).operations);
    }

    #[test]
    fn what_is_written_is_formatted(operations in operations()) {
        let text = write(&operations);
        prop_assert_eq!(format(&text), text);
    }
}
