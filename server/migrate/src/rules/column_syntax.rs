declare_rule! {
    /// A column, constraint or index is written in the words of the column language.
    ///
    /// A name, a type, then clauses in any order: `pk`, `unique`, `not null`, `default …`, `fk->table.column`, `check (…)`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title text mandatory]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title text not null]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "column-syntax", severity: Error, since: "0.1.0" }
}
