from support.declarations import *
from support.registry import *
from support.service import *
async def test_return_of_held(registry):
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    held = await declared(registry, RIVAL, {"customer": {**first, "phones": []}, "lines": ["ceremonial"]})
    a = await registry.post(OFFICER, f"/declarations/{held['id']}/return", {"reason": "x"})
    print("RETURN HELD", a.status_code, a.json()["state"], a.json().get("claims"))
async def test_approve_of_held(registry):
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    held = await declared(registry, RIVAL, {"customer": {**first, "phones": []}, "lines": ["ceremonial"], "annex_1": FORM})
    for step in ("approve", "annex-1"):
        a = await registry.post(OFFICER if step=="approve" else RIVAL, f"/declarations/{held['id']}/{step}", {"manager_id": str(RIVAL.staff_id)} if step=="approve" else FORM)
        print(step, a.status_code, a.text[:200])
async def test_accept_of_refused(registry):
    code = credit_code()
    await declared(registry, MANAGER, declaration(credit_code=code))
    r = await declared(registry, RIVAL, declaration(credit_code=code))
    for step in ("accept","return","refuse","approve"):
        try:
            a = await registry.post(OFFICER, f"/declarations/{r['id']}/{step}", {} if step=="approve" else {"reason": "x"})
            print("REFUSED", step, a.status_code, a.json().get("code"))
        except AssertionError as e:
            print("REFUSED", step, str(e)[:200])
async def test_accept_of_filed_and_others(registry):
    for state in ("filed", "protected", "approved", "withdrawn"):
        d = await declared(registry, MANAGER, declaration(annex_1=None if state == "protected" else FORM | {"estimated_yearly_fees": "100.00"}))
        if state == "approved":
            await expect(registry.post(OFFICER, f"/declarations/{d['id']}/approve", {"manager_id": str(MANAGER.staff_id)}), 200)
        if state == "withdrawn":
            await expect(registry.post(MANAGER, f"/declarations/{d['id']}/withdraw", {}), 200)
        try:
            a = await registry.post(OFFICER, f"/declarations/{d['id']}/accept", {"reason": "x"})
            print(state, "accept", a.status_code, a.json().get("code"), a.json().get("state"), [(c["line"], c["state"]) for c in a.json().get("claims", [])])
        except AssertionError as e:
            print(state, "accept", str(e)[:100])
