declare_rule! {
    /// The file is no YAML here, and what stands there is not read.
    ///
    /// ```yaml,bad
    /// storage:
    ///   avatars: {visibility: private
    /// ```
    /// ```yaml,good
    /// storage:
    ///   avatars: {visibility: private}
    /// ```
    pub(crate) static RULE = {
        name: "resource-syntax",
        severity: Error,
        since: "0.1.0",
    }
}
