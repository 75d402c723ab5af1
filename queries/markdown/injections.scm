; Data models are written in many notations; a fence names its own.
(fenced_code_block
  (info_string
    (language) @injection.language)
  (code_fence_content) @injection.content)

; A fence that starts like SQL is SQL, named or not.
((fenced_code_block
  (fenced_code_block_delimiter)
  (code_fence_content) @injection.content)
  (#match? @injection.content "^\\s*(CREATE|create|ALTER|alter)\\s+(TABLE|table|TYPE|type|POLICY|policy)\\s")
  (#set! injection.language "sql"))

((html_block) @injection.content
  (#set! injection.language "html"))

((minus_metadata) @injection.content
  (#set! injection.language "yaml"))

((plus_metadata) @injection.content
  (#set! injection.language "toml"))

((inline) @injection.content
  (#set! injection.language "markdown_inline"))

((pipe_table_cell) @injection.content
  (#set! injection.language "markdown_inline"))
