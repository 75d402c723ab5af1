declare_rule! {
    /// A seeded row fits its table, and a key tells whether it is there already.
    ///
    /// The key is the primary key, or the unique columns that `key` names; each row has a value for it.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: plans
    ///   columns: [id text pk, seats integer not null]
    ///   rls: public
    /// ---
    /// seed:
    ///   table: plans
    ///   rows:
    ///     - {id: free}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: plans
    ///   columns: [id text pk, seats integer not null]
    ///   rls: public
    /// ---
    /// seed:
    ///   table: plans
    ///   rows:
    ///     - {id: free, seats: 1}
    /// ```
    pub(crate) static RULE = { name: "invalid-seed", severity: Error, since: "0.1.0" }
}
