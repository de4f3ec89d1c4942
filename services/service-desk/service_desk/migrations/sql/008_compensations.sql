-- Compensations to their end, settlements between units, service requests.
SELECT 1;
