use super::cx::BlockCx;
use super::{Sink, words};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// One requirement joins two, which cannot be accepted one by one.
    ///
    /// Source: INCOSE Guide to Writing Requirements, R19 (combinators).
    ///
    /// ```md,bad
    /// The system shall log the change, as well as mail the owner.
    /// ```
    /// ```md,good
    /// The system shall log the change.
    /// ```
    pub(super) static RULE = {
        name: "combinator",
        group: Smell,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: Block(combinator),
    }
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    words::any(&[
        r"as well as|and also|in addition to|meanwhile|whereas|on the other hand|otherwise|unless",
        r"sowie|als auch|andernfalls|außerdem|während hingegen",
        r"ainsi que|sinon|en outre|tandis que|à moins que",
        r"así como|además de|de lo contrario|mientras que|a menos que",
        r"assim como|bem como|além de|caso contrário|a menos que",
        r"а также|в противном случае|кроме того|тогда как",
        r"serta|selain itu|jika tidak|sedangkan",
        r"以及|此外|否则|ならびに|さもなければ|一方で|또한|그렇지 않으면",
    ])
});

fn combinator(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    words::report_in_requirements(cx, &WORDS, sink, |it| format!("`{it}` joins two requirements"));
}
