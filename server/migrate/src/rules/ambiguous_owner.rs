declare_rule! {
    /// A bare `own-row` or `own-or-public` takes the table's one reference to the users for the owner.
    ///
    /// With none, or with several, name the column.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: messages
    ///   columns: [id pk, from_id fk->users.id, to_id fk->users.id]
    ///   rls: own-row
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: messages
    ///   columns: [id pk, from_id fk->users.id, to_id fk->users.id]
    ///   rls: own-row(from_id)
    /// ```
    pub(crate) static RULE = { name: "ambiguous-owner", severity: Error, since: "0.1.0" }
}
