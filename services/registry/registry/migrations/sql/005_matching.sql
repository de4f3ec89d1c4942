-- What a declaration is compared with, blind checks, groups of target markets.
SELECT 1;
