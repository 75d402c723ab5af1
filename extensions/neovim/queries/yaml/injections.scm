; extends

; The column language inside migration specs. The words of an operation around the list keep other
; YAML files out.

; add_table: {columns: [id pk, …], indices: […], constraints: […]}
((block_mapping_pair
  key: (flow_node) @_operation
  value: (block_node
    (block_mapping
      (block_mapping_pair
        key: (flow_node) @_list
        value: [
          (flow_node (flow_sequence (flow_node (plain_scalar (string_scalar) @injection.content))))
          (block_node
            (block_sequence
              (block_sequence_item
                (flow_node (plain_scalar (string_scalar) @injection.content)))))
        ]))))
  (#match? @_operation "^add_(table|column|index)$")
  (#match? @_list "^(columns|indices|constraints)$")
  (#set! injection.language "column"))

; The same in quotes: the quotes stay outside.
((block_mapping_pair
  key: (flow_node) @_operation
  value: (block_node
    (block_mapping
      (block_mapping_pair
        key: (flow_node) @_list
        value: [
          (flow_node
            (flow_sequence
              (flow_node [(double_quote_scalar) (single_quote_scalar)] @injection.content)))
          (block_node
            (block_sequence
              (block_sequence_item
                (flow_node [(double_quote_scalar) (single_quote_scalar)] @injection.content))))
        ]))))
  (#match? @_operation "^add_(table|column|index)$")
  (#match? @_list "^(columns|indices|constraints)$")
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "column"))

; add_column: {table: posts, column: title text}, add_constraint: {…, constraint: check (…)}
((block_mapping_pair
  key: (flow_node) @_operation
  value: (block_node
    (block_mapping
      (block_mapping_pair
        key: (flow_node) @_key
        value: (flow_node (plain_scalar (string_scalar) @injection.content))))))
  (#match? @_operation "^add_(column|constraint|index)$")
  (#match? @_key "^(column|constraint|index)$")
  (#set! injection.language "column"))

((block_mapping_pair
  key: (flow_node) @_operation
  value: (flow_node
    (flow_mapping
      (flow_pair
        key: (flow_node) @_key
        value: (flow_node (plain_scalar (string_scalar) @injection.content))))))
  (#match? @_operation "^add_(column|constraint|index)$")
  (#match? @_key "^(column|constraint|index)$")
  (#set! injection.language "column"))

; sql: {sqlite: "…", postgres: "…"}
((block_mapping_pair
  key: (flow_node) @_operation
  value: (block_node
    (block_mapping
      (block_mapping_pair
        key: (flow_node) @_dialect
        value: (block_node (block_scalar) @injection.content)))))
  (#eq? @_operation "sql")
  (#match? @_dialect "^(sqlite|postgres)$")
  (#set! injection.language "sql"))
