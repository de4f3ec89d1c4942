-- Reviews over the sums.
SELECT;
