"""Customers register: units' forms go in by the workbook, the center approves them by the list."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from deploy.seed import bodies
from deploy.seed.adoptions import PROVINCE
from deploy.seed.client import CallFailedError, Upload
from deploy.seed.duplicates import Duplicate, planted
from deploy.seed.forms import customer_file, registration
from deploy.seed.forms.customer_file import FiledCustomer
from deploy.seed.forms.registration import Declared
from deploy.seed.house import DIRECTOR, OFFICER, House, batches, together
from deploy.seed.plan import Customer
from deploy.seed.progress import Progress

FORMS = 200
PROVINCE_FROM_CLASS = 2
HERE_ALREADY = frozenset({"approved", "filed", "protected", "held"})


class Registering:
    """Takes customers in, those that register in a month together."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[str, dict[str, Any]] = {}
        self._codes: dict[int, str] = {}
        self._starting: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._duplicates: dict[int | None, list[Duplicate]] = defaultdict(list)
        self._sort()

    def _sort(self) -> None:
        plan = self._house.plan
        for index in range(len(plan.customers)):
            assignment = plan.customers.assignment(index)
            if assignment.stage == "approved":
                city = plan.city_of(assignment.unit)
                self._starting[plan.customers.fate(index).registers][city].append(index)
        for duplicate in planted(plan):
            self._duplicates[duplicate.month].append(duplicate)

    async def recall(self) -> None:
        """Ask what an earlier load has declared and registered."""
        house, director = self._house, self._house.account(PROVINCE, DIRECTOR)
        async for item in house.client.each(director, "/declarations"):
            if item["state"] in HERE_ALREADY:
                self._known[item["customer"]["name"]] = item
        if not self._known:
            return
        codes = {
            item["customer_id"]: item["customer_code"]
            async for item in house.client.each(director, "/customers")
            if item.get("customer_code")
        }
        for customer in self._in_order():
            code = codes.get(self._known.get(customer.firm.name, {}).get("customer_id"))
            if code:
                house.ledger.enter(customer, code)
                self._codes[customer.firm.index] = code

    def _in_order(self) -> Iterator[Customer]:
        """Those who register, in the order in which they do."""
        for start in sorted(self._starting):
            for city in self._house.plan.cities:
                yield from map(self._house.plan.customers.__getitem__, self._starting[start][city])

    def registered_until(self, offset: int) -> bool:
        """Whether an earlier load has everybody who registers up to a month."""
        return all(self._has(customer) for customer in self._in_order() if customer.fate.registers <= offset)

    @property
    def complete(self) -> bool:
        """Whether everybody is declared who is to be."""
        return all(self._has(customer) for customer in self._house.plan.customers)

    async def begin(self, offset: int) -> None:
        """Register everybody whose forms come in this month, and send what is declared twice."""
        house, starting = self._house, self._starting[offset]
        progress = Progress("客户 customers", sum(map(len, starting.values()))) if offset == 0 else None

        async def city(code: str) -> None:
            for indexes in batches(starting[code], FORMS):
                customers = list(map(house.plan.customers.__getitem__, indexes))
                await self._register(code, customers, house.plan.months[offset])
                if progress is not None:
                    progress.step(len(indexes))

        async with house.part("registering"):
            await house.in_each_city(city)
            await together(map(self._again, self._duplicates[offset]))
        if progress is not None:
            progress.close()

    async def wait_at_the_end(self, today: str) -> None:
        """Declare those who stay prospects or wait for the center, and those that look like somebody else's."""
        house = self._house
        waiting: dict[str, list[Customer]] = defaultdict(list)
        protected = []
        for index in range(len(house.plan.customers)):
            stage = house.plan.customers.assignment(index).stage
            if stage == "approved" or self._has(customer := house.plan.customers[index]):
                continue
            if stage == "filed":
                waiting[house.plan.city_of(customer.assignment.unit)].append(customer)
            else:
                protected.append(customer)

        async def city(code: str) -> None:
            for customers in batches(waiting[code], FORMS):
                await self._declare(code, customers, today)

        async with house.part("registering"):
            await house.in_each_city(city)
            await together(map(self._protect, protected))
            await together(map(self._again, self._duplicates[None]))

    def _has(self, customer: Customer) -> bool:
        return customer.firm.name in self._known

    async def _register(self, city: str, customers: Sequence[Customer], month: str) -> None:
        """Declare and approve those whom no earlier load has, and file what is known of all of them."""
        fresh = [customer for customer in customers if not self._has(customer)]
        declared = await self._declare(city, fresh, f"{month}-01") if fresh else []
        forms = [(customer, item["declaration_id"]) for customer, item in declared]
        forms += [(c, self._known[c.firm.name]["id"]) for c in customers if self._waits(c)]
        codes = self._codes | dict(await self._approve(city, forms))
        filed = [
            FiledCustomer(customer, codes[customer.firm.index], self._house.plan.seed)
            for customer in customers
            if customer.fate.filed and customer.firm.index in codes
        ]
        await self._file(city, filed)

    def _waits(self, customer: Customer) -> bool:
        """Whether an earlier load declared the customer and ended before the center decided."""
        return self._known.get(customer.firm.name, {}).get("state") == "filed"

    async def _approve(self, city: str, filed: Sequence[tuple[Customer, str]]) -> list[tuple[int, str]]:
        """Have the city's director approve forms; answers index and code."""
        if not filed:
            return []
        items = [{"id": declared, **bodies.approval(customer)} for customer, declared in filed]
        path = "/declarations/approve-many"
        answer = await self._house.client.post(self._house.account(city, DIRECTOR), path, {"items": items})
        codes = []
        for (customer, _), item in zip(filed, answer["items"], strict=True):
            if item.get("problem"):
                raise CallFailedError(f"{customer.firm.name} was not approved: {item['problem']}")
            self._house.ledger.enter(customer, item["customer_code"])
            self._house.made["approved"] += 1
            codes.append((customer.firm.index, item["customer_code"]))
        return codes

    async def _declare(
        self, city: str, customers: Sequence[Customer], day: str
    ) -> list[tuple[Customer, dict[str, Any]]]:
        """Send the forms of one workbook; what is refused though the plan did not mean it fails the load."""
        plan, client = self._house.plan, self._house.client
        book = registration.as_workbook(Declared(customer, plan, day) for customer in customers)
        upload = Upload(f"annex-1-{city}-{day}.xlsx", book, {"org_id": city})
        answer = await client.upload(self._house.account(city, OFFICER), "/declarations/import", upload)
        by_sheet = {item["sheet"]: item for item in answer["items"]}
        declared = [(customer, by_sheet[str(number)]) for number, customer in enumerate(customers, start=1)]
        for customer, item in declared:
            if item.get("state") != "filed":
                raise CallFailedError(f"the form of {customer.firm.name} was not taken: {item}")
            self._house.made["filed"] += not customer.registered
        return declared

    async def _file(self, city: str, filed: Sequence[FiledCustomer]) -> None:
        """Build the customers' files; those of the best classes go to the province as well."""
        if not filed:
            return
        upload = Upload(f"annex-2-{city}.xlsx", customer_file.as_workbook(filed), {})
        officer = self._house.account(city, OFFICER)
        answer = await self._house.client.upload(officer, "/customers/files/import", upload)
        if answer["refused"]:
            refused = next(item for item in answer["items"] if item.get("problems") or item.get("refusal"))
            raise CallFailedError(f"{answer['refused']} files of {city} were not taken, among them {refused}")
        self._house.made["files"] += len(filed)
        best = [one for one in filed if one.customer.assignment.customer_class <= PROVINCE_FROM_CLASS]
        await together(self._file_with_the_province(officer, one.code) for one in best)

    async def _file_with_the_province(self, officer: str, code: str) -> None:
        await self._house.client.post(officer, f"/customers/{code}/file/filings", {"with": "province"})

    async def _protect(self, customer: Customer) -> None:
        body = bodies.declaration(customer)
        await self._house.client.post(customer.assignment.manager_no, "/declarations", body)
        self._house.made["protected"] += 1

    async def _again(self, duplicate: Duplicate) -> None:
        house = self._house
        body = bodies.declared_again(duplicate, house.plan.customers[duplicate.of])
        answer = await house.client.post(duplicate.manager_no, "/declarations", body)
        house.made[str(answer["state"])] += 1
