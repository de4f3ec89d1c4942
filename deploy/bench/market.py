"""A province's worth of customers as declarations would have made them, written straight into the registry's tables.

Nobody in it is real: names are put together from the words that names are made of, with the families, branches, shared
trade names and shared telephones that a market has.
"""

import asyncio
import json
import multiprocessing
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from stdnum.cn import uscc

from chassis.database import Connection
from chassis.ids import uuid7
from chassis.phones import PhoneBook
from chassis.vault import Vault
from registry.model.customers import Customer, Nature
from registry.policies.match import identity_keys
from registry.tables.customers import customer_row, identity_of


def _words(*texts: str) -> list[str]:
    return " ".join(texts).split()


LETTERS = (
    "鑫宏达源泰恒瑞祥盛隆昌兴旺福康安顺通利华润金银宝龙凤天地海江河湖山川林森木石泉清明光辉耀星辰日月春夏秋冬东南西北中正大"
    "同和平友爱信诚义德仁礼智勇佳美丽雅秀英俊杰豪雄伟博广远长久永恒峰岭岩岚云雨雪霜风雷电火炎晶莹玉珠翠碧蓝绿红紫青白黑"
)
ENDS = "达源泰瑞祥盛隆昌兴发丰裕顺通利华润和成业嘉诚信康宁安远航腾飞跃鸿图景程锦程卓越创世纪元邦联合众"
PLACES = {
    "420100": ("武汉", 38), "420500": ("宜昌", 9), "420600": ("襄阳", 10), "421000": ("荆州", 8), "420200": ("黄石", 5),
    "420300": ("十堰", 6), "420700": ("鄂州", 3), "420800": ("荆门", 5), "420900": ("孝感", 6), "421100": ("黄冈", 6),
    "421200": ("咸宁", 4),
}  # fmt: skip
LINES = _words(
    "商贸 贸易 科技 信息技术 电子商务 物流 运输 货运代理 供应链管理",
    "服饰 服装 纺织 食品 农业 粮油 茶业 医药 医疗器械 生物科技 机械 机电设备",
    "汽车零部件 汽车销售 电器 化工 建材 建筑工程 装饰工程 设计",
    "房地产开发 物业管理 文化传媒 广告 印刷 教育咨询 企业管理咨询 人力资源 投资",
    "酒店管理 餐饮管理 旅行社 百货 家具 珠宝 办公用品 环保科技 新能源 新材料 安防 网络科技 实业 包装 五金 灯饰 鞋业 玩具",
)
FORMS = ("有限公司",) * 16 + ("有限责任公司",) * 2 + ("股份有限公司", "厂", "经营部", "商行")
SHOPS = _words("便利店 餐馆 药房 五金店 服装店 水果店 文具店 理发店 奶茶店 汽修厂 超市 茶庄 花店 眼镜店")
BODIES = _words("第{}中学 第{}小学 第{}人民医院 实验小学 人民政府 税务局 公安局 图书馆 供电公司")
BRANCHES = _words("分公司 汉口分公司 第二分公司 营业部 办事处 光谷店 沙市门市部 分店")
FAMILY_NAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
STREETS = _words(
    "中北 解放 建设 人民 长江 沿江 东湖 珞瑜 友谊 胜利 民主 和平 中山 汉阳 龙阳 雄楚 关山 光谷 夷陵 北京"
)
BUILDINGS = ("", "", "", "国际大厦", "商务中心", "科技园", "物流园", "广场")
BATCH = 5_000
WORKERS = 4
AHEAD = 6
TOLD = 50_000
SECONDARY = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i WHERE i.indrelid = 'customer'::regclass AND NOT i.indisunique
"""
SHARED_PHONE, PERSONS, PLACE_LESS, WITH_CODE = 0.04, 0.06, 0.08, 0.6


@dataclass(frozen=True)
class Keys:
    """What rows are sealed and found with."""

    phones: bytes
    vault: bytes


@dataclass(frozen=True)
class Batch:
    """Customers from a number on, so many, of these units, always the same for one seed."""

    first: int
    count: int
    seed: int
    units: Sequence[str]
    since: datetime
    keys: Keys


@dataclass
class Rows:
    """What a batch writes, table by table."""

    customers: list[dict[str, Any]] = field(default_factory=list)
    identity_keys: list[tuple[str, str, UUID]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)


class Namer:
    """Draws customers; trade names repeat as they do in a market, a few very often."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._last = ("武汉", "鑫源", "商贸", "有限公司", "420100")

    def firm(self) -> tuple[str, str]:
        """Give a firm's name and the city of its division."""
        rng = self._rng
        if rng.random() < 0.05:
            place, trade, line, form, division = self._last
            return f"{place}{trade}{line}{form}{rng.choice(BRANCHES)}", division
        division = rng.choices(list(PLACES), [weight for _, weight in PLACES.values()])[0]
        place, trade, line, form = PLACES[division][0], self._trade(), rng.choice(LINES), rng.choice(FORMS)
        self._last = (place, trade, line, form, division)
        kind = rng.random()
        if kind < 0.08:
            return f"{place}{rng.choice(('市', '市', ''))}{trade}{rng.choice(SHOPS)}", division
        if kind < 0.10:
            return f"{place}市{rng.choice(BODIES).format(rng.randint(1, 90))}", division
        if kind < 0.13:
            return f"{trade}({place}){line}{form}", division
        if kind < 0.16:
            return f"湖北{trade}集团{line}有限公司", division
        if kind < 0.16 + PLACE_LESS:
            return f"{trade}{line}{form}", division
        if kind < 0.38:
            return f"湖北{trade}{line}{form}", division
        return f"{place}{rng.choice(('', '', '', '市'))}{trade}{line}{form}", division

    def person(self) -> tuple[str, str]:
        """Give a person's name and the city of the division."""
        given = "".join(self._rng.choices(LETTERS, k=self._rng.choice((1, 2, 2))))
        return self._rng.choice(FAMILY_NAMES) + given, self._rng.choice(list(PLACES))

    def _trade(self) -> str:
        # The square draws the first letters of the list far more often than the last.
        letters = [
            LETTERS[int(self._rng.random() ** 2 * len(LETTERS))] for _ in range(self._rng.choice((1, 1, 2)))
        ]
        return "".join(letters) + self._rng.choice(ENDS)


