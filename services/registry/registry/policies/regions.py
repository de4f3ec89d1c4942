"""Administrative names in names of firms and addresses: province, city and county, with or without their rank."""

import re
from dataclasses import dataclass

# Cities of a province; in ours also the counties of each city, behind a colon.
_PLACES = """
北京 上海 天津 重庆 香港 澳门 台湾
河北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水
山西 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔
辽宁 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛
吉林 长春 四平 辽源 通化 白山 松原 白城 延边
黑龙江 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化
江苏 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁
浙江 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌
安徽 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
江西 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
河南 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
湖南 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底
广东 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
广西 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南 海口 三亚 三沙 儋州
四川 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳
贵州 贵阳 六盘水 遵义 安顺 毕节 铜仁
云南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 大理
西藏 拉萨 日喀则
陕西 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南
青海 西宁 海东
宁夏 银川 石嘴山 吴忠 固原 中卫
新疆 乌鲁木齐 克拉玛依 吐鲁番 哈密
湖北 仙桃 潜江 天门 神农架
湖北 武汉:江岸 江汉 硚口 汉阳 武昌 青山 洪山 东西湖 汉南 蔡甸 江夏 黄陂 新洲 汉口 光谷
湖北 黄石:黄石港 西塞山 下陆 铁山 阳新 大冶
湖北 十堰:茅箭 张湾 郧阳 郧西 竹山 竹溪 房县 丹江口
湖北 宜昌:西陵 伍家岗 点军 猇亭 夷陵 远安 兴山 秭归 长阳 五峰 宜都 当阳 枝江
湖北 襄阳:襄城 樊城 襄州 南漳 谷城 保康 老河口 枣阳 宜城
湖北 鄂州:梁子湖 华容 鄂城
湖北 荆门:东宝 掇刀 沙洋 钟祥 京山
湖北 孝感:孝南 孝昌 大悟 云梦 应城 安陆 汉川
湖北 荆州:沙市 公安 监利 江陵 石首 洪湖 松滋
湖北 黄冈:黄州 团风 红安 罗田 英山 浠水 蕲春 黄梅 麻城 武穴
湖北 咸宁:咸安 嘉鱼 通城 崇阳 通山 赤壁
湖北 随州:曾都 随县 广水
湖北 恩施:利川 建始 巴东 宣恩 咸丰 来凤 鹤峰
"""
# Known by these at the head of a name without their rank; the others are also words of trade names.
_PLAIN = (
    "武昌 汉口 汉阳 黄陂 新洲 江夏 蔡甸 硚口 大冶 阳新 郧西 竹山 竹溪 丹江口 夷陵 远安 秭归 宜都 当阳 枝江 南漳 谷城 老河口 "
    "枣阳 宜城 沙洋 钟祥 京山 孝昌 大悟 云梦 应城 安陆 汉川 沙市 监利 石首 松滋 团风 红安 罗田 英山 浠水 蕲春 麻城 武穴 嘉鱼 "
    "通城 崇阳 通山 赤壁 利川 建始 巴东 宣恩 来凤 鹤峰 广水 洪湖"
)
_PLAIN_COUNTIES = frozenset(_PLAIN.split())
_PROVINCE_RANK = "(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?"
_CITY_RANK = "(?:市|土家族苗族自治州|自治州|州|林区|地区)?"
_COUNTY_RANK = "(?:区|县|市|土家族自治县|自治县)"
# Of a place that is not listed; 小区, 园区 and the like are none.
_UNKNOWN = "[一-鿿]{2,3}?(?:(?<![小社园校景厂库矿片发])区(?!域)|县)"


@dataclass(frozen=True)
class Region:
    """The place of a name, as far as it says; bare names without their ranks, "" where it does not say."""

    province: str = ""
    city: str = ""
    county: str = ""

    def __bool__(self) -> bool:
        return bool(self.province or self.city or self.county)

    @property
    def deepest(self) -> str:
        """The name of the smallest place it says, "" for none."""
        return self.county or self.city or self.province

    def apart(self, other: "Region") -> bool:
        """Tell whether the two cannot be one place: somewhere they say different names of one level."""
        levels = (
            (self.province, other.province),
            (self.city, other.city),
            (self.county, other.county),
        )
        return any(mine and its and mine != its for mine, its in levels)

    def joined(self, other: "Region") -> "Region":
        """Fill what this one does not say with what the other says."""
        if self.apart(other):
            return self
        return Region(self.province or other.province, self.city or other.city, self.county or other.county)


def _read() -> tuple[dict[str, str], dict[str, str]]:
    provinces: dict[str, str] = {}
    counties: dict[str, str] = {}
    for line in _PLACES.strip().splitlines():
        head, _, below = line.partition(":")
        province, *cities = head.split()
        # The municipalities stand together in one line: each is a province and a city.
        if province == "北京":
            provinces |= {name: name for name in (province, *cities)}
            continue
        provinces |= dict.fromkeys(cities, province)
        counties |= dict.fromkeys(below.split(), cities[0] if cities else "")
    return provinces, counties


