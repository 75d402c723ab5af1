SELECT p.oid, quote_ident(n.nspname) AS schema,
    quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS name,
    CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word,
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
    p.prokind::text || ' ' || p.proretset::text || ' ' || coalesce(pg_get_function_result(p.oid), '') || ' (' || pg_get_function_arguments(p.oid) || ')' AS signature,
    CASE WHEN p.prokind = 'a' THEN (SELECT 'SFUNC = ' || g.aggtransfn::regproc || ', STYPE = ' || format_type(g.aggtranstype, NULL)
        || CASE WHEN g.aggtransspace <> 0 THEN ', SSPACE = ' || g.aggtransspace ELSE '' END
        || CASE WHEN g.aggfinalfn <> 0 THEN ', FINALFUNC = ' || g.aggfinalfn::regproc ELSE '' END
        || CASE WHEN g.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END
        || CASE WHEN g.aggcombinefn <> 0 THEN ', COMBINEFUNC = ' || g.aggcombinefn::regproc ELSE '' END
        || CASE WHEN g.aggserialfn <> 0 THEN ', SERIALFUNC = ' || g.aggserialfn::regproc ELSE '' END
        || CASE WHEN g.aggdeserialfn <> 0 THEN ', DESERIALFUNC = ' || g.aggdeserialfn::regproc ELSE '' END
        || CASE WHEN g.agginitval IS NOT NULL THEN ', INITCOND = ' || quote_literal(g.agginitval) ELSE '' END
        || CASE WHEN g.aggsortop <> 0 THEN ', SORTOP = ' || (SELECT 'OPERATOR(' || quote_ident(sn.nspname) || '.' || o.oprname || ')' FROM pg_operator o JOIN pg_namespace sn ON sn.oid = o.oprnamespace WHERE o.oid = g.aggsortop) ELSE '' END
        || CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END
        || CASE WHEN g.aggmtransfn <> 0 THEN ', MSFUNC = ' || g.aggmtransfn::regproc || ', MINVFUNC = ' || g.aggminvtransfn::regproc || ', MSTYPE = ' || format_type(g.aggmtranstype, NULL) ELSE '' END
        || CASE WHEN g.aggmtransspace <> 0 THEN ', MSSPACE = ' || g.aggmtransspace ELSE '' END
        || CASE WHEN g.aggmfinalfn <> 0 THEN ', MFINALFUNC = ' || g.aggmfinalfn::regproc ELSE '' END
        || CASE WHEN g.aggmfinalextra THEN ', MFINALFUNC_EXTRA' ELSE '' END
        || CASE WHEN g.aggminitval IS NOT NULL THEN ', MINITCOND = ' || quote_literal(g.aggminitval) ELSE '' END
        || CASE WHEN g.aggkind <> 'n' THEN ', UNKNOWN' ELSE '' END
        FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END AS aggregate,
    pg_get_function_arguments(p.oid) AS arguments,
    obj_description(p.oid, 'pg_proc') AS comment, {acl p.proacl p.proowner f} AS grants
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {user n.nspname} AND {own pg_proc p.oid} AND p.oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
