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


class ManagerOverloaded(Refusal):
    """More customers than an account manager may have."""

    code: ClassVar[str] = "manager-overloaded"


class NoManager(Refusal):
    """Registration names an account manager, and the unit has none to give."""

    code: ClassVar[str] = "no-manager"


class CustomerTaken(Refusal):
    """The customer, or a line of it, belongs to another unit."""

    code: ClassVar[str] = "customer-taken"


class ClaimOver(Refusal):
    """The claim's time, or the time that it may idle, is over."""

    code: ClassVar[str] = "claim-over"


class ClaimRenewedAlready(Refusal):
    """A claim is renewed as often as the law says, no more."""

    code: ClassVar[str] = "claim-renewed-already"


class NoProgress(Refusal):
    """A claim is renewed on documented progress within its window."""

    code: ClassVar[str] = "no-progress"


class CaseOpenAlready(Refusal):
    """A unit develops a prospect in one case at a time."""

    code: ClassVar[str] = "case-open-already"


class StepSkipped(Refusal):
    """The steps of a development case come in order, each with what it has to bring."""

    code: ClassVar[str] = "step-skipped"


class NoEvidence(Refusal):
    """A grade rests on evidence."""

    code: ClassVar[str] = "no-evidence"


class HolderBeyondCenter(Refusal):
    """A supporting unit can be named only by a center above both units."""

    code: ClassVar[str] = "holder-beyond-center"


class FileNotBuilt(Refusal):
    """A file in which nothing is written cannot be filed."""

    code: ClassVar[str] = "file-not-built"


class FileNotWithCity(Refusal):
    """The city passes on to the province what was filed with it."""

    code: ClassVar[str] = "file-not-with-city"


class NameDiffers(Refusal):
    """A form names another customer than the one with its code."""

    code: ClassVar[str] = "name-differs"


class NotTheirCustomer(Refusal):
    """An organisation records visits to customers that it answers for or supports."""

    code: ClassVar[str] = "not-their-customer"


class UnknownRule(Refusal):
    """A rule that no pack words."""

    code: ClassVar[str] = "unknown-rule"


class UnknownAct(Refusal):
    """A citation of an act that no pack stands for."""

    code: ClassVar[str] = "unknown-act"


class WrongRuleValue(Refusal):
    """A value that the rule's topic cannot have; the pointer leads into it."""

    code: ClassVar[str] = "wrong-rule-value"


class WrongInForce(Refusal):
    """A new wording begins after all that there are, and not in the past; else it corrects one of the same day."""

    code: ClassVar[str] = "wrong-in-force"


class InForcePassed(Refusal):
    """The day on which a draft was to begin went by before anybody published it."""

    code: ClassVar[str] = "in-force-passed"


class NothingChanged(Refusal):
    """A draft that words the rule as it is worded already."""

    code: ClassVar[str] = "nothing-changed"


class RuleChanged(Refusal):
    """Another wording was published since the draft was compared."""

    code: ClassVar[str] = "rule-changed"


class AdoptedElsewhere(Refusal):
    """A pack that organisations outside the province live under is not the province's to change."""

    code: ClassVar[str] = "adopted-elsewhere"


class AdoptionEnded(Refusal):
    """What an adoption gave until today stays as it was."""

    code: ClassVar[str] = "adoption-ended"


class NoForms(Refusal):
    """A workbook without a single form."""

    code: ClassVar[str] = "no-forms"


class NoLawThere(Refusal):
    """No provision is in force at the unit for what is asked."""

    code: ClassVar[str] = "no-law"


class DisputeLive(Refusal):
    """A line is in one living dispute at most."""

    code: ClassVar[str] = "dispute-live"


class NothingInDispute(Refusal):
    """Nobody else holds what is contested, or the rule that was named leaves nothing to rule on."""

    code: ClassVar[str] = "nothing-in-dispute"


class NoParty(Refusal):
    """Only who stands for exactly one party acts for it."""

    code: ClassVar[str] = "no-party"


class NoneAbove(Refusal):
    """No center stands above."""

    code: ClassVar[str] = "none-above"


class EvidenceRunning(Refusal):
    """The parties still have time for their evidence."""

    code: ClassVar[str] = "evidence-running"


class WrongAward(Refusal):
    """Shares that do not come to exactly one, a lead that is none, somebody who is no party."""

    code: ClassVar[str] = "wrong-award"


class WrongCitation(Refusal):
    """A ruling cites rules that are in force where it is given."""

    code: ClassVar[str] = "wrong-citation"


class AppealOver(Refusal):
    """The time for an appeal is over."""

    code: ClassVar[str] = "appeal-over"


class LineElsewhere(Refusal):
    """Meanwhile somebody holds the line who is no party."""

    code: ClassVar[str] = "line-elsewhere"
