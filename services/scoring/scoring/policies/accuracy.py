"""Data accuracy: reported numbers and revenue against the systems (hubei art. 35(6))."""

from regulations.provisions import Decision
from scoring.model.facts import Accuracy
from scoring.model.sheets import Judged
from scoring.policies.items import ItemLaw, decided, deducted, not_assessed, plain_figures

NOTHING = ("本季度没有上报数据", "nothing was reported of the quarter")


def data_accuracy(law: ItemLaw, facts: Accuracy) -> Decision[Judged]:
    """Judge each time that what was reported of the quarter was found wrong; a late or missing form is not wrong."""
    figures: dict[str, object] = {
        "reports": facts.reports,
        "inaccuracies": facts.inaccuracies,
        "wrong_rows": facts.wrong_rows,
        "files_missing": facts.files_missing,
        "files_late": facts.files_late,
    }
    if not facts.reports:
        return not_assessed(law, NOTHING, figures)
    points = deducted(law, "inaccuracy", facts.inaccuracies)
    judged = Judged(points, assessed=True, figures=plain_figures(figures), evidence=facts.events)
    return decided(
        law,
        judged,
        f"发现数据不准确{facts.inaccuracies}次",
        f"found inaccurate {facts.inaccuracies} times",
    )
