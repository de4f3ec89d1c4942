"""What the registry refuses, in the field's own words."""

from typing import ClassVar

from contracts.refusals import Refusal


class OrganisationExists(Refusal):
    """An org_id is given once and never again."""

    code: ClassVar[str] = "organisation-exists"


class StaffExists(Refusal):
    """A staff number or id that somebody has."""

    code: ClassVar[str] = "staff-exists"


class WrongOrganisation(Refusal):
    """An org_id, kind and parent that do not belong together."""

    code: ClassVar[str] = "wrong-organisation"


class OrganisationInUse(Refusal):
    """A node that still has sub-nodes or staff cannot be dissolved."""

    code: ClassVar[str] = "organisation-in-use"


class OrganisationDissolved(Refusal):
    """The node is no more; its successor is named."""

    code: ClassVar[str] = "organisation-dissolved"


class DeputyLoop(Refusal):
    """Deputies may lead neither back nor further than three persons."""

    code: ClassVar[str] = "deputy-loop"


class AdoptionOverlap(Refusal):
    """One topic from two packs at one node on one day."""

    code: ClassVar[str] = "adoption-overlap"


class UnknownPack(Refusal):
    """A pack, or a topic of it, that is not shipped or published."""

    code: ClassVar[str] = "unknown-pack"


class WrongState(Refusal):
    """A move that the states of the thing do not allow."""

    code: ClassVar[str] = "wrong-state"


class MakerIsChecker(Refusal):
    """Nobody decides what they submitted, nor for a customer they manage."""

    code: ClassVar[str] = "maker-is-checker"


class ManagerOverloaded(Refusal):
    """More customers than an account manager may have."""

    code: ClassVar[str] = "manager-overloaded"


class NoManager(Refusal):
    """Registration names an account manager, and the unit has none to give."""

    code: ClassVar[str] = "no-manager"


class CustomerTaken(Refusal):
    """The customer, or a line of it, belongs to another unit."""

    code: ClassVar[str] = "customer-taken"


class HolderBeyondCenter(Refusal):
    """A supporting unit can be named only by a center above both units."""

    code: ClassVar[str] = "holder-beyond-center"


class UnknownLine(Refusal):
    """A business line that the law in force does not know."""

    code: ClassVar[str] = "unknown-line"
