"""The customer's file, annex 2: many to a workbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from deploy.seed.forms.sheets import Form, workbook
from deploy.seed.plan import Customer

TITLE = "大客户信息档案资料表"
WAN = Decimal(10_000)
LAST = 5
AVERAGE_PIECE = 16
CONDITIONS = ("良好", "稳定", "一般", "快速增长")
CREDITS = ("良好", "优秀", "一般")
POTENTIALS = ("有扩大用邮的意向", "业务稳定", "计划增加线上销售", "旺季用邮量大")
POSTS = ("总经理", "物流主管", "采购负责人", "办公室主任", "财务负责人")
SERVED = ("省内企业", "全国消费者", "本地居民", "经销商", "政府和事业单位")
MARKETING = ("按量折扣", "驻点服务", "线上推广")
STRENGTHS = ("对方价格低,时限不稳", "对方上门快,乡镇覆盖差", "对方网点少,服务好")

Cell = tuple[int, int, object] | tuple[int, int, object, int]


@dataclass(frozen=True)
class FiledCustomer:
    """A registered customer with its code."""

    customer: Customer
    code: str
    seed: str


def as_workbook(filed: Iterable[FiledCustomer]) -> bytes:
    return workbook(filed, _fill)


def _fill(form: Form, filed: FiledCustomer) -> None:
    firm = filed.customer.firm
    rng = Random(f"{filed.seed}:file:{firm.index}")
    blocks: Sequence[Iterable[Cell]] = (_basic(filed), _extended(rng), _person(filed, rng), _rival(rng))
    for block in blocks:
        for cell in block:
            form.put(*cell)


def _basic(filed: FiledCustomer) -> Iterable[Cell]:
    firm = filed.customer.firm
    office = firm.landline or firm.mobile
    pieces = int(firm.yearly_fees / AVERAGE_PIECE)
    yield from ((1, 0, TITLE, LAST), (2, 0, "（一）客户基本信息", LAST))
    yield from ((3, 0, "编号"), (3, 1, f"{firm.index + 1:06d}"), (3, 2, "客户名称"), (3, 3, firm.name, LAST))
    yield from ((4, 0, "客户代码"), (4, 1, filed.code), (4, 2, "邮政编码"), (4, 3, firm.postcode))
    yield from ((4, 4, "传真电话"), (4, 5, firm.fax))
    yield from ((5, 0, "通信地址"), (5, 1, firm.address, LAST))
    yield from (
        (6, 0, "业务负责人"),
        (6, 1, firm.head),
        (6, 2, "联系电话"),
        (6, 3, office),
        (6, 4, "移动电话"),
    )
    yield from ((7, 0, "联系人"), (7, 1, firm.contact), (7, 2, "联系电话"), (7, 3, office))
    yield from ((7, 4, "移动电话"), (7, 5, firm.mobile))
    yield from ((8, 0, "E-MAIL"), (8, 1, f"office{firm.index + 1}@example.com", 3))
    yield (8, 4, "客户所属行业")
    yield from ((9, 0, "主要产品或服务"), (9, 1, firm.trade.word, LAST))
    yield from ((10, 0, "服务对象"), (10, 1, SERVED[firm.index % len(SERVED)], LAST))
    yield from ((11, 0, "年用速递业务总费用（万元）"), (11, 1, firm.yearly_fees / WAN, 2))
    yield from ((11, 3, "年累计业务量（件）"), (11, 4, pieces, LAST))


def _extended(rng: Random) -> Iterable[Cell]:
    staff = rng.choice((8, 15, 26, 40, 75, 120, 260))
    yield (12, 0, "（二）客户扩展信息", LAST)
    yield from ((13, 0, "职工人数"), (13, 1, staff), (13, 2, "注册资金（万元）"), (13, 3, staff * 5))
    yield from ((13, 4, "年利润（万元）"), (13, 5, rng.randrange(-10, 3 * staff)))
    yield from ((14, 0, "经营状况"), (14, 1, rng.choice(CONDITIONS)), (14, 2, "资金状况"))
    yield from ((14, 3, rng.choice(CONDITIONS)), (14, 4, "信用状况"), (14, 5, rng.choice(CREDITS)))
    yield from ((15, 0, "发展潜力"), (15, 1, rng.choice(POTENTIALS), LAST))


def _person(filed: FiledCustomer, rng: Random) -> Iterable[Cell]:
    firm = filed.customer.firm
    yield (16, 0, "（三）相关重要人士信息", LAST)
    yield from ((17, 0, "姓名"), (17, 1, firm.contact), (17, 2, "年龄"), (17, 3, rng.randrange(26, 60)))
    yield from ((17, 4, "职务"), (17, 5, rng.choice(POSTS)))
    yield from (
        (18, 0, "民族"),
        (18, 2, "婚姻状况"),
        (18, 4, "联系电话"),
        (18, 5, firm.mobile),
        (19, 0, "住址"),
    )
    yield from ((20, 0, "教育背景"), (20, 2, "重要日子"), (20, 4, "个性特征"))
    yield from ((21, 0, "家庭主要成员"), (21, 3, "兴趣与避讳"), (22, 0, "与竞争对手关系"))


def _rival(rng: Random) -> Iterable[Cell]:
    if rng.random() >= 0.4:
        return
    yield (23, 0, "（四）竞争者基础信息", LAST)
    yield from ((24, 0, "产品或服务价格"), (24, 1, f"首重{rng.randrange(6, 14)}元"), (24, 2, "业务量"))
    yield from (
        (24, 3, f"约{rng.randrange(1, 9) * 100}件/月"),
        (24, 4, "市场占有率"),
        (24, 5, f"{rng.randrange(5, 60)}%"),
    )
    yield from ((25, 0, "营销情况"), (25, 1, rng.choice(MARKETING), LAST))
    yield from ((26, 0, "产品优势、劣势"), (26, 1, rng.choice(STRENGTHS), LAST))
