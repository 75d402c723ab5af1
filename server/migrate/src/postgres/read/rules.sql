SELECT r.oid, r.ev_class AS rel, quote_ident(r.rulename) AS name,
    CASE WHEN r.rulename <> '_RETURN' THEN pg_get_ruledef(r.oid) END AS definition,
    obj_description(r.oid, 'pg_rewrite') AS comment
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user n.nspname} AND {own pg_class c.oid}
