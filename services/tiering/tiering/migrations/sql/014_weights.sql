-- Kilograms of the rows that could be read, beside revenue and pieces; unknown of files that were received before.
ALTER TABLE usage_file ADD COLUMN weight_kg numeric(20,3);
ALTER TABLE usage_file ALTER COLUMN weight_kg SET DEFAULT 0;
