"""Names of firms, and other ways to write each that say the same."""

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

_TRADITIONAL = str.maketrans("贸汉黄龙东长业国发达华荣兴", "貿漢黃龍東長業國發達華榮興")
_SAME: Mapping[str, Callable[[str], str]] = {
    "full width": lambda name: "".join(
        chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in name
    ),
    "limited liability": lambda name: (
        name.replace("有限公司", "有限责任公司") if "股份" not in name else name
    ),
    "shares": lambda name: name.replace("股份有限公司", "股份公司"),
    "round brackets": lambda name: name.replace("商贸", "(商贸)"),
    "wide brackets": lambda name: name.replace("商贸", "（商贸）"),
    "square brackets": lambda name: f"【{name}】",
    "blanks": lambda name: f" {name[:2]} {name[2:]}　",
    "traditional": lambda name: name.translate(_TRADITIONAL),
    "small letters": lambda name: name.lower(),
}
SPELLINGS = _SAME
_PLACES = ("", "武汉", "武汉市", "湖北", "湖北省武汉市武昌区", "宜昌", "荆州市")
_TRADES = ("鑫源", "鑫元", "宏达", "楚天", "长江", "黄鹤楼", "ABC", "三峡", "兴华荣", "第五")
_LINES = ("商贸", "贸易", "科技", "物流", "", "电子商务", "餐饮")
_FORMS = ("有限公司", "股份有限公司", "厂", "集团有限公司", "经营部", "有限公司汉口分公司")


def firm_names() -> st.SearchStrategy[str]:
    """Draw names put together from places, trade names, lines and legal forms."""
    parts = (st.sampled_from(words) for words in (_PLACES, _TRADES, _LINES, _FORMS))
    return st.builds(lambda *words: "".join(words), *parts)
