"""The registration form as a sheet: which label stands where, and what it fills in (hubei, annex 1; docs/forms.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.spreadsheets.forms import Label

TITLE = "大客户注册申报登记表"
SHEET = "大客户注册申报登记表"
WHOLE_WIDTH = "A1:H1"

KINDS: Mapping[str, str] = {
    "党政军": "government-military",
    "交通运输": "transport",
    "金融业": "finance",
    "文教科研": "culture-education-research",
    "信息产业": "information",
    "制造业": "manufacturing",
    "其他": "other",
}
BUSINESSES: Mapping[str, str] = {
    "餐饮娱乐": "catering-entertainment",
    "交通运输": "transport",
    "生产制造": "manufacturing",
    "公众服务": "public-services",
    "新闻出版": "press-publishing",
    "其他": "other",
}
NATURES: Mapping[str, str] = {"单位客户": "organisation", "个人客户": "person"}
# The form prints six of the seven lines of article 6(2); the seventh is numbered behind them.
LINES: Mapping[str, str] = {
    "国内异地": "domestic-express",
    "国际特快": "international-express",
    "同城": "intra-city-express",
    "一体化物流": "integrated-logistics",
    "中邮快货": "express-freight",
    "国际货代": "freight-forwarding",
    "礼仪": "ceremonial",
}
IMPORTANCE: Mapping[str, str] = {"重要客户": "important", "潜在客户": "potential"}
LEVELS: Mapping[str, str] = {"全网": "network-hq", "省级": "province", "市级": "city", "县级": "county"}


@dataclass(frozen=True)
class Slot:
    """A label, where it and its value stand, and the places of a declaration that the value fills."""

    words: str
    field: str
    at: str
    value_at: str
    fills: tuple[str, ...] = ()
    after: str | None = None
    also: tuple[str, ...] = ()
    options: Mapping[str, str] | None = None
    several: bool = False

    @property
    def label(self) -> Label:
        """The label as the form reader seeks it."""
        return Label(self.field, (self.words, *self.also), self.after)

    @property
    def hint(self) -> str:
        """The numbered options as the paper form prints them."""
        return " ".join(f"{number}.{word}" for number, word in enumerate(self.options or (), start=1))


SECTIONS: Mapping[str, str] = {
    "A3:H3": "大客户申报资料（由申报单位填写）",
    "A15:H15": "平台补充资料",
    "A20:H20": "大客户注册确认（上级管理部门填写）",
}
SLOTS: Sequence[Slot] = (
    Slot("申报单位", "unit", "A2", "B2:D2", ("/org_id",), also=("申报单位(盖章)",)),
    Slot("自编号", "own_number", "E2", "F2:H2", ("/annex_1/own_number",), also=("自编号№", "自编号No")),
    Slot("客户类别", "kind", "A4", "B4:H4", ("/annex_1/kind",), options=KINDS),
    Slot("客户名称", "name", "A5", "B5:D5", ("/customer/name",)),
    Slot("负责人", "head", "E5", "F5:H5", ("/annex_1/head",)),
    Slot("客户联系人", "contact", "A6", "B6:D6", ("/annex_1/contact",)),
    Slot("联系电话", "contact_phone", "E6", "F6:H6", ("/annex_1/contact_phone",), after="contact"),
    Slot("移动电话", "mobile", "A7", "B7:D7", ("/annex_1/mobile",)),
    Slot("传真", "fax", "E7", "F7:H7", ("/annex_1/fax",)),
    Slot("邮政编码", "postcode", "A8", "B8:D8", ("/annex_1/postcode",)),
    Slot("通信地址", "address", "E8", "F8:H8", ("/annex_1/address", "/customer/address")),
    Slot("其他", "other", "A9", "B9:H9", ("/annex_1/other",), after="address"),
    Slot("申报时间", "filed_on", "A10", "B10", ("/annex_1/filed_on",)),
    Slot("经办人", "handler", "C10", "D10:E10", ("/annex_1/handler",)),
    Slot("联系电话", "handler_phone", "F10", "G10:H10", ("/annex_1/handler_phone",), after="handler"),
    Slot("客户经营业务", "business", "A11", "B11:H11", ("/annex_1/business",), options=BUSINESSES),
    Slot("客户性质", "nature", "A12", "B12:H12", ("/customer/nature",), options=NATURES),
    Slot(
        "使用业务类型", "lines", "A13", "B13:H13", ("/lines", "/annex_1/lines"), options=LINES, several=True
    ),
    Slot("客户的服务方", "served_by", "A14", "B14:D14", ("/annex_1/served_by",)),
    Slot("联系人", "server", "E14", "F14:H14", ("/annex_1/served_by",), after="served_by"),
    Slot("统一社会信用代码", "credit_code", "A16", "B16:D16", ("/customer/credit_code",)),
    Slot("所在行政区划", "division", "E16", "F16:H16", ("/customer/division",)),
    Slot("所属行业", "industry", "A17", "B17:D17", ("/annex_1/industry",)),
    Slot(
        "预计年费用(元)",
        "estimated_yearly_fees",
        "E17",
        "F17:H17",
        ("/annex_1/estimated_yearly_fees",),
        also=("预计年费用",),
    ),
    Slot("重要程度", "importance", "A18", "B18:D18", ("/annex_1/importance",), options=IMPORTANCE),
    Slot("重要级别", "importance_level", "E18", "F18:H18", ("/annex_1/importance_level",), options=LEVELS),
    Slot("配合单位编码", "supporting", "A19", "B19:H19", ("/annex_1/supporting_org_id",)),
)
# Filled by the platform once it is decided; nobody declares it.
CONFIRMED: Sequence[Slot] = (
    Slot("注册单位", "registered_by", "A21", "B21:D21"),
    Slot("注册客户名称", "registered_name", "E21", "F21:H21"),
    Slot("客户级别", "class", "A22", "B22:D22"),
    Slot("客户代码", "customer_code", "E22", "F22:H22"),
    Slot("审核结果", "outcome", "A23", "B23:H23"),
    Slot("确认人", "decided_by", "A24", "B24:D24"),
    Slot("确认注册时间", "decided_on", "E24", "F24:H24"),
)
