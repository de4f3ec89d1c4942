"""The table `claim`."""

from registry.model.claims import Claim, ClaimState
from registry.ports.desk import Why
from registry.tables.shapes import Stored, moment, moment_or_none, to_json


def claim_of(row: Stored) -> Claim:
    """Read a claim from its row."""
    return Claim(
        claim_id=row["claim_id"],
        customer_id=row["customer_id"],
        declaration_id=row["declaration_id"],
        line=row["line"],
        org_id=row["org_id"],
        state=ClaimState(row["state"]),
        since=moment(row["since"]),
        until=moment_or_none(row["until"]),
        version=row["version"],
        renewals=row["renewals"],
    )


def claim_row(claim: Claim, why: Why) -> dict[str, object]:
    """Give the row of a claim."""
    return {
        "claim_id": claim.claim_id,
        "customer_id": claim.customer_id,
        "declaration_id": claim.declaration_id,
        "line": claim.line,
        "org_id": claim.org_id,
        "state": str(claim.state),
        "since": claim.since,
        "until": claim.until,
        "because": to_json(why),
        "version": claim.version,
        "renewals": claim.renewals,
    }


def claim_values(claim: Claim, why: Why) -> dict[str, object]:
    """Give the row of a claim for a statement that takes many of them as JSON."""
    return {**claim_row(claim, why), "because": why}
