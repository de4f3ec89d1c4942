"""What is refused about what-ifs, each with a sentence in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from contracts.refusals import Forbidden, Refusal


class NotTheDrafter(Forbidden):
    """Drafts are tried out where classes are proposed."""

    code: ClassVar[str] = "not-the-drafter"

    @classmethod
    def of(cls, because: Mapping[str, Any]) -> Self:
        """Cite who proposes classes."""
        return cls(
            "假设测算由省中心进行。",
            "What-ifs are made by the province's center.",
            because=because,
        )


class NotTheMaker(Forbidden):
    """A what-if is removed by who made it."""

    code: ClassVar[str] = "not-the-maker"

    @classmethod
    def of(cls, name: str) -> Self:
        """Name the what-if."""
        return cls(
            f"假设测算“{name}”由他人建立，只能由建立人删除。",
            f"What-if “{name}” is somebody else's; its maker removes it.",
        )


class NothingDrafted(Refusal):
    """A what-if without any draft asks nothing."""

    code: ClassVar[str] = "nothing-drafted"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "请至少给出一条草案、一项启用或一项停用。",
            "Give at least one draft, adoption or ending.",
            pointer="/drafts",
        )


class NothingDiffers(Refusal):
    """A draft that says what holds anyway."""

    code: ClassVar[str] = "nothing-differs"

    @classmethod
    def of(cls, pointer: str) -> Self:
        """Point at the draft."""
        return cls(
            "草案与所比较的规定相同，不会改变任何客户。",
            "The draft says what holds without it; nobody would move.",
            pointer=pointer,
        )


class UnknownTopic(Refusal):
    """A topic that no class rests on."""

    code: ClassVar[str] = "unknown-topic"

    @classmethod
    def of(cls, topic: str, pointer: str, known: Sequence[str]) -> Self:
        """Name it, and those there are."""
        return cls(
            f"级别不取决于“{topic}”。",
            f"No class rests on {topic}.",
            pointer=pointer,
            extra={"known": list(known)},
        )


class WrongDraft(Refusal):
    """A value that its topic cannot have; the pointer leads into it."""

    code: ClassVar[str] = "wrong-rule-value"


class UnknownPack(Refusal):
    """A pack, or a topic of it, that there is not."""

    code: ClassVar[str] = "unknown-pack"


class NotAdopted(Refusal):
    """An adoption that is not there cannot end."""

    code: ClassVar[str] = "not-adopted"

    @classmethod
    def of(cls, org_id: str, pack: str, pointer: str) -> Self:
        """Name both."""
        return cls(
            f"{org_id} 当日未启用 {pack}。",
            f"{org_id} has not adopted {pack} on that day.",
            pointer=pointer,
        )


class DraftedTwice(Refusal):
    """Two drafts of one topic at one organisation."""

    code: ClassVar[str] = "drafted-twice"

    @classmethod
    def of(cls, pointer: str) -> Self:
        """Point at the second."""
        return cls(
            "同一单位的同一条目有两个草案。",
            "One topic is drafted twice at one organisation.",
            pointer=pointer,
        )


class OutsideTheWhatIf(Refusal):
    """A draft for an organisation that the what-if does not cover."""

    code: ClassVar[str] = "outside-the-what-if"

    @classmethod
    def of(cls, org_id: str, over: str, pointer: str) -> Self:
        """Name the organisation and what is covered."""
        return cls(
            f"{org_id} 的规定不影响 {over} 的客户。",
            f"The law of {org_id} does not bear on customers of {over}.",
            pointer=pointer,
        )


class NoLawLeft(Refusal):
    """Without a topic that classes cannot do without, nobody could be rated."""

    code: ClassVar[str] = "no-law-left"

    @classmethod
    def of(cls, topic: str, org_id: str, pointer: str) -> Self:
        """Name what is missing, and where."""
        return cls(
            f"按此草案，{org_id} 没有“{topic}”的规定，无法评定。",
            f"By these drafts {org_id} has no law on {topic}; nobody could be rated.",
            pointer=pointer,
            extra={"topic": topic, "org_id": org_id},
        )


class TierWithoutClass(Refusal):
    """A tier of a drafted table that stands for no class of the common scale."""

    code: ClassVar[str] = "tier-without-class"

    @classmethod
    def of(cls, tier: str, pointer: str, known: Sequence[str]) -> Self:
        """Name it, and those that do."""
        return cls(
            f"级别“{tier}”没有对应的通用级别。",
            f"Tier {tier} stands for no class of the common scale.",
            pointer=pointer,
            extra={"known": list(known)},
        )


class NameTaken(Refusal):
    """Another what-if of the center has the name."""

    code: ClassVar[str] = "name-taken"

    @classmethod
    def of(cls, name: str, what_if_id: str) -> Self:
        """Name the one that has it."""
        return cls(
            f"已有名为“{name}”的假设测算。",
            f"There is a what-if named “{name}” already.",
            pointer="/name",
            extra={"what_if_id": what_if_id},
        )


class TooManyWhatIfs(Refusal):
    """A center keeps so many and no more."""

    code: ClassVar[str] = "too-many-what-ifs"

    @classmethod
    def of(cls, most: int) -> Self:
        """Say how many."""
        return cls(
            f"本中心已保存 {most} 个假设测算，请先删除不再需要的。",
            f"This center keeps {most} what-ifs already; remove one that is no longer needed.",
            extra={"most": most},
        )


class NotComparable(Refusal):
    """What-ifs of other years or other organisations ask other things."""

    code: ClassVar[str] = "not-comparable"

    @classmethod
    def of(cls, pointer: str) -> Self:
        """Say so."""
        return cls(
            "只能比较同一年度、同一单位范围的假设测算。",
            "Only what-ifs of one year over the same organisations can be compared.",
            pointer=pointer,
        )
