"""Damage to what tiering keeps: usage and its files, classes, reviews, reports, terms and arrears."""

from deploy.verify.rows import Kind
from support.damage import damage

TOLD_AGAIN = """
    INSERT INTO event_log SELECT lane, 900000000 + seq, uuidv7(), topic, key, type, aggregate, version + 100, orgpath,
      actor, correlation_id, causation_id, time, payload, day FROM event_log WHERE type = 'tiering.usage.corrected.v1'
"""
DAMAGE_TO_CLASSES = (
    damage(
        "tiering",
        "UPDATE usage SET revenue = revenue + 0.01 WHERE current",
        Kind.DIFFERS,
        "tiering usage: revenue",
    ),
    damage(
        "tiering",
        "UPDATE usage SET revenue = revenue + 0.01 WHERE current",
        Kind.DIFFERS,
        "tiering usage of months: revenue",
    ),
    damage("tiering", "DELETE FROM usage WHERE current", Kind.LOST, "tiering usage: "),
    damage("tiering", "UPDATE usage SET current = NOT current", Kind.DIFFERS, "tiering usage: current"),
    damage(
        "tiering",
        "INSERT INTO usage SELECT customer_id, 'ems', month, 1, true, revenue, pieces, weight_kg, org_id, NULL, NULL,"
        " recorded FROM usage LIMIT 1",
        Kind.PHANTOM,
        "tiering usage: nobody told of",
    ),
    damage(
        "tiering",
        "UPDATE usage_sum SET fees = fees + 0.01",
        Kind.DIFFERS,
        "tiering sums of years: fees",
    ),
    damage("tiering", TOLD_AGAIN, Kind.DOUBLED, "tiering usage: times is 1, told was 2"),
    damage(
        "tiering",
        "UPDATE usage_file SET refused_rows = 0",
        Kind.DIFFERS,
        "tiering usage_file: refused_rows",
    ),
    damage(
        "tiering",
        "UPDATE usage_file SET loaded_rows = loaded_rows + 1",
        Kind.DIFFERS,
        "tiering usage of files: loaded_rows",
    ),
    damage(
        "tiering",
        "UPDATE usage_month SET version = version + 1 WHERE version > 0",
        Kind.LOST,
        "tiering usage_month: the row is at",
    ),
    damage(
        "tiering",
        "UPDATE tier SET class = 4 WHERE basis IN ('review', 'correction')",
        Kind.DIFFERS,
        "tiering tier: class",
    ),
    damage(
        "tiering",
        "DELETE FROM tier WHERE basis = 'registration'",
        Kind.LOST,
        "tiering tier of every version: ",
    ),
    damage("tiering", "UPDATE review SET changed = changed + 1", Kind.DIFFERS, "tiering review: changed is"),
    damage(
        "tiering",
        "UPDATE review SET changed = changed + 1",
        Kind.DIFFERS,
        "tiering review and its classes: changed",
    ),
    damage("tiering", "DELETE FROM review", Kind.LOST, "tiering review: review:"),
    damage(
        "tiering",
        "INSERT INTO tier SELECT customer_id, valid_from, recorded + interval '1 second', org_id, scheme, tier, 1, 1,"
        " basis, review_id, because, version FROM tier WHERE basis = 'review'",
        Kind.DIFFERS,
        "tiering tier that a review confirmed: class",
    ),
    damage(
        "tiering",
        "UPDATE usage_month SET missing_told_at = filed_at WHERE filed_at IS NOT NULL",
        Kind.LOST,
        "0 × tiering.usage-file.missing.v1",
    ),
    damage(
        "tiering",
        "UPDATE report SET filed_with_province = true",
        Kind.DIFFERS,
        "tiering report: filed_with_province",
    ),
    damage(
        "tiering",
        "DELETE FROM event_log WHERE type = 'tiering.report.filed.v1'",
        Kind.LOST,
        "0 × tiering.report.filed.v1",
    ),
    damage("tiering", "UPDATE customer SET place_class = 'X'", Kind.DIFFERS, "tiering customer: place_class"),
    damage("tiering", "DELETE FROM customer", Kind.LOST, "tiering customer: "),
    damage(
        "tiering",
        "UPDATE agreement SET settlement_days = 99",
        Kind.DIFFERS,
        "tiering agreement: settlement_days",
    ),
    damage("tiering", "DELETE FROM arrears", Kind.LOST, "tiering arrears: "),
)
