"""Morning: two county teams race for one customer; the winner registers it, the loser finds another."""

import asyncio

from contracts.values import check_digit_mod_11_10
from deploy.story.calling import Json, Person
from deploy.story.day import REGISTRY, Day, articles, expect, moment

GRANTED = "registry.claim.granted.v1"
REGISTERED = "registry.customer.registered.v1"
YEARLY_FEES = "620000.00"
OVERLOADED = "manager-overloaded"
DECLARE_FIRST = ("hubei", "13")


async def race(day: Day) -> None:
    """Both declare at the same moment: the database lets one have it."""
    cast, tell = day.cast, day.tell
    tell.chapter(
        "上午:两个县区团队同时申报同一客户", "Morning: two county teams declare one customer at once"
    )
    tell.say(
        f"{cast.first_team}、{cast.second_team}同时申报“{cast.raced.name}”({cast.raced.credit_code})",
        f"{cast.first_team.org_id} and {cast.second_team.org_id} declare the same firm at once",
    )
    teams = (cast.first_team, cast.second_team)
    body = cast.raced.declaration()
    replies = await asyncio.gather(*(team.post(f"{REGISTRY}/declarations", body) for team in teams))
    answers = [expect(reply, 201, "declare") for reply in replies]
    states = [answer["state"] for answer in answers]
    won = [pair for pair in zip(teams, answers, strict=True) if pair[1]["state"] == "protected"]
    tell.need(len(won) == 1, "恰有一个团队得到保护", "exactly one of them is protected", states)
    winner, granted = won[0]
    loser, other = next(pair for pair in zip(teams, answers, strict=True) if pair[0] is not winner)
    day.records |= {
        "winner": winner,
        "loser": loser,
        "declaration": granted,
        "customer": granted["customer_id"],
    }
    if other["state"] == "held":
        await _held(day, loser, other)
    else:
        _refused(day, winner, granted, other)
    await _one_claim(day, winner, granted)


def _refused(day: Day, winner: Person, granted: Json, other: Json) -> None:
    tell, refusal = day.tell, other.get("refusal") or {}
    tell.claim(
        other["state"] == "refused" and refusal.get("code") == "customer-taken",
        "另一个被拒绝:客户已有人持有",
        "the other is refused: the customer is taken",
        other,
    )
    holder = refusal.get("holder", {})
    tell.claim(
        holder.get("org_id") == winner.org_id,
        f"并告知持有单位:{holder.get('name')}",
        f"it is told who holds it: {winner.org_id}",
        refusal,
    )
    claim = granted["claims"][0]
    tell.claim(
        moment(refusal["since"]) == moment(claim["since"])
        and moment(refusal["until"]) == moment(claim["until"]),
        f"起于{refusal['since'][:16]},止于{refusal['until'][:10]}",
        "since when and until when, as the holder's own claim says",
        (refusal, claim),
    )
    tell.claim(
        "credit-code" in refusal["matched"] and DECLARE_FIRST in articles(refusal.get("because")),
        f"依据:统一社会信用代码相同;{refusal['zh'].split('。')[-1]}",
        "by the same credit code, with the article on declaring first (hubei, art. 13)",
        refusal,
    )


async def _held(day: Day, loser: Person, other: Json) -> None:
    """The names met before the codes did: the center compares, and refuses."""
    day.tell.claim(
        bool(other["reasons"]), "另一个待核:中心并排比较", "the other is held: the center compares", other
    )
    reason = {"reason": "同一客户,已由先申报单位持有"}
    reply = await day.cast.officer.post(f"{REGISTRY}/declarations/{other['id']}/refuse", reason)
    day.tell.claim(
        reply.body.get("state") == "refused",
        f"{day.cast.officer}核对后不同意",
        "the center refuses it",
        reply.body,
    )
    day.records["refused"] = loser


async def _one_claim(day: Day, winner: Person, granted: Json) -> None:
    tell, customer = day.tell, granted["customer_id"]
    listed = expect(
        await day.cast.officer.get(f"{REGISTRY}/claims?customer_id={customer}&state=live"), 200, "claims"
    )
    holders = [claim["org_id"] for claim in listed["items"]]
    tell.claim(
        holders == [winner.org_id],
        f"市中心看到唯一的开发权,属于{winner.org_name}",
        "the center sees one live claim, the winner's",
        listed,
    )
    events = await day.ear.wait(lambda event: event.type == GRANTED and event.subject == customer)
    tell.claim(
        len(events) == 1 and events[0].data["org_id"] == winner.org_id,
        "总线上恰有一个“开发权授予”事件",
        "the bus carries exactly one claim.granted of this customer",
        events,
    )


