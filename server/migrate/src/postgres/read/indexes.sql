SELECT c.oid, quote_ident(n.nspname) AS schema, quote_ident(c.relname) AS name, i.indrelid AS rel,
    i.indisunique AS is_unique, i.indisvalid AS valid, i.indisclustered AS clustered, c.relkind AS kind,
    pg_get_indexdef(c.oid) AS definition, obj_description(c.oid, 'pg_class') AS comment,
    EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid) AS inherited
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user n.nspname} AND {own pg_class i.indrelid} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
