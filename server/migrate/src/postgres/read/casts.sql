SELECT format_type(castsource, NULL) AS source, format_type(casttarget, NULL) AS target, castcontext = 'e' AS is_explicit FROM pg_cast
