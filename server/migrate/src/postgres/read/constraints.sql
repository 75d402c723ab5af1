SELECT k.oid, k.conrelid AS rel, quote_ident(k.conname) AS name, k.contype AS kind,
    pg_get_constraintdef(k.oid) AS definition, k.convalidated AS validated, k.connoinherit AS no_inherit,
    (SELECT string_agg(quote_ident(a.attname), E'\n' ORDER BY x.n) FROM unnest(k.conkey) WITH ORDINALITY x(att, n) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.att) AS columns,
    k.confrelid AS target,
    (SELECT string_agg(quote_ident(a.attname), E'\n' ORDER BY x.n) FROM unnest(k.confkey) WITH ORDINALITY x(att, n) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.att) AS target_columns,
    CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid END AS index_oid,
    CASE WHEN k.contype IN ('p', 'u') THEN pg_get_indexdef(k.conindid) END AS index,
    obj_description(k.oid, 'pg_constraint') AS comment,
    k.conparentid <> 0 OR (k.coninhcount > 0 AND NOT k.conislocal) AS inherited
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user n.nspname} AND k.contype IN ('p', 'u', 'c', 'x', 'f') AND {own pg_class c.oid}
