"""What a seat has taken, in one file: on the disk before its number is told, there until the desk has it."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from seat.numbers import SHANGHAI, Form
from seat.settings import LOCKED_SECONDS, OWNER_ALONE

WAITING, SENT, REFUSED = "waiting", "sent", "refused"
OF_THE_CALL = ("case_no", "received_at")
# EXTRA: a committed call is on the disk, and so is the end of its journal; no kill and no power cut takes it back.
SETTINGS = ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA", "PRAGMA secure_delete = ON")
TABLES = """
CREATE TABLE IF NOT EXISTS seat (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  device TEXT NOT NULL,
  server TEXT,
  number INTEGER,
  form TEXT,
  given_on TEXT);
CREATE TABLE IF NOT EXISTS call (
  case_no TEXT PRIMARY KEY,
  day TEXT NOT NULL,
  serial INTEGER NOT NULL,
  called_at TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT,
  answer TEXT,
  UNIQUE (day, serial));
CREATE INDEX IF NOT EXISTS call_waiting ON call (state, called_at, case_no);
"""


class NotEnrolled(Exception):
    """A file that has no seat yet."""


class OutOfNumbers(Exception):
    """A day on which the seat has given every number that it has."""


class InTheFuture(Exception):
    """A call that is said to come later than now."""


class BeforeTheSeat(Exception):
    """A call of a day on which the seat was not this person's yet: the desk would refuse its number for good."""


