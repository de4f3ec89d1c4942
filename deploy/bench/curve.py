"""The figures of growth as a drawing: cost by number of customers, both on logarithmic axes, words in both languages."""

from collections.abc import Iterator, Mapping
from html import escape
from math import ceil, floor, log10
from pathlib import Path

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 84, 44, 46, 64
COLOURS = ("#0b6e4f", "#b5541c", "#38588c")
NAMES: Mapping[str, str] = {
    "review, µs a customer": "年度评定,每户微秒 · review, µs a customer",
    "look-up, µs a look-up": "查一户级别,每次微秒 · look-up of one tier, µs",
    "first look-up of a bureau, µs": "某局首次查询 · first look-up of a bureau, µs",
}
Points = Mapping[str, Mapping[str, float]]


def draw(points: Points, taken: str, file: Path) -> None:
    """Write the drawing of every line of points."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(_parts(points, taken)) + "\n", encoding="utf-8")


def _parts(points: Points, taken: str) -> Iterator[str]:
    sizes = sorted({int(size) for line in points.values() for size in line})
    costs = [cost for line in points.values() for cost in line.values()]
    across = (log10(sizes[0]), log10(sizes[-1]))
    up = (floor(log10(min(costs))), ceil(log10(max(costs))))

    def x(size: int) -> float:
        return LEFT + (log10(size) - across[0]) / max(across[1] - across[0], 1) * (WIDTH - LEFT - RIGHT)

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (log10(cost) - up[0]) / max(up[1] - up[0], 1) * (HEIGHT - TOP - BOTTOM)

    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13"><title>规模增长时的单位成本 · cost as the province grows</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    for size in sizes:
        yield f'<path d="M{x(size):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield _text(x(size), HEIGHT - BOTTOM + 20, f"{size:,}", "middle")
    for power in range(up[0], up[1] + 1):
        yield f'<path d="M{LEFT} {y(10**power):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield _text(LEFT - 8, y(10**power) + 4, f"{10**power:,}", "end")
    yield _text(LEFT, HEIGHT - 16, f"客户数 · customers; {taken}", "start")
    for number, (name, line) in enumerate(points.items()):
        colour = COLOURS[number % len(COLOURS)]
        at = [
            (x(int(size)), y(cost), cost) for size, cost in sorted(line.items(), key=lambda one: int(one[0]))
        ]
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top, _ in at)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        for left, top, cost in at:
            yield f'<circle cx="{left:.1f}" cy="{top:.1f}" r="4" fill="{colour}"/>'
            yield _text(left, top - 10, f"{cost:g}", "end" if left > WIDTH / 2 else "start", colour)
        left, top = LEFT + number % 2 * (WIDTH - LEFT) / 2, 16 + 18 * (number // 2)
        yield _text(left, top, NAMES.get(name, name), "start", colour)
    yield "</svg>"


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
