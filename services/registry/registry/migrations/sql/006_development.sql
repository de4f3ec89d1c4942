-- Use of claims: progress, renewal, idleness; development cases and projects.
SELECT 1;