class NotRefused(Exception):
    """A number of no call that the desk refused: there is nothing to correct."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Which seat this is, where its desk is, how its numbers look, and since which day it is this person's."""

    server: str
    number: int
    form: Form
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands: `body` is what is sent, gone once the desk has it; `answer` what the desk said."""

    case_no: str
    called_at: str
    state: str
    body: dict[str, Any] | None
    answer: dict[str, Any] | None


class Backlog:
    """The file of one seat. Several processes may use it at once."""

    def __init__(self, file: Path) -> None:
        file.touch(mode=OWNER_ALONE)
        self._database = sqlite3.connect(file, timeout=LOCKED_SECONDS, isolation_level=None)
        for setting in SETTINGS:
            self._database.execute(setting)
        with self._changing():
            for table in TABLES.split(";"):
                self._database.execute(table)
            # A file of an earlier seat does not know its day yet.
            if "given_on" not in [row[1] for row in self._database.execute("PRAGMA table_info(seat)")]:
                self._database.execute("ALTER TABLE seat ADD COLUMN given_on TEXT")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def device(self) -> str:
        """Give the name of this file, made once and kept: the desk lets one device alone count a seat's serials."""
        with self._changing():
            self._database.execute(
                "INSERT OR IGNORE INTO seat (only_one, device) VALUES (1, ?)", (str(uuid4()),)
            )
            name: str = self._database.execute("SELECT device FROM seat").fetchone()[0]
        return name

    def enrol(self, enrolment: Enrolment) -> None:
        """Remember which seat this is."""
        form = enrolment.form
        written = json.dumps([form.date_digits, form.seat_digits, form.serial_digits, form.check])
        with self._changing():
            self._database.execute(
                "UPDATE seat SET server = ?, number = ?, form = ?, given_on = ?",
                (
                    enrolment.server,
                    enrolment.number,
                    written,
                    enrolment.given_on and enrolment.given_on.isoformat(),
                ),
            )

    def enrolment(self) -> Enrolment:
        """Give which seat this is; raises NotEnrolled."""
        row = self._database.execute("SELECT server, number, form, given_on FROM seat").fetchone()
        if row is None or None in row[:-1]:
            raise NotEnrolled
        server, number, form, given_on = row
        return Enrolment(
            server, number, Form(*json.loads(form)), date.fromisoformat(given_on) if given_on else None
        )

    def take(self, complaint: dict[str, Any], called_at: datetime, now: datetime) -> str:
        """Put a complaint on the disk and give its number, which no other call of this seat has or will have.

        Raises NotEnrolled, OutOfNumbers, InTheFuture, BeforeTheSeat.
        """
        seat = self.enrolment()
        if called_at > now:
            raise InTheFuture
        local = called_at.astimezone(SHANGHAI)
        day = local.date()
        if seat.given_on is not None and day < seat.given_on:
            raise BeforeTheSeat
        with self._changing():
            query = "SELECT COALESCE(MAX(serial) + 1, 0) FROM call WHERE day = ?"
            serial: int = self._database.execute(query, (day.isoformat(),)).fetchone()[0]
            if serial >= seat.form.serials:
                raise OutOfNumbers
            case_no = seat.form.case_no(day, seat.number, serial)
            at = local.isoformat()
            body = {**complaint, "case_no": case_no, "received_at": at}
            self._database.execute(
                "INSERT INTO call (case_no, day, serial, called_at, state, body) VALUES (?, ?, ?, ?, ?, ?)",
                (case_no, day.isoformat(), serial, at, WAITING, json.dumps(body, ensure_ascii=False)),
            )
        return case_no

    def correct(self, case_no: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Put a refused call right under its number, and let it wait to be sent again; raises NotRefused.

        `change` makes the complaint anew from what was refused; where it raises, everything stays as it was.
        """
        with self._changing():
            query = "SELECT body FROM call WHERE case_no = ? AND state = ?"
            found = self._database.execute(query, (case_no, REFUSED)).fetchone()
            if found is None:
                raise NotRefused
            refused = json.loads(found[0])
            kept = {name: refused.pop(name) for name in OF_THE_CALL}
            body = {**change(refused), **kept}
            self._database.execute(
                "UPDATE call SET state = ?, answer = NULL, body = ? WHERE case_no = ?",
                (WAITING, json.dumps(body, ensure_ascii=False), case_no),
            )

    def waiting(self, most: int, behind: Call | None = None) -> Sequence[Call]:
        """Give calls that the desk has not taken yet, in the order of their time."""
        after = (behind.called_at, behind.case_no) if behind else ("", "")
        return self._calls(
            "SELECT case_no, called_at, state, body, answer FROM call WHERE state = ? AND (called_at, case_no) > (?, ?)"
            " ORDER BY called_at, case_no LIMIT ?",
            (WAITING, *after, most),
        )

    def latest(self, most: int) -> Sequence[Call]:
        """Give the calls that were taken last, the newest first."""
        return self._calls(
            "SELECT case_no, called_at, state, body, answer FROM call ORDER BY called_at DESC, case_no DESC LIMIT ?",
            (most,),
        )

    def refused(self) -> Sequence[Call]:
        """Give the calls that the desk will not take as they are: somebody has to look at them."""
        return self._calls(
            "SELECT case_no, called_at, state, body, answer FROM call WHERE state = ? ORDER BY called_at, case_no",
            (REFUSED,),
        )

    def counts(self) -> dict[str, int]:
        """Give how many calls there are by state."""
        found = dict(self._database.execute("SELECT state, count(*) FROM call GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in (WAITING, SENT, REFUSED)}

    def settle(self, answers: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
        """Write down what the desk said of calls: number, state, answer. What it has taken is wiped here."""
        with self._changing():
            for case_no, state, answer in answers:
                self._database.execute(
                    "UPDATE call SET state = ?, answer = ?, body = CASE WHEN ? = ? THEN NULL ELSE body END"
                    " WHERE case_no = ?",
                    (state, json.dumps(answer, ensure_ascii=False), state, SENT, case_no),
                )

    def _calls(self, query: str, values: Sequence[object]) -> Sequence[Call]:
        rows = self._database.execute(query, tuple(values)).fetchall()
        return [
            Call(
                case_no,
                called_at,
                state,
                json.loads(body) if body else None,
                json.loads(answer) if answer else None,
            )
            for case_no, called_at, state, body, answer in rows
        ]

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the file alone, wholly or not at all."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
