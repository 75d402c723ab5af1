declare_rule! {
    /// What others depend on cannot be dropped or changed under them.
    ///
    /// Drop or change the reference, index, constraint or policy first.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, user_id fk->users.id]
    ///   rls: deny
    /// ---
    /// drop_table: users
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, user_id fk->users.id]
    ///   rls: deny
    /// ---
    /// drop_table: items
    /// ---
    /// drop_table: users
    /// ```
    pub(crate) static RULE = { name: "still-in-use", severity: Error, since: "0.1.0" }
}
