"""Damage to what pricing and scoring keep: requests, agreements, bills, scores and the evidence for them."""

from deploy.verify.rows import Kind
from support.damage import damage

DAMAGE_TO_MONEY = (
    damage(
        "pricing",
        "UPDATE tariff_request SET state = 'approved'",
        Kind.DIFFERS,
        "pricing tariff_request: state",
    ),
    damage(
        "pricing",
        "DELETE FROM event_log WHERE type = 'pricing.tariff.requested.v1'",
        Kind.LOST,
        "0 × pricing.tariff.requested.v1",
    ),
    damage("pricing", "DELETE FROM tariff_open", Kind.LOST, "pricing open lines: "),
    damage("pricing", "DELETE FROM agreement", Kind.LOST, "pricing agreement: agreement:"),
    damage(
        "pricing",
        "UPDATE agreement SET ends_on = '2099-01-01'",
        Kind.DIFFERS,
        "pricing agreement: last_day",
    ),
    damage(
        "pricing",
        "UPDATE account SET oldest_due_on = oldest_due_on + 1",
        Kind.DIFFERS,
        "pricing account: oldest_due_on",
    ),
    damage(
        "pricing",
        "UPDATE account SET credit_state = 'normal'",
        Kind.DIFFERS,
        "pricing account credit: credit_state",
    ),
    damage("pricing", "DELETE FROM bill", Kind.PHANTOM, "pricing account and its bills: nobody told of"),
    damage(
        "pricing",
        "UPDATE bill SET settled = settled + 0.01",
        Kind.DIFFERS,
        "pricing bill and its settlements: settled",
    ),
    damage(
        "pricing", "UPDATE customer SET manager_id = uuidv7()", Kind.DIFFERS, "pricing customer: manager_id"
    ),
    damage(
        "pricing",
        "UPDATE customer_class SET valid_from = valid_from + 1",
        Kind.DIFFERS,
        "pricing customer_class: valid_from",
    ),
    damage("scoring", "UPDATE score SET rank = 99", Kind.DIFFERS, "scoring score: rank"),
    damage(
        "scoring",
        "UPDATE score SET body = body || convert_to(' ', 'UTF8')",
        Kind.DIFFERS,
        "scoring score: sealed",
    ),
    damage("scoring", "DELETE FROM notice", Kind.LOST, "scoring notice: notice:"),
    damage(
        "scoring",
        "DELETE FROM evidence WHERE type = 'registry.visit.recorded.v1'",
        Kind.LOST,
        "scoring evidence of registry: ",
    ),
    damage(
        "scoring",
        """UPDATE evidence SET data = data || '{"month": "2001-01"}' WHERE type = 'tiering.usage.recorded.v1'""",
        Kind.DIFFERS,
        "scoring evidence of tiering: content",
    ),
    damage(
        "scoring",
        "INSERT INTO evidence SELECT uuidv7(), source, type, time, subject, orgpath, aggregate, version, actor, data"
        " FROM evidence WHERE type = 'tiering.tier.changed.v1'",
        Kind.PHANTOM,
        "scoring evidence of tiering: nobody told of",
    ),
    damage(
        "scoring",
        "UPDATE usage_row SET revenue = revenue - 0.01",
        Kind.DIFFERS,
        "scoring usage of months: revenue",
    ),
    damage(
        "scoring",
        "UPDATE assignment_fact SET credit = NULL",
        Kind.DIFFERS,
        "scoring assignment_fact: credit is None",
    ),
    damage(
        "scoring",
        "UPDATE assignment_fact SET credited = '{}' WHERE credited IS NOT NULL",
        Kind.DIFFERS,
        "scoring assignment_fact: credited is []",
    ),
    damage("scoring", "UPDATE usage_row SET version = 7", Kind.PHANTOM, "scoring usage_row: "),
    *(
        damage("scoring", f"DELETE FROM {table}", Kind.LOST, f"scoring {table}: ")
        for table in (
            *("customer_fact", "assignment_fact", "tier_fact", "usage_event", "visit", "symposium", "report"),
        )
    ),
)
