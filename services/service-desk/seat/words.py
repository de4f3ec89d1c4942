"""What a seat says, in Chinese and English."""

from seat.backlog import REFUSED, SENT, WAITING, Call, Enrolment

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


NO_NETWORK = (
    "没有网络，已受理的都在本机，稍后再传。 · No network; what was taken stays here and is sent later."
)
NOT_ENROLLED = (
    "本机尚未启用席位，请先联网运行 enrol。 · No seat is enrolled here; run enrol with a network first."
)
OUT_OF_NUMBERS = "当日编号已用完，请换用另一席位。 · No number of this day is left; use another seat."
IN_THE_FUTURE = "来电时间晚于现在。 · The call is later than now."
NO_TOKEN = "缺少登录令牌：--token-file 或 KEYPOST_SEAT_TOKEN。 · A token is missing."  # noqa: S105
NOT_JSON = "不是 JSON 对象。 · Not a JSON object."
