"""The page: from here alone, and guarded."""

import re
from importlib import resources
from typing import Any

import pytest

from registry.policies import match
from service_desk.api.callers import LOOKING_ROLES
from service_desk.api.intake import INTAKE_ROLES

PAGE = resources.files("console") / "page"
FILES = {"index.html": PAGE / "index.html"} | {one.name: one for one in (PAGE / "assets").iterdir()}
NAMESPACES = {"http://www.w3.org/2000/svg"}


async def test_the_page_forbids_whatever_is_not_from_here(origin: Any) -> None:
    answer = await origin.client.get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "img-src")} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_names_an_address_outside(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"')]*", text)) <= NAMESPACES


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_needs_what_the_policy_forbids(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert not re.search(r"\bstyle=|\bon[a-z]+=[\"']|innerHTML|eval\(|<script>|<style", text)


async def test_every_file_that_the_page_asks_for_is_served(origin: Any) -> None:
    wanted = set(re.findall(r"/assets/[\w.-]+", FILES["index.html"].read_text(encoding="utf-8")))
    for file in FILES.values():
        wanted |= {
            f"/assets/{name}"
            for name in re.findall(r"from \"\./([\w.-]+)\"", file.read_text(encoding="utf-8"))
        }
    for path in wanted:
        answer = await origin.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"]
    assert len(wanted) == len(FILES) - 1


@pytest.mark.parametrize(
    "path", ["/assets/index.html", "/assets/x.js", "/assets/..%2fapp.py", "/assets/%2e%2e/app.py"]
)
async def test_nothing_else_is_served(origin: Any, path: str) -> None:
    assert (await origin.client.get(path)).status_code == 404


async def test_a_file_that_did_not_change_is_not_sent_again(origin: Any) -> None:
    first = await origin.client.get("/assets/app.js")
    again = await origin.client.get("/assets/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_chinese_stands_in_the_word_list_alone() -> None:
    for name, file in FILES.items():
        if name != "words-zh.js":
            text = re.sub(
                r"/\*.*?\*/|<noscript>.*?</noscript>", "", file.read_text(encoding="utf-8"), flags=re.S
            )
            found = set(re.findall(r"[一-鿿]+", text))
            assert found <= {"中文", "、"}, (name, found)


def test_both_languages_have_every_word_of_the_page() -> None:
    keys = {}
    for language in ("zh", "en"):
        text = FILES[f"words-{language}.js"].read_text(encoding="utf-8")
        page = text[text.index("page:") : text.index("kinds:")]
        keys[language] = set(re.findall(r"(?:^|[{,]\s*)(\w+): \"", page, flags=re.M))
    assert keys["zh"] == keys["en"]
    said = {
        word
        for file in FILES.values()
        for word in re.findall(r"\bsay\(\"(\w+)\"", file.read_text(encoding="utf-8"))
    }
    said |= set(re.findall(r"data-say=\"(\w+)\"", FILES["index.html"].read_text(encoding="utf-8")))
    assert said <= keys["zh"]


def test_what_makes_two_customers_alike_is_said_in_chinese() -> None:
    reasons = {value for name, value in vars(match).items() if name.isupper() and isinstance(value, str)}
    assert match.SIMILAR_NAME in reasons
    text = FILES["words-zh.js"].read_text(encoding="utf-8")
    codes = text[text.index("codes: {") : text.index("roles: {")]
    said = set(re.findall(r"(?:^|[{,]\s*)\"?([\w-]+)\"?: \"", codes, flags=re.M))
    assert reasons <= said


def test_the_hotline_s_screen_is_for_those_whom_the_desk_answers() -> None:
    text = FILES["hotline.js"].read_text(encoding="utf-8")
    [answerers] = re.findall(r"ANSWERERS = \[(.*?)\]", text)
    *takers, looks_only = re.findall(r"\"([\w-]+)\"", answerers)
    assert {*takers, looks_only} == set(LOOKING_ROLES)
    assert set(takers) == set(INTAKE_ROLES)
