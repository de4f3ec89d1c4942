"""`python -m seat`: take complaints without a network, and send them when there is one."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.values import written_plainly
from seat import words
from seat.backlog import Backlog, BeforeTheSeat, InTheFuture, NotEnrolled, NotRefused, OutOfNumbers
from seat.checking import LANGUAGES, MEMBERS, OF_CALLER, Unsound, check, instant
from seat.sending import Desk, NoNetwork, NotLetIn, send
from seat.settings import LONGEST_PAUSE_SECONDS, NO_NETWORK, SHORTEST_PAUSE_SECONDS, SHOWN_CALLS

# What a corrected call keeps of the refused one; whether others are like it is never asked of a seat.
KEPT = MEMBERS.keys() - {"unless_similar"}
TOKEN = "KEYPOST_SEAT_TOKEN"  # noqa: S105 - the name of a variable


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit status."""
    asked = _parser().parse_args(arguments)
    commands = {
        "enrol": _enrol,
        "take": _take,
        "send": _send,
        "status": _status,
        "list": _list,
        "correct": _correct,
    }
    try:
        with Backlog(asked.file) as backlog:
            return commands[asked.command](asked, backlog)
    except NotEnrolled:
        return _fail(words.NOT_ENROLLED)
    except OutOfNumbers:
        return _fail(words.OUT_OF_NUMBERS)
    except NotLetIn as error:
        return _fail(f"{error.zh} · {error.en} ({error.code})")
    except NoNetwork:
        _fail(words.NO_NETWORK)
        return NO_NETWORK


def _enrol(asked: argparse.Namespace, backlog: Backlog) -> int:
    desk = Desk(asked.server.rstrip("/"), _token(asked))
    seat = desk.enrol(asked.seat, backlog.device())
    backlog.enrol(seat)
    print(words.enrolled(seat))
    return 0


def _take(asked: argparse.Namespace, backlog: Backlog) -> int:
    form = backlog.enrolment().form
    if asked.lines:
        return max(
            (_take_line(number, line, asked, backlog) for number, line in enumerate(sys.stdin.buffer, 1)),
            default=0,
        )
    complaint = _complaint(asked)
    case_no, said = _taken(complaint, asked, backlog)
    if case_no is None:
        return _fail(said)
    print(f"{case_no}\n{words.promise(form.spoken(case_no), complaint['language'])}", flush=True)
    return 0


def _take_line(number: int, line: bytes, asked: argparse.Namespace, backlog: Backlog) -> int:
    """Take the call of one line: its number on a line, an empty one where it was not taken."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    case_no, said = _taken(given, asked, backlog) if isinstance(given, dict) else (None, words.NOT_JSON)
    print(case_no or "", flush=True)
    return 0 if case_no else _fail(words.in_line(number, said))


def _taken(complaint: dict[str, Any], asked: argparse.Namespace, backlog: Backlog) -> tuple[str | None, str]:
    """Give the number of a call that was taken, or none and why."""
    times = [complaint.pop(name, None) for name in ("called_at", "received_at")]
    called_at = next((time for time in (*times, asked.called_at) if time is not None), None)
    now = datetime.now(UTC)
    try:
        at = now if called_at is None else instant(called_at)
        check(complaint)
        return backlog.take(complaint, at, now), ""
    except Unsound as error:
        return None, words.unsound(error.pointer, error.zh, error.en)
    except InTheFuture:
        return None, words.IN_THE_FUTURE
    except BeforeTheSeat:
        return None, words.BEFORE_THE_SEAT


def _correct(asked: argparse.Namespace, backlog: Backlog) -> int:
    def changed(refused: dict[str, Any]) -> dict[str, Any]:
        complaint = _with(refused, _complaint(asked))
        check(complaint)
        return complaint

    try:
        backlog.correct(written_plainly(asked.number), changed)
    except NotRefused:
        return _fail(words.NOT_REFUSED)
    except Unsound as error:
        return _fail(words.uncorrected(error.pointer, error.zh, error.en))
    print(words.corrected(asked.number))
    return 0


def _with(refused: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Give a complaint with what was given anew; an empty value takes a member out, and so goes what is no member."""
    before, now = refused.get("caller"), given.pop("caller")
    caller = {**(before if isinstance(before, dict) else {}), **now}
    if "customer_code" in now:
        caller.pop("customer_id", None)
    return {
        **{name: value for name, value in {**refused, **given}.items() if name in KEPT and value != ""},
        "caller": {name: value for name, value in caller.items() if name in OF_CALLER and value != ""},
    }


