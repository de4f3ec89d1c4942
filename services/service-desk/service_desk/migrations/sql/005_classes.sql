-- The class that tiering gives: `tier_version` is that of what was told last, 0 where nothing was.
ALTER TABLE customer ADD COLUMN tier_version bigint NOT NULL DEFAULT 0;

-- The class that holds: the desk works by the service class, also where that says no key account; before it was told one,
-- by that of the registration form.
CREATE OR REPLACE FUNCTION class_of(c customer) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN c.tier_version > 0 THEN c.service_class ELSE COALESCE(c.service_class, c.initial_class) END
$$;
