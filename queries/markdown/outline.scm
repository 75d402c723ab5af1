; Headings make the outline; a section holds what stands under its heading.
(section
  (atx_heading
    [
      (atx_h1_marker)
      (atx_h2_marker)
      (atx_h3_marker)
      (atx_h4_marker)
      (atx_h5_marker)
      (atx_h6_marker)
    ] @context
    heading_content: (inline) @name)) @item

(setext_heading
  heading_content: (paragraph) @name) @item