def _list(_asked: argparse.Namespace, backlog: Backlog) -> int:
    for call in backlog.refused():
        print(words.refused(call))
    return 0


def _send(asked: argparse.Namespace, backlog: Backlog) -> int:
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        desk = Desk(backlog.enrolment().server, _token(asked))
        try:
            done = send(backlog, desk)
        except NoNetwork:
            if not asked.watch:
                raise
            pause = min(pause + pause, LONGEST_PAUSE_SECONDS)
        else:
            if not asked.watch or any(done.values()):
                print(words.sent(done), flush=True)
            pause = SHORTEST_PAUSE_SECONDS
        if not asked.watch:
            return 0
        time.sleep(pause)


def _status(_asked: argparse.Namespace, backlog: Backlog) -> int:
    print(words.standing(backlog.enrolment(), backlog.counts()))
    shown = {call.case_no: call for call in (*backlog.refused(), *backlog.latest(SHOWN_CALLS))}
    for call in shown.values():
        print(words.line(call))
    return 0


def _complaint(asked: argparse.Namespace) -> dict[str, Any]:
    caller = {
        "phone": asked.phone,
        "name": asked.name,
        "customer_code": asked.customer,
    }
    given = {
        "channel": asked.channel,
        "category": asked.category,
        "content": asked.content,
        "mail_no": asked.mail_no,
        "place": asked.place,
        "city": asked.city,
        "language": asked.language,
        "caller": {name: value for name, value in caller.items() if value is not None},
    }
    return {name: value for name, value in given.items() if value is not None}


def _token(asked: argparse.Namespace) -> str:
    if asked.token_file is not None:
        return str(asked.token_file.read_text().strip())
    token = os.environ.get(TOKEN)
    if not token:
        raise SystemExit(words.NO_TOKEN)
    return token


def _fail(said: str) -> int:
    print(said, file=sys.stderr, flush=True)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m seat",
        description="离线席位：没有网络也能受理投诉 · takes complaints without a network",
    )
    parser.add_argument(
        "--file", type=Path, default=Path("seat.db"), help="本席位的数据文件 · the seat's own file"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enrol", help="联网启用席位(一次) · enrol the seat, once, with a network")
    enrol.add_argument("--server", required=True, help="客服服务地址 · address of the service desk")
    enrol.add_argument("--seat", required=True, help="发给您的席位号 · the number given to you")
    sending = commands.add_parser("send", help="补传 · send what waits")
    sending.add_argument(
        "--watch", action="store_true", help="一直等待网络 · go on, whenever there is a network"
    )
    for one in (enrol, sending):
        one.add_argument("--token-file", type=Path, help=f"令牌文件，或 {TOKEN} · the token's file")
    commands.add_parser("status", help="本席位情况 · how the seat stands")
    commands.add_parser(
        "list", help="被退回的来电：原因与所填内容 · refused calls: why, and what was entered"
    )
    take = commands.add_parser("take", help="受理一件投诉 · take a complaint")
    _add_members(take, channel="hotline", language=LANGUAGES[0])
    take.add_argument(
        "--lines", action="store_true", help="从标准输入逐行读 JSON · a JSON object a line from stdin"
    )
    take.add_argument("--called-at", help="来电时间(补录)，带时区 · when the call came, with its offset")
    correct = commands.add_parser(
        "correct",
        help="更正被退回的来电，编号不变；空值即去掉 · put a refused call right; an empty value is taken out",
    )
    correct.add_argument("number", help="编号 · its number")
    _add_members(correct, channel=None, language=None)
    return parser


def _add_members(take: argparse.ArgumentParser, *, channel: str | None, language: str | None) -> None:
    take.add_argument("--category", help="类别 · category")
    take.add_argument("--content", help="内容 · what the caller says")
    take.add_argument("--phone", help="来电号码 · the caller's phone")
    take.add_argument("--name", help="来电人 · the caller's name")
    take.add_argument("--customer", help="客户编码 · customer code")
    take.add_argument("--mail-no", help="邮件号 · mail number")
    take.add_argument("--place", help="地点 · place")
    take.add_argument("--city", help="市州局代码 · the city named")
    take.add_argument("--channel", default=channel, help="渠道 · channel")
    take.add_argument("--language", default=language, choices=LANGUAGES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
