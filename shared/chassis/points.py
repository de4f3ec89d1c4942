"""Named points at which a test's process may be made to die; in every other process they are nothing."""

from collections.abc import Callable, Mapping

POINTS: Mapping[str, str] = {
    "write.before-commit": "effect, events and kept answer are in the transaction; nothing of it is durable",
    "write.after-commit": "effect, events and kept answer are durable; the caller knows nothing of it",
    "intake.after-commit": "a case, its clocks, event and kept answer are durable; the caller knows nothing of it",
    "publish.after-batch": "one batch of a page is acknowledged; others of the page may be or not",
    "relay.before-publish": "a page was read from the outbox; nothing of it is published",
    "relay.after-publish": "every batch of a page is acknowledged; its rows are still in the outbox",
    "relay.after-move": "the rows of a page are in the event log; nothing else was done for them",
    "relay.before-republish": "the topics of a broker that lost our log are laid anew; nothing is published again",
    "relay.after-republish": "the log is published again; the broker is not marked as holding it",
    "relay.after-mark": "the broker holds the log again and is marked so; the outbox was not looked at since",
    "consumer.before-commit": "inbox and effect of a batch are in the transaction; nothing of it is durable",
    "consumer.after-commit": "inbox and effect of a batch are durable; memory was not brought up to date",
    "consumer.before-offset": "everything fetched has had its effect; the broker does not know how far we are",
    "consumer.after-offset": "the broker knows how far we are; nothing more was fetched",
    "consumer.before-parking": "a bad record is set aside and told in the transaction; nothing of it is durable",
    "consumer.after-parking": "a bad record is set aside; the broker does not know how far we are",
    "deadlines.before-commit": "steps were fired with their events and reactions; nothing of it is durable",
    "deadlines.after-commit": "fired steps are durable; the relay was not woken",
    "housekeeping.before-commit": "looks are sealed in a block, old keys dropped; nothing of it is durable",
    "usage.after-begin": "a file is known to be readable; no row of it is taken",
    "usage.before-commit": "a portion's rows, events and count are in the transaction; nothing of it is durable",
    "usage.after-portion": "a portion is durable; the next was not begun",
    "usage.before-finish": "sums, filing and state of a file are in the transaction; nothing of it is durable",
    "usage.after-finish": "a file is loaded; the relay was not woken",
    "review.after-portion": "part of a proposal's lines is in the transaction, its progress beside it; none is durable",
    "review.before-commit": "a proposal is whole in the transaction; nothing of it is durable",
    "replay.after-page": "a page of the log is told again and counted; more of the log may not be",
    "replay.before-done": "the whole log was told again; the replay still counts as running",
    "rebuild.after-laying": "the shadow is laid and empty; nothing was heard",
    "rebuild.after-effect": "a batch has had its effect in the shadow; the living tables are as they were",
    "rebuild.before-taking-over": "the shadow holds everything, the living consumer is held; nothing was taken over",
    "rebuild.before-commit": "what differs is taken over in the transaction; nothing of it is durable",
    "rebuild.after-commit": "what differed is taken over and the shadow is gone; the lock is still held",
    "replay.after-done": "the replay counts as done; its lock is still held",
}
"""Every point, with what has happened there and what not."""


def _go_on(_name: str) -> None:
    return None


_reached: Callable[[str], None] = _go_on


def reach(name: str) -> None:
    """Say that execution has come to this point."""
    _reached(name)


def replace(reached: Callable[[str], None]) -> None:
    """Let a test's process decide what happens at every point."""
    global _reached
    _reached = reached
