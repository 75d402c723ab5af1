SELECT classid::regclass AS class, objid AS oid, objsubid AS sub, refclassid::regclass AS ref_class, refobjid AS ref_oid, refobjsubid AS ref_sub, deptype
FROM pg_depend WHERE objid >= 16384
