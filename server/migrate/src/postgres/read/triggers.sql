SELECT t.oid, t.tgrelid AS rel, quote_ident(t.tgname) AS name, pg_get_triggerdef(t.oid) AS definition,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END AS enabled,
    obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user n.nspname} AND {own pg_class c.oid} AND NOT t.tgisinternal AND t.tgparentid = 0
