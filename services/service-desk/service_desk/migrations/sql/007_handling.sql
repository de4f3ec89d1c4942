-- Handlers, transfers, cycles, pauses, linked complaints.
SELECT 1;
