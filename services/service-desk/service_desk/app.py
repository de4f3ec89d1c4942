"""The service desk put together."""

from chassis.bus import Handler
from chassis.http.app import Service, create_app
from chassis.http.hot import HotApp
from chassis.runtime import Parts, Runtime
from service_desk.api import (
    additions,
    batch,
    callers,
    compensations,
    complaints,
    intake,
    occasions,
    persons,
    reading,
    requests,
    seats,
    settlements,
)
from service_desk.api.refusals import REFUSALS
from service_desk.api.statuses import STATUSES
from service_desk.consumers import PROJECTION, Hearing
from service_desk.repository.attachments import hung_on
from service_desk.repository.rounds import Rounds
from service_desk.settings import DeskSettings


def hear(runtime: Runtime) -> dict[str, Handler]:
    """Give what the desk does with others' events."""
    return dict(Hearing(runtime.vault).handlers())


def create() -> HotApp:
    """Build the application from the environment."""
    settings = DeskSettings()
    service = Service(
        title="service-desk",
        routers=(
            callers.router,
            intake.router,
            batch.router,
            additions.router,
            complaints.router,
            reading.router,
            seats.router,
            compensations.router,
            settlements.router,
            requests.router,
            occasions.router,
            persons.router,
        ),
        statuses=STATUSES,
        refusals=REFUSALS,
        hung_on=hung_on,
        parts=Parts(
            topics=("keypost.registry", "keypost.tiering"),
            consumes=hear,
            projects=lambda _: PROJECTION,
            loops=lambda runtime: {"rounds": Rounds(runtime, settings).run()},
        ),
    )
    app = create_app(settings, service)
    app.add_hot(intake.HOT, callers.HOT)
    return app