def customers(batch: Batch) -> Iterator[Customer]:
    """Draw the customers of a batch."""
    rng = random.Random(f"{batch.seed}-{batch.first}")  # noqa: S311 - a sample
    namer, book = Namer(rng), PhoneBook(batch.keys.phones)
    for number in range(batch.first, batch.first + batch.count):
        is_person = rng.random() < PERSONS
        name, division = namer.person() if is_person else namer.firm()
        phone = (
            f"027-8{rng.randint(0, 40):07d}"
            if rng.random() < SHARED_PHONE
            else f"13{rng.randint(0, 9)}{number:08d}"
        )
        building = rng.choice(BUILDINGS)
        room = f"{building}{rng.randint(1, 30)}{rng.randint(1, 20):02d}室" if building else ""
        yield Customer(
            customer_id=uuid7(),
            name=name,
            nature=Nature.PERSON if is_person else Nature.ORGANISATION,
            division=division,
            place_class="wuhan" if division == "420100" else "prefecture",
            org_id=rng.choice(batch.units),
            credit_code=None if is_person or rng.random() > WITH_CODE else credit_code(number),
            address=f"{PLACES[division][0]}市{rng.choice(STREETS)}路{rng.randint(1, 400)}号{room}",
            phones=(phone,),
            phone_keys=tuple(book.keys(phone)),
        )


def credit_code(number: int) -> str:
    """Give a credit code with a right check digit, no two of one number."""
    stem = f"9142{number // 1_000_000 % 10_000:04d}D{number % 1_000_000:06d}HB"
    return stem + str(uscc.calc_check_digit(stem))


def rows_of(batch: Batch) -> Rows:
    """Give the rows of a batch as declarations granted at once would have left them."""
    vault, rows = Vault(batch.keys.vault), Rows()
    for customer in customers(batch):
        rows.customers.append(customer_row(customer, vault))
        rows.identity_keys += [
            (key.kind, key.value, customer.customer_id) for key in identity_keys(identity_of(customer))
        ]
        rows.claims.append(
            {
                "claim_id": uuid7(),
                "customer_id": customer.customer_id,
                "declaration_id": uuid7(),
                "line": "domestic-express",
                "org_id": customer.org_id,
                "state": "live",
                "since": batch.since,
                "because": json.dumps({"reasons": [], "text": {"zh": "", "en": ""}}),
                "version": 1,
            }
        )
    return rows


async def load(connection: Connection, whole: Batch, say: Callable[[str], None] = lambda _: None) -> None:
    """Write all customers of `whole`, drawn by processes of their own; `connection` is past row-level security."""
    end = whole.first + whole.count
    waiting = deque(
        replace(whole, first=first, count=min(BATCH, end - first)) for first in range(whole.first, end, BATCH)
    )
    await connection.execute("CREATE TEMP TABLE drawn_key (kind text, value text, customer_id uuid)")
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        # Not all at once: rows wait in memory for those before them.
        drawn = deque(pool.submit(rows_of, waiting.popleft()) for _ in range(min(AHEAD, len(waiting))))
        written = 0
        while drawn:
            rows = await asyncio.wrap_future(drawn.popleft())
            if waiting:
                drawn.append(pool.submit(rows_of, waiting.popleft()))
            await _write(connection, rows)
            written += len(rows.customers)
            if written % TOLD == 0 or not drawn:
                say(f"{written:,} of {whole.count:,} customers")
    await connection.execute("DROP TABLE drawn_key; ANALYZE customer; ANALYZE claim; ANALYZE identity_key")


@asynccontextmanager
async def indexed_afterwards(owner: Connection) -> AsyncIterator[None]:
    """Take the indexes of the customers away while they are loaded; the owner of the table alone may."""
    indexes = await owner.fetch(SECONDARY)
    for index in indexes:
        await owner.execute(f"DROP INDEX {index['name']}")
    yield
    await owner.execute("SET maintenance_work_mem = '512MB'")
    for index in indexes:
        await owner.execute(index["definition"])
    await owner.execute("VACUUM ANALYZE customer")


async def _write(connection: Connection, rows: Rows) -> None:
    for table, records in (("customer", rows.customers), ("claim", rows.claims)):
        columns = list(records[0])
        await connection.copy_records_to_table(
            table, records=[tuple(record.values()) for record in records], columns=columns
        )
    await connection.copy_records_to_table("drawn_key", records=rows.identity_keys)
    # Of one name the first has the key, as when the center cleared the later ones as other firms.
    await connection.execute(
        "INSERT INTO identity_key SELECT * FROM drawn_key ON CONFLICT DO NOTHING; TRUNCATE drawn_key"
    )
