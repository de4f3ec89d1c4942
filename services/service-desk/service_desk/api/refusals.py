"""What each operation refuses by rules of its own, for its documentation; the edge's refusals are the chassis' to tell."""

from chassis.http.documentation import Refusals
from contracts.refusals import MakerIsChecker, UnknownCustomer
from service_desk.model.handling import LevelAboveOnly, NoClockRuns, PauseOver, PauseRefused, UnknownAsker
from service_desk.model.persons import ErasureDecided, NothingToErase, PersonErased
from service_desk.model.refusals import (
    CaseEnded,
    LikelyDuplicate,
    NothingAbove,
    NotYours,
    ReceivedInFuture,
    StepSkipped,
    TooFewTries,
    TransferRefused,
    UnknownCause,
    UnknownCity,
    UnknownComplaint,
    UnknownPost,
)
from service_desk.model.remedies import (
    AlreadyCorrected,
    AlreadyPaid,
    AmountDiffers,
    AppealTooLate,
    CompensationEnded,
    LiabilityNotThere,
    MoreThanOwed,
    NothingAboveThem,
    NotTheirMoney,
    NotYetSettled,
    OutOfTurn,
    SharesNotWhole,
)
from service_desk.model.requests import EmergencyOver, NotTheirRequest, NotVip, RequestOutOfTurn, UnknownWord
from service_desk.model.seats import NoSeatLeft, NotASeat, SeatEnrolled, SeatOver, SeatTaken, UnknownPerson

_INTAKE = (ReceivedInFuture, UnknownCity, UnknownPost)
_STEPS = (CaseEnded, NotYours, StepSkipped)
_MONEY = (CompensationEnded, MakerIsChecker, NotTheirMoney, OutOfTurn)
_MOVES = (NotTheirRequest, RequestOutOfTurn)

REFUSALS: Refusals = {
    "receive_complaint": (LikelyDuplicate, *_INTAKE),
    "add_to_complaint": (CaseEnded,),
    "answer_complaint": _STEPS,
    "record_investigation": (UnknownCause, *_STEPS),
    "resolve_complaint": _STEPS,
    "close_complaint": (TooFewTries, *_STEPS),
    "escalate_complaint": (NothingAbove, *_STEPS),
    "withdraw_complaint": _STEPS,
    "reopen_complaint": _STEPS,
    "pause_complaint": (
        LevelAboveOnly,
        MakerIsChecker,
        NoClockRuns,
        PauseOver,
        PauseRefused,
        UnknownAsker,
        *_STEPS,
    ),
    "resume_complaint": (NoClockRuns, *_STEPS),
    "transfer_complaint": (NotYours, TransferRefused),
    "give_seat": (NoSeatLeft, NotASeat, SeatTaken, UnknownPerson),
    "revoke_seat": (SeatOver,),
    "enrol_seat": (SeatEnrolled, SeatOver),
    "file_compensation": (UnknownComplaint, UnknownCustomer, *_INTAKE),
    "handle_compensation": _MONEY,
    "refuse_compensation": (NothingAboveThem, *_MONEY),
    "report_compensation": (NothingAboveThem, *_MONEY),
    "approve_compensation": (NothingAboveThem, *_MONEY),
    "pay_compensation": (AlreadyPaid, AmountDiffers, *_MONEY),
    "assign_liability": (LiabilityNotThere, NotTheirMoney, SharesNotWhole),
    "appeal_liability": (AppealTooLate, LiabilityNotThere, NothingAboveThem, NotTheirMoney),
    "decide_liability_appeal": (LiabilityNotThere, MakerIsChecker, NotTheirMoney, SharesNotWhole),
    "settle_liability": (LiabilityNotThere, NotTheirMoney, NotYetSettled),
    "record_settlement": (MoreThanOwed,),
    "correct_settlement": (AlreadyCorrected, MakerIsChecker, NotTheirMoney),
    "open_service_request": (NotVip, ReceivedInFuture, UnknownCustomer, UnknownWord),
    "accept_service_request": _MOVES,
    "finish_service_request": _MOVES,
    "decline_service_request": _MOVES,
    "declare_emergency": (NotTheirRequest, UnknownWord),
    "record_unusual_transport": (EmergencyOver,),
    "end_emergency": (EmergencyOver, NotTheirRequest),
    "record_contact_meeting": (UnknownCustomer, UnknownWord),
    "give_tracking_feedback": (UnknownCustomer,),
    "request_erasure": (NothingToErase,),
    "execute_erasure": (ErasureDecided, MakerIsChecker),
    "refuse_erasure": (ErasureDecided, MakerIsChecker),
    "correct_person": (PersonErased,),
}
