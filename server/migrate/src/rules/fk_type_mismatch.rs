declare_rule! {
    /// A reference has the type of its target.
    ///
    /// PostgreSQL refuses other types; SQLite would never find the target. Leave the type out to take the target's.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, user_id bigint fk->users.id]
    ///   rls: deny
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
    /// ```
    pub(crate) static RULE = { name: "fk-type-mismatch", severity: Error, since: "0.1.0" }
}
