SELECT c.oid, quote_ident(n.nspname) AS schema, quote_ident(c.relname) AS name, c.relkind AS kind,
    c.relpersistence AS persistence, array_to_string(c.reloptions, E'\n') AS options,
    c.relrowsecurity AS rls, c.relforcerowsecurity AS forced,
    CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
        ELSE 'USING INDEX ' || (SELECT quote_ident(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident) END AS replica,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    pg_get_expr(c.relpartbound, c.oid) AS bound,
    (SELECT string_agg(i.inhparent::regclass::text, E'\n' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
    CASE WHEN c.relkind IN ('r', 'p') AND c.relowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) THEN quote_ident(pg_get_userbyid(c.relowner)) END AS owner_role,
    NULLIF(am.amname, 'heap') AS access_method,
    NULLIF(c.reloftype, 0)::regtype AS of_type,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS view,
    obj_description(c.oid, 'pg_class') AS comment,
    {acl c.relacl c.relowner r} AS grants
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
WHERE {user n.nspname} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {own pg_class c.oid}
