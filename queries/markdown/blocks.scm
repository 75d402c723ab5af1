; The blocks that readers and rules look at. Containers (items, quotes) come before what they hold.
(minus_metadata) @front_matter
(plus_metadata) @front_matter
(atx_heading) @heading
(setext_heading) @heading
(paragraph) @paragraph
(list_item) @item
(pipe_table) @table
(fenced_code_block) @fence
(indented_code_block) @indented
(html_block) @html
(block_quote) @quote
(thematic_break) @break
