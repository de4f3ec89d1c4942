"""What is promised to the caller, in words to read aloud."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulations.calendars import Due
from service_desk.model.instants import day_en, day_zh
from service_desk.policies.clocks import ANSWER, HANDLE, PAY, REPORT, RESOLVE


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in both languages."""

    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Give `{zh, en}`."""
        return {"zh": self.zh, "en": self.en}


SURE = Words("", "")
EXPECTED = Words("（节假日安排公布后可能调整）", " (this may change once the public holidays are announced)")


def complaint_promise(case_no: str, due: Mapping[str, Due]) -> Words:
    """Tell the caller the number and by which days what happens; the days are the last ones in time."""
    answer, resolve = due[ANSWER].due_on, due[RESOLVE].due_on
    proviso = _proviso(due[ANSWER], due[RESOLVE])
    return Words(
        f"您的投诉已受理，编号{spoken(case_no)}。我们将在{day_zh(answer)}24时前答复您，{day_zh(resolve)}24时前办结{proviso.zh}。",
        f"Your complaint is on record under number {spoken(case_no)}. You will hear from us by the end of "
        f"{day_en(answer)}, and it will be settled by the end of {day_en(resolve)}{proviso.en}.",
    )


def compensation_promise(case_no: str, due: Mapping[str, Due]) -> Words:
    """Tell the caller the number, when the claim is handled and paid, and whether the province decides."""
    due_on = {kind: one.due_on for kind, one in due.items()}
    handle = due_on[HANDLE]
    proviso = _proviso(*(due[kind] for kind in (HANDLE, PAY) if kind in due))
    reported = _proviso(*(due[kind] for kind in (REPORT,) if kind in due))
    pay_zh = f"，{day_zh(due_on[PAY])}24时前赔偿到位" if PAY in due_on else ""
    pay_en = f" and paid by the end of {day_en(due_on[PAY])}" if PAY in due_on else ""
    above_zh = (
        f"因金额超过限额，将在{day_zh(due_on[REPORT])}24时前报省局审批{reported.zh}。"
        if REPORT in due_on
        else ""
    )
    above_en = (
        f" Above the limit, it goes to the province for approval by the end of {day_en(due_on[REPORT])}{reported.en}."
        if REPORT in due_on
        else ""
    )
    return Words(
        f"您的索赔已受理，编号{spoken(case_no)}。我们将在{day_zh(handle)}24时前处理{pay_zh}{proviso.zh}。{above_zh}",
        f"Your claim is on record under number {spoken(case_no)}. It will be handled by the end of "
        f"{day_en(handle)}{pay_en}{proviso.en}.{above_en}",
    )


def answer_next(due: Due) -> Words:
    """Say what the desk does next with a complaint."""
    proviso = _proviso(due)
    return Words(
        f"请在{day_zh(due.due_on)}24时前{proviso.zh}首次答复客户：表明关切，说明下一步和时间。",
        f"Give the first answer by the end of {day_en(due.due_on)}{proviso.en}: our concern, the next steps and when.",
    )


def handle_next(due: Due) -> Words:
    """Say what the desk does next with a compensation."""
    proviso = _proviso(due)
    return Words(
        f"请在{day_zh(due.due_on)}24时前{proviso.zh}处理索赔。",
        f"Handle the claim by the end of {day_en(due.due_on)}{proviso.en}.",
    )


def _proviso(*promised: Due) -> Words:
    """Say that a day is only expected where its year's holidays are not announced."""
    return EXPECTED if any(due.provisional for due in promised) else SURE


def spoken(case_no: str) -> str:
    """Give the number as it is read aloud: the date, the seat, the serial with its check digit."""
    day, seat = len("yymmdd"), len("sss")
    return f"{case_no[:day]} {case_no[day : day + seat]} {case_no[day + seat :]}"
