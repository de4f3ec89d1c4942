"""The words of what is wrong with a row."""

import re

from contracts.values import check_digit_mod_11_10
from tiering.model.usage import RowFault

_CODE = re.compile(r"[0-9]{14}")
FIELD_WORDS = {
    "customer": ("客户编码", "customer code"),
    "line": ("业务种类", "line"),
    "revenue": ("收入", "revenue"),
    "pieces": ("件数", "pieces"),
    "weight_kg": ("重量", "weight"),
    "month": ("年月", "month"),
}
SAYS = {
    "missing": ("{zh}未填写", "{en} is missing"),
    "malformed": ("{zh}不是有效的数值：{value}", "{en} is no valid figure: {value}"),
    "negative": ("{zh}不能为负数：{value}", "{en} is negative: {value}"),
    "scale": ("{zh}小数位过多：{value}", "{en} has too many decimals: {value}"),
    "too-large": ("{zh}数值过大：{value}", "{en} is too large: {value}"),
}
UNKNOWN_CUSTOMER = RowFault(
    "unknown-customer", "填报单位名下没有该客户编码", "the filing unit has no customer of this code"
)
WRONG_CODE = RowFault("malformed-customer-code", "客户编码应为 14 位数字", "a customer code has 14 digits")
WRONG_CHECK_DIGIT = RowFault(
    "wrong-check-digit", "客户编码校验位不符，请核对", "the customer code's check digit is wrong"
)
REPEATED = RowFault(
    "repeated-row", "该客户该业务种类在文件中重复出现", "the file has this customer and line twice"
)
UNKNOWN_LINE = RowFault("unknown-line", "业务种类不在现行规定之内", "the line is none of those in force")
WRONG_MONTH = RowFault("wrong-month", "年月与上传时所选月份不一致", "the month is not that of the upload")
CELLS_MISSING = RowFault("cells-missing", "列数少于表头，数据不全", "the row has fewer cells than the header")
CELLS_TOO_MANY = RowFault(
    "cells-too-many", "列数多于表头，请检查逗号", "the row has more cells than the header; check its commas"
)
TOO_LONG = RowFault("row-too-long", "该行过长", "the row is too long")
UNPRINTABLE = RowFault("unprintable", "含有无法保存的字符", "the row holds a character that cannot be kept")


def wrong_figure(field: str, kind: str, value: str) -> RowFault:
    """Say what is wrong with a figure."""
    zh, en = FIELD_WORDS[field]
    says_zh, says_en = SAYS[kind]
    words = {"zh": zh, "en": en, "value": value}
    return RowFault(f"{field.replace('_kg', '')}-{kind}", says_zh.format(**words), says_en.format(**words))


def fault_of_code(code: str) -> RowFault:
    """Say why no customer of the unit was found by a code."""
    if not is_code(code):
        return WRONG_CODE
    if check_digit_mod_11_10(code[:-1]) != code[-1]:
        return WRONG_CHECK_DIGIT
    return UNKNOWN_CUSTOMER


def is_code(code: str) -> bool:
    """Tell whether a text has the form of a customer code."""
    return _CODE.fullmatch(code) is not None