_PROVINCE_OF, _CITY_OF = _read()
_PROVINCES = frozenset(_PROVINCE_OF.values())


def _any(names: "frozenset[str] | dict[str, str]") -> str:
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


_CITY_PART = f"(?P<city>{_any(_PROVINCE_OF)}){_CITY_RANK}"
_COUNTY_PART = f"(?:(?P<county>{_any(_CITY_OF)}){_COUNTY_RANK}?|(?P<other>{_UNKNOWN}))"
_FULL = re.compile(
    f"(?:中国)?(?:(?P<province>{_any(_PROVINCES)}){_PROVINCE_RANK})?(?:{_CITY_PART}(?:{_COUNTY_PART})?)?"
)
_RANKED_COUNTY = re.compile(f"(?P<county>{_any(_CITY_OF)}){_COUNTY_RANK}")
_PLAIN_COUNTY = re.compile(f"(?P<county>{_any(_PLAIN_COUNTIES)})")
_UNKNOWN_PLACE = re.compile(f"(?P<other>{_UNKNOWN})|(?P<city>[一-鿿]{{2,3}}?(?:市|自治州))")
# Within a name (from brackets, or before a branch) only cities, provinces and our own counties are told from other words.
_INSIDE = re.compile(
    f"(?P<city>{_any(frozenset(_PROVINCE_OF) | _PROVINCES)})(?:省|市|州)?"
    f"(?:(?P<more>{_any(frozenset(_PROVINCE_OF))})市?)?(?:(?P<county>{_any(_CITY_OF)})(?:区|县|市)?)?"
    f"|(?<=..)(?P<alone>{_any(_CITY_OF)})(?:区|县)|(?<=..)(?P<plain>{_any(_PLAIN_COUNTIES)})市?"
)

_BEHIND = re.compile(
    f"(?:(?P<city>{_any(_PROVINCE_OF)})市?)?(?:(?P<county>{_any(_CITY_OF)})(?:区|县|市)?)$|(?P<only>{_any(_PROVINCE_OF)})(?:市|州)?$"
)


def head_region(text: str) -> tuple[Region, str]:
    """Give the place at the head of a text, and what follows it."""
    if _RANKED_COUNTY.match(text):
        return _county_head(text)
    found = _FULL.match(text)
    if found and found.end() and (found["province"] or found["city"]):
        county, end = _county_of(found, text)
        rest = text[end:]
        region = _region(found["province"] or "", found["city"] or "", county)
        if rest:
            more, left = _county_head(rest) if not region.county else (Region(), rest)
            fits = more and left and not region.apart(more)
            return (region.joined(more), left) if fits else (region, rest)
        return Region(), text
    return _county_head(text.removeprefix("中国") or text)


def _county_of(found: re.Match[str], text: str) -> tuple[str, int]:
    """Give the county of a head and where what follows begins; 荆州市公安局 is no body of 公安县, nor is 武汉 above it."""
    county = found["county"] or ""
    if county and found["city"] and text[: found.end()].endswith(county):
        strange = _CITY_OF[county] != found["city"] or text[found.end() :] == ""
        if strange or (county == "公安" and text[found.end()] in "局厅分"):
            return "", found.start("county")
    return county or found["other"] or "", found.end()


def inner_region(text: str) -> tuple[Region, str]:
    """Give a place that stands within or behind a text, and the text without it; neither may be empty."""
    found = _INSIDE.search(text)
    if not found or found.group() == text:
        return Region(), text
    named = found["city"] or ""
    alone = found["alone"] or found["plain"] or ""
    province = named if named in _PROVINCES else ""
    city = found["more"] or (named if named in _PROVINCE_OF else "")
    return _region(province, city, found["county"] or alone), text[: found.start()] + text[found.end() :]


def region_behind(text: str) -> tuple[str, str]:
    """Give a text without the place at its end, and that place as written, "" for none."""
    found = _BEHIND.search(text)
    return (text[: found.start()], found.group()) if found and found.start() else (text, "")


def place_of(text: str) -> Region:
    """Give the place that a text is about, wherever it stands in it."""
    region, _ = head_region(text)
    return region or inner_region(text + "。")[0]


def _county_head(text: str) -> tuple[Region, str]:
    for pattern in (_RANKED_COUNTY, _PLAIN_COUNTY):
        found = pattern.match(text)
        if found and text[found.end() :]:
            return _region("", "", found["county"]), text[found.end() :]
    found = _UNKNOWN_PLACE.match(text)
    if found and text[found.end() :]:
        named = found["city"] or ""
        county = _UNRANKED.sub("", found["other"] or "")
        return Region("", named.removesuffix("市"), county), text[found.end() :]
    return Region(), text


_UNRANKED = re.compile("(?<=..)[区县]$")


def _region(province: str, city: str, county: str) -> Region:
    """Fill in the levels above."""
    city = city or _CITY_OF.get(county, "")
    return Region(province or _PROVINCE_OF.get(city, ""), city, _UNRANKED.sub("", county))
