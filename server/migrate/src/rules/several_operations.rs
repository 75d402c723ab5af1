declare_rule! {
    /// A document holds one operation, or a list of them under `operations`.
    ///
    /// Keys of a mapping have no order in YAML; operations have one.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: deny
    /// add_column:
    ///   table: users
    ///   column: email text
    /// ```
    /// ```yaml,good
    /// operations:
    ///   - add_table:
    ///       name: users
    ///       columns: [id pk]
    ///       rls: deny
    ///   - add_column:
    ///       table: users
    ///       column: email text
    /// ```
    pub(crate) static RULE = { name: "several-operations", severity: Error, since: "0.1.0" }
}
