from support.service import OFFICER, ServiceUnderTest
async def test_up(tiering: ServiceUnderTest) -> None:
    a = await tiering.get(OFFICER, "/deadlines")
    assert a.status_code == 200
