declare_rule! {
    /// Numbers from a sequence are for the one integer column that is the primary key.
    ///
    /// SQLite has no other sequence.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, number integer identity]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id bigint pk identity, title text]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "misplaced-identity", severity: Error, since: "0.1.0" }
}
