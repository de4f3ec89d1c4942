"""`make test-sabotage`: takes each protection out of a copy of the tree and sees that its tests then fail."""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence

from sabotage.running import FAILED, PASSED, Run, run_tests
from sabotage.table import Case, complaints, read_table
from sabotage.workshop import Workshop, workshop

SOUND_SECONDS = 120.0
WORDS = {
    "failed": "失败，如所应当 failed as it must",
    "passed": "仍然通过 SURVIVED",
    "hung": "超时，不算 HUNG, which proves nothing",
    "broken": "没有运行到 BROKEN before the test, which proves nothing",
}


def main() -> int:
    """Run the cases that were asked for, all of them where none was."""
    asked = _arguments()
    cases = read_table()
    wrong = list(complaints(cases))
    unknown = set(asked.cases) - {case.name for case in cases}
    wrong += [f"no case is called {name}" for name in sorted(unknown)]
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    chosen = [case for case in cases if not asked.cases or case.name in asked.cases]
    if asked.broker:
        chosen = [case for case in chosen if case.broker == asked.broker]
    if asked.list:
        for case in chosen:
            _describe(case)
        return 0
    with workshop() as made:
        if not asked.unproven and not _sound(made, chosen):
            return 1
        return _sabotage_all(made, chosen, asked.verbose)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sabotage", description=__doc__)
    parser.add_argument(
        "cases", nargs="*", help="案例名，不写为全部 · names of cases, all where none is named"
    )
    parser.add_argument("--list", action="store_true", help="只列出 · only list them")
    parser.add_argument("--broker", choices=("embedded", "kafka"), help="只做该种总线的 · only of this kind")
    parser.add_argument("--verbose", action="store_true", help="显示测试输出 · show what the tests said")
    parser.add_argument("--unproven", action="store_true", help="不先跑完好的 · without the sound run before")
    return parser.parse_args()


def _describe(case: Case) -> None:
    print(f"{case.name} ({case.broker})\n  {case.zh}\n  {case.en}\n  - {case.protection} ({case.files})")
    for test in case.tests:
        print(f"  ! {test}")


def _sound(made: Workshop, cases: Sequence[Case]) -> bool:
    """Every test that is to fail passes on the untouched copy."""
    failed = 0
    for broker in sorted({case.broker for case in cases}):
        tests = list(dict.fromkeys(test for case in cases if case.broker == broker for test in case.tests))
        began = time.monotonic()
        print(f"未改动的副本 · untouched copy: {len(tests)} tests ({broker}) …", flush=True)
        run = run_tests(made, tests, broker, SOUND_SECONDS * len(tests))
        bad = [test for test in tests if run.of(test) != PASSED]
        for test in bad:
            print(f"  {run.of(test)}: {test}")
        if bad or run.exit_code:
            print(run.output[-6_000:], file=sys.stderr)
        failed += len(bad) or bool(run.exit_code)
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return not failed


def _sabotage_all(made: Workshop, cases: Sequence[Case], verbose: bool) -> int:
    began = time.monotonic()
    found: Counter[str] = Counter()
    for case in cases:
        with made.without(case):
            run = run_tests(made, case.tests, case.broker, case.seconds)
        outcome = judged(case, run)
        found[outcome] += 1
        _tell(case, run, outcome)
        if verbose or outcome != FAILED:
            print(run.output[-6_000:])
    print(f"\n{sum(found.values())} cases in {time.monotonic() - began:.0f} s:", dict(found))
    return int(sum(found.values()) != found[FAILED])


def judged(case: Case, run: Run) -> str:
    """Give FAILED only where every named test failed on its own account."""
    outcomes = [run.of(test) for test in case.tests]
    wrong = [outcome for outcome in outcomes if outcome != FAILED]
    if wrong:
        return wrong[0]
    return FAILED if run.exit_code == 1 else "broken"


def _tell(case: Case, run: Run, outcome: str) -> None:
    print(f"\n{case.name}: {WORDS[outcome]} ({run.seconds:.0f} s)\n  {case.zh}\n  {case.en}")
    print(f"  - {case.protection} ({case.files})")
    for test in case.tests:
        print(f"  ! {run.of(test)}: {test}\n    {run.reason(test)}", flush=True)


def _end(number: int, _frame: object) -> None:
    """Leave in order: the running test ends its instances, the copy is removed."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
