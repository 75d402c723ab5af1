SELECT 'pg_statistic_ext' AS class, s.oid, 'statistics' AS kind, quote_ident(n.nspname) AS schema, quote_ident(s.stxname) AS name, s.stxrelid AS rel, NULL AS text_name,
    pg_get_statisticsobjdef(s.oid) AS create, obj_description(s.oid, 'pg_statistic_ext') AS comment
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {user n.nspname} AND {own pg_statistic_ext s.oid}
UNION ALL
SELECT 'pg_collation', o.oid, 'collation', quote_ident(n.nspname), quote_ident(o.collname), NULL, NULL,
    'CREATE COLLATION ' || quote_ident(n.nspname) || '.' || quote_ident(o.collname) || ' (' || CASE o.collprovider WHEN 'i' THEN 'PROVIDER = icu, LOCALE = ' || quote_literal(coalesce(to_jsonb(o)->>'colllocale', to_jsonb(o)->>'colliculocale', o.collcollate)) WHEN 'c' THEN 'PROVIDER = libc, LC_COLLATE = ' || quote_literal(o.collcollate) || ', LC_CTYPE = ' || quote_literal(o.collctype) ELSE 'PROVIDER = builtin, LOCALE = ' || quote_literal(coalesce(to_jsonb(o)->>'colllocale', '')) END || CASE WHEN NOT o.collisdeterministic THEN ', DETERMINISTIC = false' ELSE '' END || ')', obj_description(o.oid, 'pg_collation')
FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE {user n.nspname} AND {own pg_collation o.oid}
UNION ALL
SELECT 'pg_cast', x.oid, 'cast', '', '(' || format_type(x.castsource, NULL) || ' AS ' || format_type(x.casttarget, NULL) || ')', NULL, NULL,
    'CREATE CAST (' || format_type(x.castsource, NULL) || ' AS ' || format_type(x.casttarget, NULL) || ') ' || CASE x.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || x.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END || CASE x.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END, obj_description(x.oid, 'pg_cast')
FROM pg_cast x WHERE x.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = x.castsource AND r.rngmultitypid = x.casttarget) AND {own pg_cast x.oid}
UNION ALL
SELECT 'pg_operator', o.oid, 'operator', quote_ident(n.nspname), o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', ' || coalesce(format_type(nullif(o.oprright, 0), NULL), 'NONE') || ')', NULL, NULL,
    'CREATE OPERATOR ' || quote_ident(n.nspname) || '.' || o.oprname || ' (FUNCTION = ' || o.oprcode::regproc || CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || format_type(o.oprleft, NULL) ELSE '' END || CASE WHEN o.oprright <> 0 THEN ', RIGHTARG = ' || format_type(o.oprright, NULL) ELSE '' END
    || CASE WHEN o.oprcom <> 0 THEN ', COMMUTATOR = ' || (SELECT 'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprcom) ELSE '' END
    || CASE WHEN o.oprnegate <> 0 THEN ', NEGATOR = ' || (SELECT 'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprnegate) ELSE '' END
    || CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest::regproc ELSE '' END || CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin::regproc ELSE '' END
    || CASE WHEN o.oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN o.oprcanmerge THEN ', MERGES' ELSE '' END || ')', obj_description(o.oid, 'pg_operator')
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE {user n.nspname} AND {own pg_operator o.oid} AND o.oprcode <> 0
