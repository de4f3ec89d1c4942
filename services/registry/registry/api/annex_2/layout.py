"""The customer's file as a sheet: which label stands where, and which field it fills in (hubei, annex 2; docs/forms.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chassis.spreadsheets.addresses import place_of
from registry.model.files import Layer

TITLE = "大客户信息档案资料表"
SHEET = TITLE
WHOLE_WIDTH = "A1:F1"
NAME, CODE = "name", "customer_code"


class Holds(StrEnum):
    """What a cell holds: words as written, a code or number of a phone, a count, money in 万元."""

    WORDS = "words"
    CODE = "code"
    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True)
class Slot:
    """A label and its value, placed from the block's heading at row 1 down."""

    words: str
    field: str
    at: str
    value_at: str
    holds: Holds = Holds.WORDS


@dataclass(frozen=True)
class Block:
    """A part of the form under its heading; several key persons or competitors repeat theirs."""

    layer: Layer
    heading: str
    slots: Sequence[Slot]

    @property
    def height(self) -> int:
        """How many rows it takes, the heading included."""
        return max(place_of(slot.at)[0] for slot in self.slots) + 1


BASIC = Block(
    Layer.BASIC,
    "（一）客户基本信息",
    (
        Slot("编号", "number", "A2", "B2"),
        Slot("客户名称", NAME, "C2", "D2:F2"),
        Slot("客户代码", CODE, "A3", "B3", Holds.CODE),
        Slot("邮政编码", "postcode", "C3", "D3", Holds.CODE),
        Slot("传真电话", "fax", "E3", "F3", Holds.CODE),
        Slot("通信地址", "address", "A4", "B4:F4"),
        Slot("业务负责人", "business_head", "A5", "B5"),
        Slot("联系电话", "business_head_phone", "C5", "D5", Holds.CODE),
        Slot("移动电话", "business_head_mobile", "E5", "F5", Holds.CODE),
        Slot("联系人", "contact", "A6", "B6"),
        Slot("联系电话", "contact_phone", "C6", "D6", Holds.CODE),
        Slot("移动电话", "contact_mobile", "E6", "F6", Holds.CODE),
        Slot("E-MAIL", "email", "A7", "B7:D7", Holds.CODE),
        Slot("客户所属行业", "industry", "E7", "F7", Holds.CODE),
        Slot("主要产品或服务", "main_products", "A8", "B8:F8"),
        Slot("服务对象", "serves", "A9", "B9:F9"),
        Slot("年用速递业务总费用（万元）", "yearly_express_fees", "A10", "B10:C10", Holds.MONEY),
        Slot("年累计业务量（件）", "yearly_pieces", "D10", "E10:F10", Holds.COUNT),
    ),
)
EXTENDED = Block(
    Layer.EXTENDED,
    "（二）客户扩展信息",
    (
        Slot("职工人数", "staff", "A2", "B2", Holds.COUNT),
        Slot("注册资金（万元）", "registered_capital", "C2", "D2", Holds.MONEY),
        Slot("年利润（万元）", "yearly_profit", "E2", "F2", Holds.MONEY),
        Slot("经营状况", "operating_condition", "A3", "B3"),
        Slot("资金状况", "funds", "C3", "D3"),
        Slot("信用状况", "credit", "E3", "F3"),
        Slot("发展潜力", "potential", "A4", "B4:F4"),
    ),
)
KEY_PERSON = Block(
    Layer.KEY_PERSONS,
    "（三）相关重要人士信息",
    (
        Slot("姓名", "name", "A2", "B2"),
        Slot("年龄", "age", "C2", "D2", Holds.COUNT),
        Slot("职务", "post", "E2", "F2"),
        Slot("民族", "ethnicity", "A3", "B3"),
        Slot("婚姻状况", "marital_status", "C3", "D3"),
        Slot("联系电话", "phone", "E3", "F3", Holds.CODE),
        Slot("住址", "address", "A4", "B4:F4"),
        Slot("教育背景", "education", "A5", "B5"),
        Slot("重要日子", "dates", "C5", "D5"),
        Slot("个性特征", "character", "E5", "F5"),
        Slot("家庭主要成员", "family", "A6", "B6:C6"),
        Slot("兴趣与避讳", "interests_and_taboos", "D6", "E6:F6"),
        Slot("与竞争对手关系", "relation_to_competitors", "A7", "B7:F7"),
    ),
)
COMPETITOR = Block(
    Layer.COMPETITORS,
    "（四）竞争者基础信息",
    (
        Slot("产品或服务价格", "price", "A2", "B2"),
        Slot("业务量", "volume", "C2", "D2"),
        Slot("市场占有率", "market_share", "E2", "F2"),
        Slot("营销情况", "marketing", "A3", "B3:F3"),
        Slot("产品优势、劣势", "strengths_and_weaknesses", "A4", "B4:F4"),
    ),
)
BLOCKS: Sequence[Block] = (BASIC, EXTENDED, KEY_PERSON, COMPETITOR)
