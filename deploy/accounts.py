"""The development accounts, as the console gives them, one of each role."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from deploy.probes import NO_PROXY

ROLE_NAMES = {
    "account-manager": "客户经理",
    "unit-head": "单位负责人",
    "center-officer": "大客户中心专员",
    "center-director": "大客户中心主任",
    "hotline-agent": "11185 坐席",
    "finance": "财务",
    "inspector": "视察",
    "administrator": "管理员",
    "observer": "看板",
    "system": "对接系统",
}


def fetch(base: str) -> list[dict[str, Any]]:
    """Give all development accounts of a running instance."""
    with NO_PROXY.open(f"{base}/dev/accounts", timeout=10) as answer:
        found = json.loads(answer.read())
    return list(found["items"] if isinstance(found, dict) else found)


def lines(base: str) -> Iterator[str]:
    """Give a table of the first account of each role, and how to log in with one."""
    chosen: dict[str, dict[str, Any]] = {}
    for account in fetch(base):
        for role in account.get("roles", []):
            chosen.setdefault(role, account)
    if not chosen:
        return
    yield "开发账号 · development accounts:"
    for role, zh in ROLE_NAMES.items():
        if role in chosen:
            account = chosen[role]
            organisation = account["organisation"]
            person = f"{account['name']},{organisation['name']}({organisation['org_id']})"
            yield f"  {pad(account['account'], 26)} {pad(zh, 16)} {pad(role, 17)} {person}"
    yield "  取令牌 · get a token: curl -s -H 'content-type: application/json' "
    first = next(iter(chosen.values()))["account"]
    yield f"""    -d '{{"account": "{first}"}}' {base}/dev/token"""


def pad(text: str, width: int) -> str:
    """Fill up to a width counted in terminal cells, where a Chinese character takes two."""
    cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - cells)
