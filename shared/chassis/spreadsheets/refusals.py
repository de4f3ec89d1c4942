"""Why a workbook is not read at all."""

from typing import ClassVar

from contracts.refusals import Refusal


class WorkbookRefused(Refusal):
    """Base: the file as a whole cannot be taken; nothing of it was read."""

    code: ClassVar[str] = "workbook-refused"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, pointer="/file")


class WorkbookTooLarge(WorkbookRefused):
    """More bytes, parts, sheets, rows, columns or text than is read."""

    code: ClassVar[str] = "workbook-too-large"


class NotAWorkbook(WorkbookRefused):
    """Not an .xlsx file, or a broken one."""

    code: ClassVar[str] = "not-a-workbook"


class WorkbookEncrypted(WorkbookRefused):
    """Protected by a password, or of the old binary kind; the two look the same from outside."""

    code: ClassVar[str] = "workbook-encrypted"


class WorkbookBomb(WorkbookRefused):
    """Packed so that a small file unpacks into a huge one."""

    code: ClassVar[str] = "workbook-bomb"


class WorkbookWithMacros(WorkbookRefused):
    """Carries a program."""

    code: ClassVar[str] = "workbook-with-macros"


class WorkbookWithLinks(WorkbookRefused):
    """Takes cells, objects or data from elsewhere."""

    code: ClassVar[str] = "workbook-with-links"
