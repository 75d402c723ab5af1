; Columns, constraints and indexes of migration specs.
(column name: (_) @property)
(key column: (_) @property)
(names (_) @property)
(constraint name: (_) @label)

(type_name) @type
(type arguments: (arguments (identifier) @constant))
(array) @type

(foreign_key table: (_) @type)
(foreign_key column: (_) @property)
(constraint table: (_) @type)
(constraint column: (_) @property)

[
  (primary_key)
  (unique)
  (not_null)
  (nullable)
  (identity)
  (fk)
  "default"
  "check"
  "constraint"
  "references"
  "on"
  "delete"
  "update"
  "cascade"
  "restrict"
  "set"
  "default"
  "null"
  "no"
  "action"
  "where"
  "asc"
  "desc"
] @keyword
(foreign_key "fk" @keyword)
(logic) @keyword.operator

(call name: (_) @function)
(group (identifier) @variable)
(filter (identifier) @variable)
(string) @string
(number) @number
(boolean) @boolean
(null) @constant.builtin

[
  (operator)
  "->"
] @operator
[
  "("
  ")"
  "["
  "]"
] @punctuation.bracket
[
  ","
  "|"
  "."
] @punctuation.delimiter

; What is meant is unclear until it is in quotes.
(bare) @error
