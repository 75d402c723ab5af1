/// <reference types="tree-sitter-cli/dsl" />
// @ts-check
// One scalar of a migration spec: a column, a constraint over several columns, or an index.
//
//   user_id uuid not null fk->users.id on delete cascade
//   unique (user_id, slug)
//   user_id, created_at desc where published
//
// Expressions are only cut into tokens here, which is what colouring needs; the server reads them.

/** A word in any case. */
const word = (text) => alias(token(new RegExp(text, 'i')), text);
/** One or more, with commas between. */
const list = (rule, separator = ',') => seq(rule, repeat(seq(separator, rule)));

export default grammar({
  name: 'column',
  extras: () => [/\s/],
  word: ($) => $.identifier,
  // A lone name, also a unique one, can be either; a column is what is taken then.
  conflicts: ($) => [[$.column, $.key]],
  rules: {
    source_file: ($) => optional(choice($.column, $.constraint, $.index)),

    column: ($) =>
      prec.dynamic(
        1,
        seq(field('name', $._name), optional(field('type', $.type)), repeat($._clause)),
      ),
    _clause: ($) =>
      choice(
        $.primary_key,
        $.unique,
        $.not_null,
        $.nullable,
        $.identity,
        $.default,
        $.foreign_key,
        $.check,
      ),

    type: ($) =>
      seq(field('name', $.type_name), optional(field('arguments', $.arguments)), repeat($.array)),
    type_name: ($) =>
      choice(
        $.identifier,
        seq(word('double'), word('precision')),
        seq(word('character'), word('varying')),
        seq(
          choice(word('timestamp'), word('time')),
          choice(word('with'), word('without')),
          word('time'),
          word('zone'),
        ),
        word('double'),
        word('character'),
        word('timestamp'),
        word('time'),
      ),
    arguments: ($) =>
      seq('(', list(choice($.number, $.identifier, $.string), choice(',', '|')), ')'),
    array: () => seq('[', ']'),

    primary_key: () => choice(word('pk'), seq(word('primary'), word('key'))),
    unique: () => word('unique'),
    not_null: () => seq(word('not'), word('null')),
    nullable: () => word('null'),
    identity: () => word('identity'),
    default: ($) => seq(word('default'), field('value', $._value)),
    check: ($) => seq(word('check'), field('condition', $.group)),
    foreign_key: ($) =>
      seq(choice(seq(word('fk'), '->'), word('references')), $._target, repeat($.action)),
    _target: ($) =>
      seq(
        field('table', $._name),
        optional(choice(seq('.', field('column', $._name)), $._target_columns)),
      ),
    _target_columns: ($) => seq('(', list(field('column', $._name)), ')'),
    action: ($) =>
      seq(
        word('on'),
        field('event', choice(word('delete'), word('update'))),
        field(
          'effect',
          choice(
            word('cascade'),
            word('restrict'),
            seq(word('set'), choice(word('null'), word('default'))),
            seq(word('no'), word('action')),
          ),
        ),
      ),

    constraint: ($) =>
      seq(
        optional(seq(word('constraint'), field('name', $._name))),
        choice(
          seq(choice($.unique, $.primary_key), $.names),
          seq(alias(word('fk'), $.fk), $.names, '->', $._target, repeat($.action)),
          $.check,
        ),
      ),
    names: ($) => seq('(', list($._name), ')'),

    index: ($) =>
      seq(list($.key), optional($.unique), optional(seq(word('where'), field('where', $.filter)))),
    key: ($) =>
      seq(
        choice(field('column', $._name), field('expression', choice($.call, $.group))),
        optional(field('direction', choice(word('asc'), word('desc')))),
      ),
    filter: ($) => repeat1($._token),

    _value: ($) =>
      choice($.string, $.number, $.boolean, $.null, $.call, $.group, alias($.identifier, $.bare)),
    call: ($) => prec(2, seq(field('name', $.identifier), field('arguments', $.group))),
    group: ($) => seq('(', repeat($._token), ')'),
    _token: ($) =>
      choice(
        $.string,
        $.number,
        $.boolean,
        $.null,
        $.logic,
        $.call,
        $._name,
        $.operator,
        $.group,
      ),
    logic: () =>
      choice(
        word('and'),
        word('or'),
        word('not'),
        word('is'),
        word('in'),
        word('like'),
        word('between'),
        word('exists'),
        word('where'),
      ),
    operator: () =>
      choice('=', '<>', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '%', '||', ',', '.'),
    boolean: () => choice(word('true'), word('false')),
    null: () => word('null'),
    number: () => token(prec(1, /[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/)),
    string: () => /'([^']|'')*'/,
    _name: ($) => choice($.identifier, $.quoted_identifier),
    identifier: () => /[\p{L}_][\p{L}\p{N}_]*/,
    quoted_identifier: () => /"([^"]|"")+"/,
  },
});
