-- Merges, and the history of customers, claims and assignments.
SELECT 1;
