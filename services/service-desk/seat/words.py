"""What a seat says, in Chinese and English."""

import json

from seat.backlog import OF_THE_CALL, REFUSED, SENT, WAITING, Call, Enrolment

STATE_ZH = {WAITING: "待传", SENT: "已传", REFUSED: "被退回"}


def promise(spoken: str, language: str) -> str:
    """Give the sentence that is read to the caller; the desk tells the dates once it has the call."""
    if language == "en":
        return f"Your complaint is on record under number {spoken}. Its time runs from this call."
    return f"您的投诉已登记，编号{spoken}，办理时限自本次来电起算。"


def enrolled(seat: Enrolment) -> str:
    """Say which seat this is."""
    return f"席位{seat.number}已启用，可以离线受理。 · Seat {seat.number} is enrolled and works without a network."


def sent(done: dict[str, int]) -> str:
    """Say how a sending went."""
    return (
        f"已传{done[SENT]}件，被退回{done[REFUSED]}件，仍待传{done[WAITING]}件。 · "
        f"{done[SENT]} sent, {done[REFUSED]} refused, {done[WAITING]} still waiting."
    )


def standing(seat: Enrolment, counts: dict[str, int]) -> str:
    """Say how the seat stands."""
    return (
        f"席位{seat.number}：待传{counts[WAITING]}件，已传{counts[SENT]}件，被退回{counts[REFUSED]}件。 · "
        f"Seat {seat.number}: {counts[WAITING]} waiting, {counts[SENT]} sent, {counts[REFUSED]} refused."
    )


def line(call: Call) -> str:
    """Give one call on a line: number, time, state, and why it was refused."""
    why = f"  {call.answer['zh']} · {call.answer['en']}" if call.answer and "zh" in call.answer else ""
    return f"{call.case_no}  {call.called_at}  {STATE_ZH[call.state]} {call.state}{why}"


def refused(call: Call) -> str:
    """Give a refused call: why, what was entered, and how it is put right."""
    entered = {name: value for name, value in (call.body or {}).items() if name not in OF_THE_CALL}
    return (
        f"{line(call)}\n  {json.dumps(entered, ensure_ascii=False)}\n"
        f"  更正 · to correct: python -m seat --file … correct {call.case_no} --…"
    )


def unsound(pointer: str, zh: str, en: str) -> str:
    """Say what the desk would refuse, and that no number was given."""
    return f"未登记，没有编号：{pointer} {zh}。 · Not taken, no number: {pointer} {en}."


def uncorrected(pointer: str, zh: str, en: str) -> str:
    """Say what is still wrong with a refused call."""
    return f"未更正：{pointer} {zh}。 · Not corrected: {pointer} {en}."


def corrected(case_no: str) -> str:
    """Say that a call waits again under its number."""
    return f"{case_no} 已更正，待重传，编号不变。 · Corrected; it is sent again under the same number."


def in_line(number: int, said: str) -> str:
    """Say which line of several is meant."""
    return f"第{number}行：{said} (line {number})"


NO_NETWORK = (
    "没有网络，已受理的都在本机，稍后再传。 · No network; what was taken stays here and is sent later."
)
NOT_ENROLLED = (
    "本机尚未启用席位，请先联网运行 enrol。 · No seat is enrolled here; run enrol with a network first."
)
OUT_OF_NUMBERS = "当日编号已用完，请换用另一席位。 · No number of this day is left; use another seat."
IN_THE_FUTURE = "未登记，没有编号：来电时间晚于现在。 · Not taken, no number: the call is later than now."
BEFORE_THE_SEAT = (
    "未登记，没有编号：来电当日本席位尚未发给您。 · "
    "Not taken, no number: the seat was not yours yet on the day of the call."
)
NOT_REFUSED = "没有被退回的此编号来电。 · No refused call has this number."
NO_TOKEN = "缺少登录令牌：--token-file 或 KEYPOST_SEAT_TOKEN。 · A token is missing."  # noqa: S105
NOT_JSON = "未登记，没有编号：不是 JSON 对象。 · Not taken, no number: not a JSON object."
