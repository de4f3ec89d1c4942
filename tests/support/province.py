"""The least installation that keeps what the sample's loader tells it: organisations, customers, usage, and a clock."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import httpx
from python_calamine import CalamineWorkbook

from deploy.seed.months import month_of, shifted, span

PAGE = 200
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = span(shifted(month_of(datetime.now(SHANGHAI).date()), -1), 6)
NOT_NOW = {"code": "wrong-state", "en": {"detail": "not now"}, "zh": {"detail": "现在不行"}}
DAYS = ("visited_on", "held_on", "paid_on", "signed_on")
Json = dict[str, Any]
Answer = tuple[int, Json]


class Installation(httpx.AsyncBaseTransport):
    """Answers like the console with all services behind it; every request once for its idempotency key."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Json]] = {"organisations": [], "staff": [], "adoptions": []}
        self.declarations: dict[str, Json] = {}
        self.files: list[Json] = []
        self.annex_2: set[str] = set()
        self.told: dict[str, list[Json]] = defaultdict(list)
        self.answers: dict[str, Answer] = {}
        self.posts: Counter[str] = Counter()
        self.adopted_at: dict[str, int] = {}
        self.approved_at: set[datetime] = set()
        self.days_to_come: list[str] = []
        self.moves, self.offset_seconds = 0, 0.0
        self.refuse_after: int | None = None
        self.unavailable = self.unheard_for = self.busy = 0

    def states(self) -> dict[str, str]:
        """How each declaration stands, by the customer's name."""
        return {row["customer"]["name"]: row["state"] for row in self.declarations.values()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.unavailable:
            self.unavailable -= 1
            return httpx.Response(503, json={"code": "starting", "en": "not ready"})
        if request.url.path.startswith("/dev/"):
            status, body = self._development(request)
            return httpx.Response(status, json=body)
        if self.busy:
            self.busy -= 1
            return httpx.Response(409, json={"code": "request-in-progress", "en": "try again"})
        path = request.url.path.split("/v1", 1)[1]
        if request.method == "GET":
            return httpx.Response(200, json=self._list(path, parse_qs(request.url.query.decode())))
        key = request.headers["Idempotency-Key"]
        if key not in self.answers:
            status, body = self._post(path, request)
            if status >= httpx.codes.BAD_REQUEST:
                return httpx.Response(status, json=body)
            self.answers[key] = (status, body)
        status, body = self.answers[key]
        return httpx.Response(status, json=body)

    @property
    def _now(self) -> datetime:
        return datetime.now(UTC).astimezone(SHANGHAI) + timedelta(seconds=self.offset_seconds)

    def _development(self, request: httpx.Request) -> Answer:
        if request.url.path == "/dev/clock":
            return 200, self._clock(json.loads(request.content) if request.method == "POST" else {})
        people = self.rows["staff"]
        if request.url.path == "/dev/accounts":
            people = people if not self.unheard_for else []
            self.unheard_for = max(0, self.unheard_for - 1)
            items = [{"account": "bootstrap"}, *({"account": row["staff_no"]} for row in people)]
            return 200, {"items": items, "next_cursor": None, "total": len(items)}
        account = json.loads(request.content)["account"]
        if account not in {"bootstrap", *(row["staff_no"] for row in people)}:
            return 404, {"code": "unknown-account", "en": account}
        return 200, {"access_token": account}

    def _clock(self, moved: Json) -> Json:
        self.moves += bool(moved)
        real = datetime.now(UTC).astimezone(SHANGHAI)
        if "set" in moved:
            self.offset_seconds = (datetime.fromisoformat(moved["set"]) - real).total_seconds()
        elif moved:
            self.offset_seconds = 0.0
        return {"now": self._now.isoformat(), "offset": self.offset_seconds, "revision": self.moves}

    def _list(self, path: str, query: dict[str, list[str]]) -> Json:
        rows = self._rows(path.strip("/"))
        for name in ("org_id", "month"):
            if name in query:
                rows = [row for row in rows if row[name] in query[name]]
        start = int(query.get("cursor", ["0"])[0])
        end = start + int(query.get("limit", [str(PAGE)])[0])
        cursor = str(end) if end < len(rows) else None
        return {"items": rows[start:end], "next_cursor": cursor, "total": len(rows)}

    def _rows(self, name: str) -> list[Json]:
        approved = [row for row in self.declarations.values() if row["state"] == "approved"]
        if name == "declarations":
            return list(self.declarations.values())
        if name in ("customers", "tiers"):
            return [{"customer_id": row["customer_id"], "customer_code": row["code"]} for row in approved]
        if name == "usage-files":
            return [{**each, "at": each["at"].isoformat()} for each in self.files]
        return self.rows[name]

    def _post(self, path: str, request: httpx.Request) -> Answer:
        if self.refuse_after is not None and sum(self.posts.values()) >= self.refuse_after:
            return 409, NOT_NOW
        self.posts[path.strip("/")] += 1
        uploads: dict[str, Callable[[bytes, dict[str, str]], Json]] = {
            "/declarations/import": self._import,
            "/customers/files/import": self._import_files,
            "/usage-files": self._file_usage,
        }
        if path in uploads:
            return 201, uploads[path](*_form(request))
        body = json.loads(request.content)
        self._look_for_days_to_come(body)
        if path == "/declarations":
            return 201, self._declare(body["customer"], "protected")
        if path == "/declarations/approve-many":
            return 200, {"items": [self._approve(item["id"]) for item in body["items"]]}
        return 201, self._keep(path.strip("/").split("/"), body)

    def _keep(self, path: list[str], body: Json) -> Json:
        first = path[0]
        if first == "adoptions":
            self.adopted_at[body["org_id"]] = len(self.rows["organisations"])
            self.rows["adoptions"].append(body)
        elif first in self.rows:
            self.rows[first].extend(body["items"])
        else:
            self.told["/".join(path)].append(body)
        if first == "tariff-requests":
            return {"id": f"t{len(self.told[first])}", "state": "open", "deciding_org_id": "420000"}
        return {"id": f"{first}-{len(self.told[first])}", "state": "proposed"}

    def _look_for_days_to_come(self, body: Json) -> None:
        for item in [body, *body.get("items", [])]:
            days = [item[name] for name in DAYS if name in item]
            self.days_to_come += [day for day in days if day > self._now.date().isoformat()]

    def _declare(self, customer: Json, state: str) -> Json:
        code = customer.get("credit_code")
        if code and any(row["customer"].get("credit_code") == code for row in self.declarations.values()):
            return {"state": "refused"}
        number = len(self.declarations)
        made: Json = {"id": f"d{number}", "customer_id": f"c{number}", "customer": customer, "state": state}
        self.declarations[made["id"]] = {**made, "code": None}
        return made

    def _import(self, content: bytes, _: dict[str, str]) -> Json:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        items: list[Json] = []
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python()
            made: Json = self._declare(
                {"name": str(rows[4][1]), "credit_code": str(rows[15][1]) or None}, "filed"
            )
            items.append({"sheet": sheet, "state": made["state"], "declaration_id": made.get("id")})
        return {"items": items, "refused": 0}

    def _approve(self, declaration: str) -> Json:
        row = self.declarations[declaration]
        row |= {"state": "approved", "code": f"{int(declaration[1:]):014d}"}
        self.approved_at.add(self._now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        return {"id": declaration, "state": "approved", "customer_code": row["code"]}

    def _import_files(self, content: bytes, _: dict[str, str]) -> Json:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        self.annex_2 |= {str(book.get_sheet_by_name(each).to_python()[3][1]) for each in book.sheet_names}
        return {"refused": 0, "items": []}

    def _file_usage(self, _: bytes, fields: dict[str, str]) -> Json:
        made = {**fields, "id": f"u{len(self.files)}", "state": "loaded", "refused_rows": 0, "at": self._now}
        self.files.append(made)
        return {"id": made["id"], "state": "received"}


def _form(request: httpx.Request) -> tuple[bytes, dict[str, str]]:
    """The file of a multipart body, and its fields."""
    boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
    fields, content = {}, b""
    for part in request.content.split(b"--" + boundary)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        name = head.split(b'name="')[1].split(b'"')[0].decode()
        if name == "file":
            content = value
        else:
            fields[name] = value.decode()
    return content, fields
