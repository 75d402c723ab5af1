declare_rule! {
    /// Tables that reference each other in a circle need one reference that may be empty.
    ///
    /// Otherwise no first row can be written.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: a
    ///   columns: [id pk]
    ///   rls: deny
    /// ---
    /// add_table:
    ///   name: b
    ///   columns: [id pk, a_id not null fk->a.id]
    ///   rls: deny
    /// ---
    /// add_column: {table: a, column: b_id not null fk->b.id}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: a
    ///   columns: [id pk]
    ///   rls: deny
    /// ---
    /// add_table:
    ///   name: b
    ///   columns: [id pk, a_id not null fk->a.id]
    ///   rls: deny
    /// ---
    /// add_column: {table: a, column: b_id fk->b.id}
    /// ```
    pub(crate) static RULE = { name: "fk-cycle", severity: Info, since: "0.1.0" }
}
