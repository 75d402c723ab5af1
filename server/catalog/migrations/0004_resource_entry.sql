-- What a resource in force was declared as, in JSON and without what may be secret; NULL where an
-- older version took it into force.
ALTER TABLE resource ADD COLUMN entry TEXT CHECK (entry <> '');
