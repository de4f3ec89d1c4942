"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal
from registry.model.checks import TooManyChecks
from registry.model.groups import UnknownMarket
from registry.model.refusals import (
    NameDiffers,
    NoEvidence,
    NoForms,
    NoParty,
    NoProgress,
    NothingInDispute,
    NotTheirCustomer,
    UnknownAct,
    UnknownPack,
    UnknownRule,
    WrongAward,
    WrongCitation,
    WrongInForce,
    WrongOrganisation,
    WrongRuleValue,
)

STATUSES: Mapping[type[Refusal], int] = {
    TooManyChecks: 429,
    UnknownMarket: 422,
    NoForms: 422,
    WrongOrganisation: 422,
    NameDiffers: 422,
    NoEvidence: 422,
    NoProgress: 422,
    NotTheirCustomer: 422,
    UnknownPack: 422,
    UnknownRule: 422,
    UnknownAct: 422,
    WrongRuleValue: 422,
    WrongInForce: 422,
    WrongAward: 422,
    WrongCitation: 422,
    NothingInDispute: 422,
    NoParty: 403,
}
