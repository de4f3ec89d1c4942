"""Customer files as tests fill them in: the four layers, the path of a file, the looks at it on record."""

from typing import Any

from support.declarations import approved
from support.registry import expect
from support.service import MANAGER, OFFICER, ServiceUnderTest

BASIC = {
    "number": "A-17",
    "postcode": "430060",
    "business_head": "钱总",
    "business_head_phone": "027-87650001",
    "contact": "孙女士",
    "contact_mobile": "13871234567",
    "email": "office@example.cn",
    "main_products": "汽车配件",
    "yearly_express_fees": "120000.00",
    "yearly_pieces": 9000,
}
EXTENDED = {"staff": 120, "registered_capital": "5000000.00", "yearly_profit": "-120000.00"}
PERSON = {"name": "李总", "age": 46, "post": "总经理", "phone": "13971234567", "family": "一子一女"}
COMPETITOR = {"price": "首重 10 元", "market_share": "三成"}
WHOLE: dict[str, Any] = {
    "basic": BASIC,
    "extended": EXTENDED,
    "key_persons": [PERSON],
    "competitors": [COMPETITOR],
}
LAYERS = {"basic", "extended", "key_persons", "competitors"}


async def path_of(registry: ServiceUnderTest, **facts: Any) -> str:
    """Register a customer of the first team's manager, and give the path of its file."""
    answer = await approved(registry, MANAGER, OFFICER, MANAGER, **facts)
    return f"/customers/{answer['customer_id']}/file"


async def written(registry: ServiceUnderTest, **facts: Any) -> str:
    """Give the path of a file with all four layers."""
    path = await path_of(registry, **facts)
    await expect(registry.patch(MANAGER, path, WHOLE, 0), 200)
    return path


def id_of(path: str) -> str:
    """Give the customer's id out of the path of its file."""
    return path.split("/")[2]


async def looks(registry: ServiceUnderTest, path: str, kind: str) -> list[dict[str, Any]]:
    """Give the audit's entries of one kind about a customer, oldest first."""
    return await registry.rows(
        "SELECT actor, fields FROM audit_entry WHERE subject = $1 AND kind = $2 ORDER BY id",
        f"customer:{id_of(path)}",
        kind,
    )
