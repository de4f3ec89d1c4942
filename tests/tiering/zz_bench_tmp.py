import time, json, pytest, pytest_asyncio
from support.service import *
from support.instance import Databases
N=int(__import__("os").environ.get("N","100000"))
@pytest.fixture(scope="session")
def tdb(postgres): yield Databases(postgres)
async def test_bench(tdb):
    async with running_service("tiering", tdb("tiering")) as t:
        async def run(sql,*a):
            async with t.runtime.database.worker.acquire() as c:
                await c.execute("SET statement_timeout=0")
                s=time.monotonic(); r=await c.execute(sql,*a); e=time.monotonic()-s
                print(f"{e:7.2f}s {sql[:60]!r} {r}"); return e
        await run(f"""INSERT INTO customer (customer_id, code, name, state, division, place_class, responsible_org_id, registry_version)
          SELECT gen_random_uuid(), lpad(i::text,14,'0'), '客户'||i, 'registered','420106', (array['wuhan','prefecture','county'])[1+i%3], (array['420106-T01','420106-T02','420506','420525'])[1+i%4], 1 FROM generate_series(1,{N}) i""")
        await run("""INSERT INTO usage (customer_id,line,month,version,revenue,pieces,weight_kg,org_id,recorded)
          SELECT customer_id,'domestic-express',m,1,(random()*20000)::numeric(15,2),1,1,'420106',now() FROM customer, generate_series('2024-01-01'::date,'2025-12-01','1 month') m""")
        await run("INSERT INTO tier SELECT customer_id,'2024-11-04',now(),responsible_org_id,'hubei','4',4,4,'registration',NULL,NULL,1 FROM customer")
        pass
        f=await run("CREATE TABLE floor AS SELECT customer_id,sum(revenue) FROM usage WHERE current AND month BETWEEN '2025-01-01' AND '2025-12-01' GROUP BY customer_id")
        f=await run("CREATE TABLE floor24 AS SELECT customer_id,sum(revenue) FROM usage GROUP BY customer_id")
        s=time.monotonic(); r=expect(await t.post(PROVINCE_OFFICER,"/reviews",{"year":2025}),201); print("propose",time.monotonic()-s, r["customers"], r["changed"])
        s=time.monotonic(); expect(await t.get(PROVINCE,f"/reviews/{r['id']}/lines",limit=50),200); print("page",time.monotonic()-s)
        s=time.monotonic(); a=await t.post(PROVINCE,f"/reviews/{r['id']}/publish"); print("publish",time.monotonic()-s,a.status_code,a.text[:300])
        s=time.monotonic(); a=expect(await t.get(PROVINCE,"/tiers",limit=50),200); print("tiers",time.monotonic()-s)
        s=time.monotonic(); a=expect(await t.get(PROVINCE,"/tiers",limit=50,**{"class":1}),200); print("tiers class 1",time.monotonic()-s, a["total"])
        s=time.monotonic(); a=expect(await t.get(PROVINCE,f"/tiers/{a['items'][0]['customer_id']}"),200); print("one",time.monotonic()-s)
