"""Damage to what registry and desk keep of their records, and every service of merged customers and the law."""

from deploy.verify.rows import Kind
from support.damage import damage

DAMAGE_TO_RECORDS = (
    damage("pricing", "DELETE FROM customer_alias", Kind.LOST, "pricing customer_alias: "),
    damage(
        "service-desk",
        "UPDATE customer_alias SET survivor_id = NULL",
        Kind.DIFFERS,
        "service-desk customer_alias: survivor_id",
    ),
    damage(
        "registry",
        "UPDATE assignment SET valid_to = valid_to + 1",
        Kind.DIFFERS,
        "registry assignment: valid_to",
    ),
    damage(
        "registry", "UPDATE assignment SET credit = '[]'", Kind.DIFFERS, "registry assignment: credit is []"
    ),
    damage(
        "registry", "UPDATE customer SET group_id = NULL", Kind.DIFFERS, "registry customer: group_id is None"
    ),
    damage("registry", "UPDATE visit SET kind = 'festival'", Kind.DIFFERS, "registry visit: kind"),
    damage("registry", "UPDATE visit SET version = version + 1", Kind.LOST, "registry visit: the row is at"),
    damage("registry", "DELETE FROM symposium", Kind.LOST, "registry symposium: symposium:"),
    damage(
        "registry",
        "DELETE FROM event_log WHERE type = 'registry.symposium.held.v1'",
        Kind.LOST,
        "0 × registry.symposium.held.v1",
    ),
    damage(
        "registry", "UPDATE dispute SET award = NULL", Kind.DIFFERS, "registry dispute: award is [], told was"
    ),
    damage("registry", "DELETE FROM dispute", Kind.LOST, "registry dispute: dispute:"),
    damage(
        "registry", "UPDATE market_group SET members = 0", Kind.DIFFERS, "registry market_group: members is 0"
    ),
    damage(
        "service-desk",
        "UPDATE compensation SET above_limit = false",
        Kind.DIFFERS,
        "service-desk compensation: above_limit",
    ),
    damage(
        "service-desk",
        "UPDATE liability SET state = 'assigned'",
        Kind.DIFFERS,
        "service-desk liability: state",
    ),
    damage(
        "service-desk",
        "UPDATE emergency SET ended_at = NULL",
        Kind.DIFFERS,
        "service-desk emergency: ended_at",
    ),
    damage(
        "service-desk",
        "UPDATE contact_meeting SET occasion = 'new-demand'",
        Kind.DIFFERS,
        "service-desk contact_meeting: occasion",
    ),
    # A link that is gone the desk would find and tell anew.
    damage(
        "service-desk",
        "UPDATE complaint_repeat SET earlier_id = complaint_id",
        Kind.DIFFERS,
        "service-desk complaint_repeat: repeats",
    ),
    damage("service-desk", "UPDATE seat SET state = 'revoked'", Kind.DIFFERS, "service-desk seat: state"),
    damage(
        "registry",
        "INSERT INTO rule_wording SELECT rule, in_force + 1, recorded, wording, version + 1 FROM rule_wording",
        Kind.PHANTOM,
        "registry rule_wording: nobody told of hubei.symposia",
    ),
    damage("tiering", "DELETE FROM rule_wording", Kind.LOST, "tiering rule_wording: hubei.symposia"),
    damage(
        "pricing",
        """UPDATE rule_wording SET wording = wording || '{"article": "1"}'""",
        Kind.DIFFERS,
        "pricing rule_wording: wording",
    ),
    damage(
        "scoring",
        "UPDATE calendar_day SET workday = NOT workday WHERE day = '2034-01-01'",
        Kind.DIFFERS,
        "scoring calendar_day: workday",
    ),
    damage(
        "console",
        "DELETE FROM calendar_day WHERE day = '2034-12-31'",
        Kind.LOST,
        "console calendar_day: 2034-12-31",
    ),
    damage(
        "service-desk",
        "UPDATE calendar_day SET version = version - 1",
        Kind.LOST,
        "service-desk calendar_day: 2034-01-01 is at version 0",
    ),
    damage(
        "service-desk",
        "UPDATE customer SET service_class = 4 WHERE tier_version > 0",
        Kind.DIFFERS,
        "service-desk service_class: service_class",
    ),
)
