"""What a caller adds to an open complaint."""

from dataclasses import replace

from service_desk.commands import AddWords
from service_desk.handlers.steps import Target
from service_desk.model.cases import Move
from service_desk.model.refusals import CaseEnded
from service_desk.ports.desk import Complaints, Step


async def add_words(command: AddWords, target: Target, complaints: Complaints) -> None:
    """Put words on record with an open complaint, wherever it stands; raises CaseEnded."""
    complaint = await complaints.get(target.reference, target.version)
    if complaint.ended:
        raise CaseEnded.of(complaint.case_no, complaint.state)
    after = replace(complaint, version=complaint.version + 1)
    words = {"content": command.content, "channel": command.channel.value}
    await complaints.save(Step(Move.ADD, complaint, after, words))
