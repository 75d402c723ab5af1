declare_rule! {
    /// In a flow list, YAML splits a text at its commas.
    ///
    /// Put the text in quotes, or write one item a line.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, price numeric(10,2)]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "price numeric(10,2)"]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "split-by-comma", severity: Error, since: "0.1.0" }
}
