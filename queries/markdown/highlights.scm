; Block structure. Words inside paragraphs are coloured by the server's semantic tokens.
(atx_heading (inline) @title)
(setext_heading (paragraph) @title)

; A heading that is a requirement: `### FR-001: …`, `### Requirement 1`, `### Requirement: …`.
((atx_heading heading_content: (inline) @title.requirement)
  (#match? @title.requirement "^([A-Z]{1,8}(-[A-Z]{1,8})?-[0-9]+|Requirement\\b)"))

[
  (atx_h1_marker)
  (atx_h2_marker)
  (atx_h3_marker)
  (atx_h4_marker)
  (atx_h5_marker)
  (atx_h6_marker)
  (setext_h1_underline)
  (setext_h2_underline)
  (list_marker_plus)
  (list_marker_minus)
  (list_marker_star)
  (list_marker_dot)
  (list_marker_parenthesis)
  (thematic_break)
  (block_continuation)
  (block_quote_marker)
] @punctuation.special

(task_list_marker_checked) @constant.builtin
(task_list_marker_unchecked) @punctuation.special

(pipe_table_header (pipe_table_cell) @title)
(pipe_table_delimiter_row) @punctuation.delimiter
"|" @punctuation.delimiter

[
  (fenced_code_block_delimiter)
  (link_title)
] @punctuation.delimiter

(indented_code_block) @text.literal
(info_string) @label
(link_destination) @text.uri
(link_label) @text.reference
(backslash_escape) @string.escape

; `<!-- specwright: allow RULE -->` silences a rule.
((html_block) @comment
  (#match? @comment "^\\s*<!--"))
((html_block) @preproc
  (#match? @preproc "^\\s*<!--\\s*specwright:"))
