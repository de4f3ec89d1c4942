"""The registration form, annex 1: many to a workbook."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy.seed.forms.sheets import Form, workbook
from deploy.seed.phones import OFFICE, fixed
from deploy.seed.plan import Customer, Plan

TITLE = "大客户注册申报登记表"
KINDS = {
    "government-military": "1.党政军",
    "transport": "2.交通运输",
    "finance": "3.金融业",
    "culture-education-research": "4.文教科研",
    "information": "5.信息产业",
    "manufacturing": "6.制造业",
    "other": "7.其他",
}
BUSINESSES = {
    "catering-entertainment": "1.餐饮娱乐",
    "transport": "2.交通运输",
    "manufacturing": "3.生产制造",
    "public-services": "4.公众服务",
    "press-publishing": "5.新闻出版",
    "other": "6.其他",
}
NATURES = {"organisation": "1.单位客户", "person": "2.个人客户"}
LINES = {
    "domestic-express": "1.国内异地",
    "international-express": "2.国际特快",
    "intra-city-express": "3.同城",
    "integrated-logistics": "4.一体化物流",
    "express-freight": "5.中邮快货",
    "freight-forwarding": "6.国际货代",
    "ceremonial": "7.礼仪",
}
LEVELS = {"network-hq": "1.全网", "province": "2.省级", "city": "3.市级", "county": "4.县级"}
IMPORTANT = "1.重要客户"
LAST = 7


@dataclass(frozen=True)
class Declared:
    """A customer's form as its unit fills it in on a day."""

    customer: Customer
    plan: Plan
    filed_on: str


def as_workbook(declared: Iterable[Declared]) -> bytes:
    return workbook(declared, _fill)


def _fill(form: Form, declared: Declared) -> None:
    firm, plan = declared.customer.firm, declared.plan
    assignment = declared.customer.assignment
    unit, manager = plan.unit(assignment.unit), plan.person(assignment.manager_no)
    form.put(1, 0, TITLE, LAST)
    form.pair(
        2, (0, "申报单位", f"{unit.name} {unit.org_id}", 3), (4, "自编号", f"{firm.index + 1:06d}", LAST)
    )
    form.put(3, 0, "大客户申报资料（由申报单位填写）", LAST)
    form.pair(4, (0, "客户类别", KINDS[firm.trade.kind], LAST))
    form.pair(5, (0, "客户名称", firm.name, 3), (4, "负责人", firm.head, LAST))
    form.pair(6, (0, "客户联系人", firm.contact, 3), (4, "联系电话", firm.phones[-1], LAST))
    form.pair(7, (0, "移动电话", firm.mobile, 3), (4, "传真", firm.fax, LAST))
    form.pair(8, (0, "邮政编码", firm.postcode, 3), (4, "通信地址", firm.address, LAST))
    form.pair(10, (0, "申报时间", declared.filed_on, 1), (2, "经办人", manager.name, 4))
    form.pair(10, (5, "联系电话", fixed(*plan.office_phone(unit.org_id), OFFICE), LAST))
    form.pair(11, (0, "客户经营业务", BUSINESSES[firm.trade.business], LAST))
    form.pair(12, (0, "客户性质", NATURES[firm.nature], LAST))
    form.pair(13, (0, "使用业务类型", "、".join(LINES[line] for line in firm.lines), LAST))
    form.pair(14, (0, "客户的服务方", unit.name, 3))
    form.put(15, 0, "平台补充资料", LAST)
    form.pair(16, (0, "统一社会信用代码", firm.credit_code, 3), (4, "所在行政区划", firm.division, LAST))
    form.pair(17, (0, "所属行业", firm.trade.industry, 3), (4, "预计年费用(元)", firm.yearly_fees, LAST))
    if firm.importance_level is not None:
        form.pair(18, (0, "重要程度", IMPORTANT, 3), (4, "重要级别", LEVELS[firm.importance_level], LAST))