async def register(day: Day) -> None:
    """Annex 1, approval, code, manager."""
    cast, tell, winner = day.cast, day.tell, day.records["winner"]
    declaration = day.records["declaration"]["id"]
    tell.chapter("报送注册表,市中心批准", "Annex 1 goes in, the city's center approves")
    form = cast.raced.form(winner.name, YEARLY_FEES)
    filed = expect(await winner.post(f"{REGISTRY}/declarations/{declaration}/annex-1", form), 200, "annex 1")
    tell.claim(filed["state"] == "filed", "注册表已报市中心", "annex 1 is with the center", filed["state"])
    approved = await _approve(day, declaration)
    code = approved["customer_code"]
    tell.need(
        len(code) == 14 and check_digit_mod_11_10(code[:-1]) == code[-1],
        f"发给客户代码 {code},校验位正确",
        f"the customer gets code {code}, its check digit right",
        approved,
    )
    tell.claim(
        code[:6] == cast.officer.org_id,
        "代码以所属市的区划代码开头",
        "the code begins with that of the city",
        code,
    )
    day.records["code"] = code
    await _registered(day, code)


async def _registered(day: Day, code: str) -> None:
    """The customer as its unit sees it, and as the bus told it."""
    tell, winner = day.tell, day.records["winner"]
    shown = expect(await winner.get(f"{REGISTRY}/customers/{code}"), 200, "customer")
    manager = shown.get("manager") or {}
    tell.claim(
        shown["state"] == "registered" and shown["responsible"]["org_id"] == winner.org_id and bool(manager),
        f"客户已注册,客户经理{manager.get('name')}",
        "the customer is registered with a manager of the unit",
        shown,
    )
    tell.claim(
        shown["class"] == 1 and shown["vip"] is True,
        "按预计年费用定为一级,一级即VIP",
        "the form's yearly fees make class 1, and class 1 is always VIP",
        (shown.get("class"), shown.get("vip")),
    )
    claims = [claim for claim in shown["claims"] if claim["state"] == "live"]
    tell.claim(
        len(claims) == 1 and "until" not in claims[0],
        "开发权转为长期,不再有到期日",
        "the claim now stands, with no end",
        shown["claims"],
    )
    events = await day.told(REGISTERED, f"customer:{shown['customer_id']}")
    tell.claim(
        len(events) == 1 and events[0].data["customer_code"] == code,
        "总线上恰有一个“客户注册”事件",
        "the bus carries one customer.registered",
        events,
    )


async def _approve(day: Day, declaration: str) -> Json:
    """The center approves; a manager with too much already needs the director and a reason."""
    path = f"{REGISTRY}/declarations/{declaration}/approve"
    reply = await day.cast.officer.post(path, {})
    if reply.code != OVERLOADED:
        return expect(reply, 200, "approve")
    day.tell.claim(
        ("hubei", "10") in articles(reply.body.get("because")),
        "客户经理负荷超限,专员不能批准(第10条)",
        "the manager's load is beyond bounds, an officer may not approve (art. 10)",
        reply.body,
    )
    day.tell.say(f"{day.cast.director}附理由批准", "the center's director approves, with a reason")
    body = {"override_reason": "过渡期内由现任客户经理兼管"}
    return expect(await day.cast.director.post(path, body), 200, "approve by the director")


async def declare_another(day: Day) -> None:
    """The team that lost protects another firm, and will not file for it."""
    loser: Person = day.records["loser"]
    day.tell.chapter("落选团队另找一家", "The other team finds another firm")
    reply = await loser.post(f"{REGISTRY}/declarations", day.cast.idle.declaration())
    declared = expect(reply, 201, "declare another")
    claims = declared.get("claims", [])
    day.tell.need(
        declared["state"] == "protected" and len(claims) == 1,
        f"“{day.cast.idle.name}”受保护至{claims[0]['until'][:10] if claims else '?'}",
        "it is protected at once",
        declared,
    )
    day.records |= {"idle": declared, "idle_claim": claims[0]}
