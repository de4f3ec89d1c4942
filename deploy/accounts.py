"""The development accounts, as the console gives them, one of each role."""

import json
import unicodedata
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


def lines(base: str) -> list[str]:
    """Give a table of the first account of each role, and how to log in with one."""
    chosen: dict[str, dict[str, Any]] = {}
    for account in fetch(base):
        for role in account["roles"]:
            chosen.setdefault(role, account)
    if not chosen.keys() & ROLE_NAMES.keys():
        return []
    shown = [(chosen[role], role, zh) for role, zh in ROLE_NAMES.items() if role in chosen]
    first = shown[0][0]["account"]
    return [
        "开发账号 · development accounts:",
        *(row(account, role, zh) for account, role, zh in shown),
        "  取令牌 · get a token: curl -s -H 'content-type: application/json' \\",
        f"""    -d '{{"account": "{first}"}}' {base}/dev/token""",
    ]


def row(account: dict[str, Any], role: str, zh: str) -> str:
    """Give one line of the table."""
    organisation = account["organisation"]
    person = f"{account['name']},{organisation['name']}({organisation['org_id']})"
    return f"  {pad(account['account'], 12)} {pad(zh, 18)} {pad(role, 16)} {person}"


def pad(text: str, width: int) -> str:
    """Fill up to a width counted in terminal cells, where a Chinese character takes two."""
    cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - cells)
