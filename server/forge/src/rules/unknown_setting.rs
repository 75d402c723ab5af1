declare_rule! {
    /// A key without a meaning would be ignored.
    ///
    /// The nearest key with one is offered.
    ///
    /// ```yaml,bad
    /// storage:
    ///   avatars: {visibility: private, sise: 1MB}
    /// ```
    /// ```yaml,good
    /// storage:
    ///   avatars: {visibility: private, size: 1MB}
    /// ```
    pub(crate) static RULE = {
        name: "unknown-setting",
        severity: Error,
        since: "0.1.0",
    }
}
