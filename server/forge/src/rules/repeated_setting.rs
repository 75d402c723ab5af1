declare_rule! {
    /// One key stands twice in a mapping; the second would win unseen.
    ///
    /// ```yaml,bad
    /// storage:
    ///   avatars: {visibility: private}
    ///   avatars: {visibility: public}
    /// ```
    /// ```yaml,good
    /// storage:
    ///   avatars: {visibility: private}
    ///   covers: {visibility: public, size: 2MB}
    /// ```
    pub(crate) static RULE = {
        name: "repeated-setting",
        severity: Error,
        since: "0.1.0",
    }
}
