declare_rule! {
    /// A reference points at a primary key or at something unique.
    ///
    /// Otherwise one row could point at several.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: deny
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, email fk->users.email]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text unique]
    ///   rls: deny
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, email fk->users.email]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "fk-to-non-unique", severity: Error, since: "0.1.0" }
}
