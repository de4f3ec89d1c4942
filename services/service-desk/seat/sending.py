"""From the seat to the desk, when there is a network: as often as it takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from seat.backlog import REFUSED, SENT, WAITING, Backlog, Call, Enrolment
from seat.numbers import SHANGHAI, Form
from seat.settings import CALLS_A_BATCH, TIMEOUT_SECONDS


class NoNetwork(Exception):
    """Nothing answered, or nothing that could take calls now: they are sent again later."""


class NotLetIn(Exception):
    """The desk refused the person or the whole request: its code, and its words in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, and as whom this seat speaks to it."""

    server: str
    token: str

    def enrol(self, number: str, device: str) -> Enrolment:
        """Enrol a device for a seat; raises NoNetwork, NotLetIn."""
        seat = self._post(f"/v1/seats/{number}/enrol", {"device": device})
        form = seat["numbers"]
        return Enrolment(
            self.server,
            seat["number"],
            Form(form["date_digits"], form["seat_digits"], form["serial_digits"], form["check"]),
            datetime.fromisoformat(seat["given_at"]).astimezone(SHANGHAI).date(),
        )

    def take(self, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """Send calls and give the result of each; raises NoNetwork, NotLetIn."""
        answer = self._post("/v1/complaints/batch", {"entries": [call.body for call in calls]})
        items: list[dict[str, Any]] = answer["items"]
        return items

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        where = urlsplit(self.server)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        line = kind(where.hostname or "", where.port, timeout=TIMEOUT_SECONDS)
        try:
            line.request("POST", where.path + path, json.dumps(body), self._headers())
            answer = line.getresponse()
            status = answer.status
            said: dict[str, Any] = json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise NoNetwork from error
        finally:
            line.close()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NoNetwork
        if status >= HTTPStatus.BAD_REQUEST:
            code, zh, en = said.get("code", ""), said.get("zh", {}), said.get("en", {})
            raise NotLetIn(code, zh.get("detail", ""), en.get("detail", ""))
        return said

    def _headers(self) -> dict[str, str]:
        # A key of its own each time: calls count by their numbers, and what was refused for now is to be looked at anew.
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
        }


def send(backlog: Backlog, desk: Desk) -> dict[str, int]:
    """Send every waiting call once, the oldest first; gives how many were sent, refused, and still wait.

    A kill at any moment loses nothing: what the desk has taken and this file does not know yet is sent again, and is
    answered as the first time. Raises NoNetwork, NotLetIn.
    """
    done = {SENT: 0, REFUSED: 0, WAITING: 0}
    calls = backlog.waiting(CALLS_A_BATCH)
    while calls:
        results = {item["case_no"]: item for item in desk.take(calls)}
        answers = [_settled(call, results.get(call.case_no)) for call in calls]
        backlog.settle(answers)
        for _, state, _ in answers:
            done[state] += 1
        calls = backlog.waiting(CALLS_A_BATCH, behind=calls[-1])
    return done


def _settled(call: Call, result: dict[str, Any] | None) -> tuple[str, str, dict[str, Any]]:
    """Give number, state and answer of a call; without a result of its own it waits."""
    if result is None:
        return call.case_no, WAITING, {}
    if result["result"] == "accepted":
        return call.case_no, SENT, result["complaint"]
    problem: dict[str, Any] = result["problem"]
    return call.case_no, WAITING if problem["retry"] else REFUSED, problem
