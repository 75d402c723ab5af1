SELECT t.oid, quote_ident(n.nspname) AS schema, quote_ident(t.typname) AS name, t.typtype AS kind,
    t.typrelid AS rel, t.typelem AS element, t.typcategory AS category, c.relkind AS rel_kind,
    (SELECT string_agg(quote_literal(e.enumlabel), E'\n' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base, t.typnotnull AS not_null,
    CASE WHEN t.typtype = 'd' THEN pg_get_expr(t.typdefaultbin, 0) END AS expr,
    CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype) THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = t.typcollation) END AS collation,
    CASE WHEN t.typtype = 'r' THEN (SELECT 'SUBTYPE = ' || format_type(r.rngsubtype, NULL)
        || CASE WHEN NOT oc.opcdefault THEN ', SUBTYPE_OPCLASS = ' || quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname) ELSE '' END
        || CASE WHEN r.rngcollation <> st.typcollation THEN ', COLLATION = ' || (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = r.rngcollation) ELSE '' END
        || CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc ELSE '' END
        || ', MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype
        FROM pg_range r JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace JOIN pg_type st ON st.oid = r.rngsubtype WHERE r.rngtypid = t.oid) END AS range,
    obj_description(t.oid, 'pg_type') AS comment, {acl t.typacl t.typowner T} AS grants
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE {user n.nspname} AND {own pg_type t.oid}
