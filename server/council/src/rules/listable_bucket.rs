use super::cx::{Cx, Sink};
use super::support::{is_trusted, new_policies, without_texts};
use crate::ddl::Action;
use crate::schema::policy_object;
use crate::sql::{Token, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A policy of stored files asks for the bucket alone, so that anybody lists, or changes, all files in it; or a bucket that was not public becomes so.
    ///
    /// ```sql,bad
    /// -- migration
    /// update storage.buckets set public = true where id = 'papers';
    /// ```
    /// A public bucket gives files to whoever has their address without any policy; a policy for `select` adds the list of all of them. Ask for the owner, or for the folder.
    ///
    /// ```sql,bad
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy avatars on storage.objects for select using (bucket_id = 'avatars');
    /// ```
    /// ```sql,bad
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy avatars on storage.objects for delete to authenticated using (bucket_id in ('avatars', 'covers'));
    /// ```
    /// ```sql,good
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy avatars on storage.objects for select to authenticated using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
    /// ```
    pub(super) static RULE = {
        name: "listable-bucket",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: listable_bucket,
    }
}

fn listable_bucket(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let opens = |it: &(String, Vec<Token>)| it.0 == "public" && spelt(&it.1) == "true";
        if it.table == "storage.buckets" && it.sets.iter().any(opens) {
            let claim = "anybody may read the files of a bucket that was not public";
            sink.report(step, &it.table, Risk::High, claim).stake(Stake::Access);
        }
    }
    for (table, policy) in
        new_policies(cx).filter(|it| it.0.name == "storage.objects" && it.1.is_permissive)
    {
        let text = policy.using.as_ref().or(policy.check.as_ref());
        if policy.roles.iter().all(|it| is_trusted(it))
            || text.is_none_or(|it| !asks_bucket_alone(it))
        {
            continue;
        }
        let (risk, what) = match policy.command.as_str() {
            "select" => (Risk::Medium, "list"),
            "insert" => (Risk::Medium, "add"),
            _ => (Risk::High, "change"),
        };
        let object = policy_object(&policy.name, &table.name);
        let claim = format!("`{}` may {what} all files of the bucket", policy.roles.join(", "));
        sink.whole(&object, risk, claim)
            .stake(Stake::Access)
            .fix("Ask for the owner or the folder", "");
    }
}

/// Whether a condition speaks of the bucket, and neither of the file nor of the user.
fn asks_bucket_alone(text: &str) -> bool {
    let asks_more = ["name", "owner", "auth.", "current_", "metadata", " from ", "version"];
    text.contains("bucket_id") && !asks_more.iter().any(|it| without_texts(text).contains(it))
}
