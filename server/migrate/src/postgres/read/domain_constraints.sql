SELECT k.oid, k.contypid AS type, quote_ident(k.conname) AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' AND k.oid >= 16384
