"""What each operation refuses by rules of its own, for its documentation; the edge's refusals are the chassis' to tell."""

from chassis.http.documentation import Refusals
from chassis.spreadsheets.refusals import NotAWorkbook, WorkbookRefused, WorkbookTooLarge
from contracts.refusals import MakerIsChecker, UnknownLine
from registry.model.refusals import (
    AdoptedElsewhere,
    AdoptionEnded,
    AdoptionOverlap,
    CustomerTaken,
    DeputyLoop,
    FileNotBuilt,
    FileNotWithCity,
    HolderBeyondCenter,
    InForcePassed,
    ManagerOverloaded,
    NameDiffers,
    NoForms,
    NoManager,
    NothingChanged,
    NotTheirCustomer,
    OrganisationDissolved,
    OrganisationExists,
    OrganisationInUse,
    RuleChanged,
    StaffExists,
    UnknownAct,
    UnknownPack,
    UnknownRule,
    WrongInForce,
    WrongOrganisation,
    WrongRuleValue,
    WrongState,
)

_WORKBOOKS = (NotAWorkbook, WorkbookRefused, WorkbookTooLarge)

REFUSALS: Refusals = {
    "found_organisation": (OrganisationExists, WrongOrganisation),
    "import_organisations": (OrganisationExists, WrongOrganisation),
    "change_organisation": (OrganisationDissolved, OrganisationInUse, WrongOrganisation),
    "employ_person": (DeputyLoop, OrganisationDissolved, StaffExists),
    "import_staff": (DeputyLoop, OrganisationDissolved, StaffExists),
    "change_person": (DeputyLoop, OrganisationDissolved),
    "adopt_pack": (AdoptionOverlap, UnknownPack),
    "end_adoption": (AdoptionEnded,),
    "draft_rule": (AdoptedElsewhere, NothingChanged, UnknownAct, UnknownRule, WrongInForce, WrongRuleValue),
    "publish_rule": (InForcePassed, MakerIsChecker, RuleChanged, WrongState),
    "discard_rule_draft": (WrongState,),
    "submit_declaration": (CustomerTaken, OrganisationDissolved, UnknownLine),
    "import_declarations": (NoForms, *_WORKBOOKS),
    "file_annex_1": (WrongState,),
    "approve_declaration": (MakerIsChecker, ManagerOverloaded, NoManager, WrongState),
    "return_declaration": (MakerIsChecker, WrongState),
    "refuse_declaration": (MakerIsChecker, WrongState),
    "accept_declaration": (CustomerTaken, HolderBeyondCenter, MakerIsChecker, WrongState),
    "withdraw_declaration": (WrongState,),
    "change_customer": (CustomerTaken,),
    "import_customer_files": (NameDiffers, *_WORKBOOKS),
    "file_customer_file": (FileNotBuilt, FileNotWithCity),
    "record_visit": (NotTheirCustomer,),
    "cancel_visit": (WrongState,),
    "hold_symposium": (NotTheirCustomer,),
}
