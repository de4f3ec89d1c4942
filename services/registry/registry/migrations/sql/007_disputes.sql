-- Disputes, their evidence, rulings and appeals.
SELECT 1;
