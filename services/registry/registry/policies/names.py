"""What a customer's name says: region, trade name, line of business, legal form and branch apart from each other."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

_TO_SIMPLIFIED = OpenCC("t2s")
_NOT_TEXT = re.compile(r"[^0-9A-Z一-鿿㐀-䶿]+")
# 有限责任公司 and 有限公司 are one legal form (公司法 art. 7); 股份有限公司 is another.
_LIMITED = re.compile("(?<!股份)有限责任公司")
_FORM = re.compile(
    "(集团股份有限公司|集团有限公司|股份有限公司|有限公司|股份公司|集团公司|总公司|公司|有限合伙|普通合伙|合伙企业|个人独资企业|"
    "农民专业合作社|专业合作社|合作社|个体工商户|事务所|经营部|工作室|银行|医院|学院|学校|大学|集团|厂|店|行|社|院|所|局|中心)$"
)
_BRANCH = re.compile(
    "(?P<head>.+?(?:公司|集团|银行|厂|店|院|所))"
    "(?P<branch>.*(?:分公司|分店|支行|分行|营业部|办事处|门市部|分厂|分院|分部))$"
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_CITIES = "武汉|黄石|十堰|宜昌|襄阳|鄂州|荆门|孝感|荆州|黄冈|咸宁|随州|恩施|仙桃|潜江|天门|神农架"
_REGION = re.compile(
    rf"^(?P<region>(?:中国)?(?:(?:{_PROVINCES})(?:省|市|自治区)?)?(?:(?:{_CITIES})(?:市|州|林区)?|[一-鿿]{{2,3}}(?:市|自治州))?"
    r"(?:[一-鿿]{2,3}(?:区|县))?)"
)
_LOOSE_REGION = re.compile(rf"({_PROVINCES}|{_CITIES}|中国)")
_LINES = re.compile(
    "(?:进出口|国际贸易|电子商务|信息技术|网络科技|生物科技|文化传媒|物业管理|房地产开发|建筑工程|装饰工程|供应链管理|商业管理|企业管理|"
    "酒店管理|投资管理|汽车销售|医疗器械|信息|商贸|贸易|科技|物流|实业|电子|服装|服饰|食品|医药|药业|机械|化工|建材|建设|文化|传媒|广告|"
    "教育|咨询|投资|置业|地产|物业|酒店|餐饮|汽车|印刷|出版|纺织|农业|环保|能源|电力|通信|网络|软件|技术|工程|制造|销售|服务|管理|发展)+$"
)


@dataclass(frozen=True)
class CompanyName:
    """A name taken apart; `full` is the whole normalised name on which exactness rests."""

    full: str
    region: str
    trade: str
    line: str
    form: str
    branch: str
    group: bool

    @property
    def core(self) -> str:
        """Trade name and line of business, on which likeness rests."""
        return self.trade + self.line


@lru_cache
def normalised(name: str) -> str:
    """Give a name without differences of width, script, case, brackets, blanks and equal legal forms."""
    plain = _TO_SIMPLIFIED.convert(unicodedata.normalize("NFKC", name)).upper()
    return _LIMITED.sub("有限公司", _NOT_TEXT.sub("", plain))


@lru_cache
def parse(name: str) -> CompanyName:
    """Take a name apart; what is not recognised stays in the trade name, which is never empty for a name of any text."""
    full = normalised(name)
    body, branch = _split_branch(full)
    form = _last(_FORM, body)
    body = body.removesuffix(form)
    region, rest = _split_region(body)
    line = _last(_LINES, rest)
    trade = rest.removesuffix(line)
    if not trade:
        trade, line = (line, "") if line else (region or full, "")
    return CompanyName(full, region, trade, line, form, branch, "集团" in form)


@lru_cache
def pinyin(text: str) -> str:
    """Give the syllables without tones, run together."""
    return "".join(lazy_pinyin(text)).lower()


@lru_cache
def initials(text: str) -> str:
    """Give the first letter of each syllable, as people type them to find a name."""
    return "".join(lazy_pinyin(normalised(text), style=Style.FIRST_LETTER)).lower()


def _split_branch(full: str) -> tuple[str, str]:
    found = _BRANCH.fullmatch(full)
    return (found["head"], found["branch"]) if found else (full, "")


def _split_region(body: str) -> tuple[str, str]:
    found = _REGION.match(body)
    region = found["region"] if found else ""
    rest = body.removeprefix(region)
    # A region may stand behind the trade name, from brackets: 某某(湖北)商贸.
    behind = _LOOSE_REGION.search(rest)
    if behind and rest != behind.group():
        region += behind.group()
        rest = rest.replace(behind.group(), "", 1)
    return region, rest


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    # A trade name may be nothing but such words; then they are the name.
    return found.group() if found and found.group() != text else ""
