SELECT d.what || ' ' || (pg_identify_object(d.class, d.oid, 0)).identity AS what FROM (
    SELECT 'foreign table' AS what, 'pg_class'::regclass AS class, c.oid, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f'
    UNION ALL SELECT 'base type', 'pg_type'::regclass, t.oid, n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'b' AND t.typcategory <> 'A'
    UNION ALL SELECT 'operator class', 'pg_opclass'::regclass, o.oid, n.nspname FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace
    UNION ALL SELECT 'operator family', 'pg_opfamily'::regclass, o.oid, n.nspname FROM pg_opfamily o JOIN pg_namespace n ON n.oid = o.opfnamespace
    UNION ALL SELECT 'conversion', 'pg_conversion'::regclass, o.oid, n.nspname FROM pg_conversion o JOIN pg_namespace n ON n.oid = o.connamespace
    UNION ALL SELECT 'text search configuration', 'pg_ts_config'::regclass, o.oid, n.nspname FROM pg_ts_config o JOIN pg_namespace n ON n.oid = o.cfgnamespace
    UNION ALL SELECT 'text search dictionary', 'pg_ts_dict'::regclass, o.oid, n.nspname FROM pg_ts_dict o JOIN pg_namespace n ON n.oid = o.dictnamespace
    UNION ALL SELECT 'text search parser', 'pg_ts_parser'::regclass, o.oid, n.nspname FROM pg_ts_parser o JOIN pg_namespace n ON n.oid = o.prsnamespace
    UNION ALL SELECT 'foreign server', 'pg_foreign_server'::regclass, o.oid, 'public' FROM pg_foreign_server o
    UNION ALL SELECT 'foreign data wrapper', 'pg_foreign_data_wrapper'::regclass, o.oid, 'public' FROM pg_foreign_data_wrapper o
    UNION ALL SELECT 'event trigger', 'pg_event_trigger'::regclass, o.oid, 'public' FROM pg_event_trigger o
    UNION ALL SELECT 'publication', 'pg_publication'::regclass, o.oid, 'public' FROM pg_publication o
    UNION ALL SELECT 'language', 'pg_language'::regclass, o.oid, 'public' FROM pg_language o
    UNION ALL SELECT 'access method', 'pg_am'::regclass, o.oid, 'public' FROM pg_am o
    UNION ALL SELECT 'transform', 'pg_transform'::regclass, o.oid, 'public' FROM pg_transform o
    UNION ALL SELECT 'attachment to an index of the parent:', 'pg_constraint'::regclass, k.oid, n.nspname FROM pg_constraint k JOIN pg_inherits h ON h.inhrelid = k.conindid JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype IN ('p', 'u') AND k.conparentid = 0
    UNION ALL SELECT 'default privilege', 'pg_default_acl'::regclass, o.oid, 'public' FROM pg_default_acl o
) d(what, class, oid, schema)
WHERE d.oid >= 16384 AND {user d.schema} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.class AND e.objid = d.oid AND e.deptype = 'e')
