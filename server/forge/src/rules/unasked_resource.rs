declare_rule! {
    /// A resource was written from a spec that no longer asks for it.
    ///
    /// It is never dropped by itself: drop the table with a migration, remove the entry, or take the comment that points at the spec off the line to keep it as your own.
    ///
    /// ```yaml
    /// secrets:
    ///   STRIPE_SECRET_KEY: {}  # PRD.md:163
    /// ```
    pub(crate) static RULE = { name: "unasked-resource", severity: Info, since: "0.1.0" }
}
