declare_rule! {
    /// An expression means the same on SQLite and PostgreSQL, or it is refused.
    ///
    /// Names must exist, types must agree, and functions must be known to both engines.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, price integer check (price > 'x')]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, price integer check (price > 0)]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "invalid-expression", severity: Error, since: "0.1.0" }
}
