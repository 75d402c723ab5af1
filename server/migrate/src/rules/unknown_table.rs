declare_rule! {
    /// A table that an operation names must be there at that point.
    ///
    /// Tables come from earlier entries and earlier files.
    ///
    /// ```yaml,bad
    /// add_column:
    ///   table: user
    ///   column: email text
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_column:
    ///   table: users
    ///   column: email text
    /// ```
    pub(crate) static RULE = { name: "unknown-table", severity: Error, since: "0.1.0" }
}
