"""`python -m seat`: take complaints without a network, and send them when there is one."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seat import words
from seat.backlog import Backlog, InTheFuture, NotEnrolled, OutOfNumbers
from seat.sending import Desk, NoNetwork, NotLetIn, send
from seat.settings import LONGEST_PAUSE_SECONDS, NO_NETWORK, SHORTEST_PAUSE_SECONDS, SHOWN_CALLS

TOKEN = "KEYPOST_SEAT_TOKEN"  # noqa: S105 - the name of a variable


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit status."""
    asked = _parser().parse_args(arguments)
    commands = {"enrol": _enrol, "take": _take, "send": _send, "status": _status}
    try:
        with Backlog(asked.file) as backlog:
            return commands[asked.command](asked, backlog)
    except NotEnrolled:
        return _fail(words.NOT_ENROLLED)
    except OutOfNumbers:
        return _fail(words.OUT_OF_NUMBERS)
    except InTheFuture:
        return _fail(words.IN_THE_FUTURE)
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
    for complaint in _lines() if asked.lines else [_complaint(asked)]:
        called_at = complaint.pop("called_at", None) or asked.called_at
        now = datetime.now(UTC)
        case_no = backlog.take(complaint, datetime.fromisoformat(called_at) if called_at else now, now)
        said = words.promise(form.spoken(case_no), complaint.get("language", "zh"))
        print(case_no if asked.lines else f"{case_no}\n{said}", flush=True)
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


def _lines() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        try:
            given = json.loads(line)
        except ValueError:
            given = None
        if isinstance(given, dict):
            yield given
        else:
            _fail(words.NOT_JSON)


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
    _add_taking(commands.add_parser("take", help="受理一件投诉 · take a complaint"))
    return parser


def _add_taking(take: argparse.ArgumentParser) -> None:
    take.add_argument(
        "--lines", action="store_true", help="从标准输入逐行读 JSON · a JSON object a line from stdin"
    )
    take.add_argument("--category", help="类别 · category")
    take.add_argument("--content", help="内容 · what the caller says")
    take.add_argument("--phone", help="来电号码 · the caller's phone")
    take.add_argument("--name", help="来电人 · the caller's name")
    take.add_argument("--customer", help="客户编码 · customer code")
    take.add_argument("--mail-no", help="邮件号 · mail number")
    take.add_argument("--place", help="地点 · place")
    take.add_argument("--city", help="市州局代码 · the city named")
    take.add_argument("--channel", default="hotline", help="渠道 · channel")
    take.add_argument("--language", default="zh", choices=("zh", "en"))
    take.add_argument("--called-at", help="来电时间(补录)，带时区 · when the call came, with its offset")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
