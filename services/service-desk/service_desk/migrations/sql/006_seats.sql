-- Seats that work without a network, and callers.
SELECT 1;
