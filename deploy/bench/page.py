"""The figures of a run as a part of the two pages about benches; the words around them are written by people."""

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psutil

from chassis.clock import SHANGHAI
from deploy.bench.curve import draw
from deploy.layout import ROOT

BEGIN, END = "<!-- figures: make bench writes them -->", "<!-- end of the figures -->"
PAGES = {"en": ROOT / "docs" / "benches.md", "zh": ROOT / "docs" / "benches.zh.md"}
DRAWINGS = ROOT / "docs" / "benches"
BROKERS = {"embedded": "Tansu", "kafka": "Apache Kafka"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "| bench | ours beside the floor | to reach | reached |",
        "yes": "yes",
        "no": "**no**",
        "ours": "ours",
        "floor": "floor",
        "rounds": "| bench | side | rounds | n | per second | p50 ms | p99 ms |",
        "taken": "Taken {at} on {machine}; load average before the run {load}. {busy}",
        "busy": "**The machine was busy with other work: read the ratios, and those with care.**",
        "quiet": "Medians of the rounds.",
        "what": "What each does, and against what:",
        "drawn": "Cost by number of customers, both axes logarithmic:",
    },
    "zh": {
        "head": "| 项目 | 我们与同场底线之比 | 目标 | 达到 |",
        "yes": "是",
        "no": "**否**",
        "ours": "我们",
        "floor": "底线",
        "rounds": "| 项目 | 一方 | 轮数 | n | 每秒 | p50 毫秒 | p99 毫秒 |",
        "taken": "{at} 测于 {machine};开测前系统负载 {load}。{busy}",
        "busy": "**测时机器上另有繁重工作:只看比值,且须谨慎。**",
        "quiet": "各轮取中位数。",
        "what": "每项做什么、与什么相比(原文):",
        "drawn": "单位成本随客户数的变化,两轴均为对数:",
    },
}


def circumstances(broker: str) -> dict[str, Any]:
    """Give on what, when and beside how much other work a run is made."""
    return {
        "at": datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "machine": f"{psutil.cpu_count()} cores ({platform.machine()}), {psutil.virtual_memory().total / 1024**3:.0f} GB, "
        f"Linux {platform.release()}, Python {platform.python_version()}",
        "broker": broker,
        "load": round(psutil.getloadavg()[0], 1),
        "cores": psutil.cpu_count(),
    }


def write_pages(runs: Sequence[Mapping[str, Any]]) -> None:
    """Put the figures of runs between the marks of both pages."""
    for language, file in PAGES.items():
        before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        figures = "\n\n".join(_figures(run, WORDS[language]) for run in runs)
        file.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", encoding="utf-8")


def _figures(run: Mapping[str, Any], words: Mapping[str, str]) -> str:
    taken = run["taken"]
    busy = words["busy"] if taken["load"] > taken["cores"] / 2 else words["quiet"]
    rounds = [line for one in run["benches"] for line in _rounds(one, words)]
    return "\n".join(
        [
            f"### {BROKERS[taken['broker']]}",
            words["taken"].format(**taken, busy=busy),
            "",
            words["head"],
            "|---|---|---|---|",
            *(_verdict(one, words) for one in run["benches"]),
            "",
            *((words["rounds"], "|---|---|---|---|---|---|---|", *rounds, "") if rounds else ()),
            words["what"],
            "",
            *(f"- {one['bench']}: {one['does']}; {one['setting']}." for one in run["benches"]),
            *(line for one in run["benches"] if one.get("points") for line in _drawing(one, taken, words)),
        ]
    )


def _verdict(one: Mapping[str, Any], words: Mapping[str, str]) -> str:
    ratios = ", ".join(f"{name} {value:g}" for name, value in one["ratios"].items())
    return f"| {one['bench']} | {ratios} | {one['to_reach']} | {words['yes' if one['reached'] else 'no']} |"


def _drawing(one: Mapping[str, Any], taken: Mapping[str, Any], words: Mapping[str, str]) -> tuple[str, ...]:
    """Draw a bench's points beside the page, and give the lines that show it there."""
    draw(one["points"], taken["at"], DRAWINGS / f"{one['bench']}.svg")
    return ("", words["drawn"], "", f"![{one['bench']}](benches/{one['bench']}.svg)")


def _rounds(one: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    return [_side(one["bench"], words[side], one[side]) for side in ("ours", "floor") if one[side]]


def _side(bench: str, side: str, rounds: Sequence[Mapping[str, float]]) -> str:
    middle = {
        name: sorted(one[name] for one in rounds)[len(rounds) // 2] for name in ("per_second", "p50", "p99")
    }
    times = [f"{middle[name]:.2f}" if middle["p99"] else "–" for name in ("p50", "p99")]
    n = sum(one["n"] for one in rounds)
    return f"| {bench} | {side} | {len(rounds)} | {n:.0f} | {middle['per_second']:.1f} | {times[0]} | {times[1]} |"
