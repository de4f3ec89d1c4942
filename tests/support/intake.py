"""What the hotline sends to have a complaint or a claim received."""

from typing import Any

from support.service import Person

YICHANG_AGENT = Person("420500", "hotline-agent")


def complaint(**facts: Any) -> dict[str, Any]:
    """Give a complaint about a delay, with what else is known."""
    return {"channel": "hotline", "category": "delay", "content": "邮件迟了三天", **facts}


def claim(**facts: Any) -> dict[str, Any]:
    """Give a claim for the loss of an item, with what else is known."""
    return {
        "channel": "hotline",
        "cause": "loss",
        "mail_no": "EA123456789CN",
        "amount_claimed": "100",
        **facts,
    }
