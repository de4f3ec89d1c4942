"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal
from tiering.model import refusals, review_refusals, what_if_refusals

STATUSES: Mapping[type[Refusal], int] = {
    refusals.RepeatedRow: 422,
    refusals.NothingToCorrect: 422,
    refusals.WrongUnit: 422,
    refusals.MonthToCome: 422,
    refusals.MonthTooOld: 422,
    refusals.UnreadableMonth: 422,
    refusals.NotAUsageFile: 422,
    refusals.FormTooLarge: 422,
    review_refusals.YearNotOver: 422,
    review_refusals.NoSuchTier: 422,
    what_if_refusals.NothingDrafted: 422,
    what_if_refusals.NothingDiffers: 422,
    what_if_refusals.UnknownTopic: 422,
    what_if_refusals.WrongDraft: 422,
    what_if_refusals.UnknownPack: 422,
    what_if_refusals.NotAdopted: 422,
    what_if_refusals.DraftedTwice: 422,
    what_if_refusals.OutsideTheWhatIf: 422,
    what_if_refusals.NoLawLeft: 422,
    what_if_refusals.TierWithoutClass: 422,
    what_if_refusals.NotComparable: 422,
}
