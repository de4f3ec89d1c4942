import cProfile, pstats, importlib.util, pathlib
from time import perf_counter
from datetime import date
from chassis.ids import uuid7
from chassis.transaction import Moment
from scoring.handlers.scoring import Asked
from scoring.model.periods import Quarter
from scoring.queries import bureaus
from scoring.queries.sheets import steady, worked_out
from scoring.handlers.leagues import units_of

spec = importlib.util.spec_from_file_location("sp", pathlib.Path(__file__).with_name("test_speed.py"))
sp = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sp)


async def test_p(scoring):
    b = perf_counter()
    await sp.a_bureau(scoring)
    print("load", perf_counter() - b)
    law = scoring.runtime.directory.current
    moment = Moment("scoring", scoring.runtime.clock.now(), "system:test", str(uuid7()))
    async with steady(scoring.runtime, moment) as tx:
        await worked_out(tx, law, Asked("420100", Quarter(2026, "Q4"), over=True))
        p = cProfile.Profile()
        p.enable()
        b = perf_counter()
        await worked_out(tx, law, Asked("420100", Quarter(2026, "Q4"), over=True))
        print("took", perf_counter() - b)
        p.disable()
        pstats.Stats(p).sort_stats("cumtime").print_stats(25)
        rows = bureaus.BureauRows(tx, units_of(law, "420100"))
        for name, call in {"st": lambda: rows.standings(date(2026, 12, 31))}.items():
            b = perf_counter()
            r = await call()
            print(name, perf_counter() - b)
        ids = list(r)
        for name, call in {
            "rev": lambda: rows.revenue(ids, ("2026-10", "2026-11", "2026-12")),
            "cov": lambda: rows.covered(ids, ("2026-10", "2026-11", "2026-12")),
        }.items():
            b = perf_counter()
            await call()
            print(name, perf_counter() - b)
        for sql, args in (
            (bureaus.STANDINGS, (date(2026, 12, 31), units_of(law, "420100"))),
            (bureaus.REVENUE, (ids, ["2026-10", "2026-11", "2026-12"])),
        ):
            for row in await tx.fetch("EXPLAIN (ANALYZE, BUFFERS) " + sql, *args):
                print(row[0])
