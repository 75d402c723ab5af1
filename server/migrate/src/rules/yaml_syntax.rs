declare_rule! {
    /// A file that is no YAML cannot be read as a migration.
    ///
    /// What stands before and after the place is read nevertheless.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "yaml-syntax", severity: Error, since: "0.1.0" }
}
