import time
from datetime import date
from support.service import *
from tiering.queries.annex3 import ROWS
from support.usage_filing import customer, id_of
async def test_plan(tiering):
    c = await customer(tiering, "420525"); cid = await id_of(tiering, c)
    db=tiering.runtime.database
    async with db.worker.acquire() as con:
        await con.execute("insert into customer(customer_id,code,name,responsible_org_id,state) select uuidv7(), lpad(i::text,14,'0'),'x',case when i%50=0 then '420525' else '420106' end,'registered' from generate_series(1,20000) i")
        await con.execute("insert into usage (customer_id,line,month,version,revenue,pieces,weight_kg,org_id,recorded) select customer_id,'ceremonial',m,1,5,1,1,'420100',now() from generate_series('2024-03-01'::date,'2026-02-01','1 month') m, customer")
        await con.execute("vacuum analyze usage"); await con.execute("analyze customer"); await con.execute("analyze organisation")
        for r in await con.fetch("explain (analyze,buffers) "+ROWS,"CN.420000.420500.420525",date(2026,2,1),date(2026,1,1),date(2026,1,1),date(2025,1,1),date(2025,2,1),1000): print(r[0][:150])
    for who,params in ((FAR_OFFICER,dict(customer=c,history=True)),(PROVINCE,dict(customer=c)),(PROVINCE,dict(month="2026-02")),(PROVINCE,{}),(FAR_OFFICER,{}),(FAR_OFFICER,dict(month="2026-02")),(PROVINCE,dict(org_id="420525",month="2026-02"))):
        t=time.perf_counter(); a=await tiering.get(who,"/usage",**params); print(who.org_id,params,round(time.perf_counter()-t,3),a.status_code,a.json().get("total"))
    t=time.perf_counter(); a=await tiering.get(FAR_OFFICER,"/usage-files/form.xlsx",month="2026-02",org_id="420525"); print("form",time.perf_counter()-t, a.status_code, len(a.content))
