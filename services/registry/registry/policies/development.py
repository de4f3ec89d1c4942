"""How a development case goes on (hubei, art. 11–12), and what a prospect scores (prospecting)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.model.development import Grade, Step
from regulations.provisions import Because, Decision, Provision
from regulations.topics.customers import LineSpecialities
from regulations.topics.prospects import ProspectScore
from regulations.topics.registration import DemandKind, DevelopmentSteps

STEPS = tuple(Step)


@dataclass(frozen=True)
class Advance:
    """Whether a case may go to a step; `missing` is what the step before it did not yet bring."""

    back: bool = False
    skipped: tuple[Step, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.skipped and not self.missing


def advance(
    here: Step, there: Step, written: Mapping[Step, Mapping[str, str]], law: Provision[DevelopmentSteps]
) -> Decision[Advance]:
    """Let a case go on to the next step once this one has brought what it has to; back it may always go."""
    order = [Step(step.code) for step in law.value.steps]
    at, to = order.index(here), order.index(there)
    if to < at:
        return Decision(
            Advance(back=True), _cited(law, here, there, "退回先前的步骤", "back to an earlier step")
        )
    skipped = tuple(order[at + 1 : to])
    if skipped:
        names = "、".join(step.zh for step in law.value.steps if step.code in skipped)
        return Decision(
            Advance(skipped=skipped),
            _cited(law, here, there, f"不得跳过：{names}", f"not to be skipped: {', '.join(skipped)}"),
        )
    wanted = missing(here, written, law)
    if wanted:
        words = {one.code: one.zh for step in law.value.steps for one in step.brings}
        return Decision(
            Advance(missing=wanted),
            _cited(
                law,
                here,
                there,
                f"本步骤尚缺：{'、'.join(words[code] for code in wanted)}",
                f"this step has still to bring: {', '.join(wanted)}",
            ),
        )
    return Decision(Advance(), _cited(law, here, there, "进入下一步骤", "on to the next step"))


def missing(
    step: Step, written: Mapping[Step, Mapping[str, str]], law: Provision[DevelopmentSteps]
) -> tuple[str, ...]:
    """Give what a step has to bring and did not yet."""
    found = written.get(step, {})
    return tuple(code for code in brings(step, law) if not found.get(code))


def brings(step: Step, law: Provision[DevelopmentSteps]) -> tuple[str, ...]:
    """Give what a step has to bring."""
    return next(tuple(one.code for one in each.brings) for each in law.value.steps if each.code == step)


def score(grades: Mapping[str, Grade], law: Provision[ProspectScore]) -> Decision[str]:
    """Give the points of a prospect: each aspect its weight in the share of the best grade."""
    points = sum(
        (
            weight * grades[aspect].grade / law.value.best_grade
            for aspect, weight in law.value.weights.items()
        ),
        Decimal(0),
    )
    text = format(points.normalize(), "f")
    return Decision(
        text,
        Because.of(
            law.cite(grades={aspect: one.grade for aspect, one in grades.items()}),
            zh=f"潜力得分 {text}",
            en=f"the prospect scores {text}",
        ),
    )


def ungraded(grades: Mapping[str, Grade], law: Provision[ProspectScore]) -> tuple[str, ...]:
    """Give the aspects that lack a grade, or their grade what it rests on."""
    return tuple(
        aspect
        for aspect in law.value.weights
        if aspect not in grades or not (grades[aspect].texts or grades[aspect].attachments)
    )


def demand_of(lines: Sequence[str], law: Provision[LineSpecialities]) -> DemandKind:
    """Give the kind of a demand by its lines: of several specialities it is integrated, of one line single-line."""
    specialities = {law.value.by_line[line] for line in lines if line in law.value.by_line}
    if len(specialities) > 1:
        return "integrated"
    return "single-service" if len(lines) > 1 else "single-line"


def _cited(law: Provision[DevelopmentSteps], here: Step, there: Step, zh: str, en: str) -> Because:
    return Because.of(law.cite(step=str(here), to=str(there)), zh=zh, en=en)
