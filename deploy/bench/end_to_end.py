"""End to end: a complaint answered → seen on the event stream, beside produce → consume on the bare broker."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.broker import Broker
from chassis.settings import Settings
from deploy.bench.intake import DESK, body
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench

RATE = 100
SECONDS = 8.0
ROUNDS = 3
SETTLE = 2.0
DRAIN = 120.0
MEDIAN_MS, TAIL_MS = 12.0, 40.0
TOPIC = "bench.latency"


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run the bare broker and the whole road in turn, at the same rate."""
    bench.leave_running("console", "service-desk")
    settings = bench.settings("service-desk")
    broker = Broker(settings)
    await broker.lay([TOPIC])
    await broker.close()
    ours: list[Run] = []
    floor: list[Run] = []
    for number in range(1, ROUNDS + 1):
        say(f"end to end, round {number} of {ROUNDS}")
        floor.append(await _through_the_broker(settings))
        ours.append(await _through_the_platform(bench))
    p50 = middle(ours, "p50") - middle(floor, "p50")
    p99 = middle(ours, "p99") - middle(floor, "p99")
    return Comparison(
        bench="end to end",
        does="POST complaint answered → its event seen on the console's stream",
        setting=f"{RATE} a second, {ROUNDS} rounds of {SECONDS:g} s in turn; floor: produce → consume on the same broker",
        ours=ours,
        floor=floor,
        to_reach=f"p50 ≤ +{MEDIAN_MS:g} ms, p99 ≤ +{TAIL_MS:g} ms",
        ratios={"p50 above the broker, ms": round(p50, 2), "p99 above the broker, ms": round(p99, 2)},
        reached=p50 <= MEDIAN_MS and p99 <= TAIL_MS,
    )


async def _through_the_broker(settings: Settings) -> Run:
    bootstrap = settings.kafka_bootstrap
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=0, enable_idempotence=settings.kafka_idempotent
    )
    await producer.start()
    await producer.send_and_wait(TOPIC, b"{}", partition=0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=50, auto_offset_reset="latest")
    await consumer.start()
    consumer.assign([TopicPartition(TOPIC, 0)])
    await consumer.seek_to_end()
    await consumer.position(TopicPartition(TOPIC, 0))
    latencies: list[float] = []

    async def consume() -> None:
        async for record in consumer:
            moment = time.perf_counter()
            latencies.append(moment - float(record.value))

    reading = asyncio.create_task(consume())
    await _paced(lambda _: producer.send(TOPIC, str(time.perf_counter()).encode(), partition=0))
    await asyncio.sleep(SETTLE)
    reading.cancel()
    await consumer.stop()
    await producer.stop()
    return Run.of(latencies, SECONDS)


async def _through_the_platform(bench: Bench) -> Run:
    token = bench.token("hotline-agent", DESK)
    answered: dict[str, float] = {}
    seen: dict[str, float] = {}
    headers = {"Authorization": f"Bearer {token}"}
    desk = bench.instance.layout.url("service-desk")
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=20) as client:
        reading = asyncio.create_task(_read_stream(client, bench.console, seen))

        async def post(number: int) -> str:
            key = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
            answer = await client.post(f"{desk}/v1/complaints", content=body(number), headers=key)
            moment = time.perf_counter()
            answer.raise_for_status()
            complaint: str = answer.json()["id"]
            answered[complaint] = moment
            return complaint

        probe = await post(-1 % 100_000_000)
        await _until_seen(probe, seen)
        answered.clear()
        await _paced(post)
        await asyncio.sleep(SETTLE)
        reading.cancel()
    missing = answered.keys() - seen.keys()
    if missing:
        raise LookupError(
            f"{len(missing)} of {len(answered)} answered complaints were not seen on the stream"
        )
    return Run.of([max(0.0, seen[one] - answered[one]) for one in answered], SECONDS)


async def _until_seen(complaint: str, seen: dict[str, float]) -> None:
    """Wait until the road is clear of what benches before have left on it."""
    async with asyncio.timeout(DRAIN):
        while complaint not in seen:  # noqa: ASYNC110 - a bench may look ten times a second
            await asyncio.sleep(0.1)


async def _read_stream(client: httpx.AsyncClient, console: str, seen: dict[str, float]) -> None:
    parameters = {"types": "service-desk.complaint.received.*"}
    async with client.stream("GET", f"{console}/v1/stream", params=parameters) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                moment = time.perf_counter()
                event = json.loads(line[5:])
                seen[event["data"]["complaint_id"]] = moment


async def _paced(act: Callable[[int], object]) -> None:
    """Act at an even rate, whatever each act takes."""
    began = time.perf_counter()
    tasks = []
    for number in range(int(RATE * SECONDS)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        tasks.append(asyncio.ensure_future(act(number)))  # type: ignore[call-overload]
    await asyncio.gather(*tasks)
