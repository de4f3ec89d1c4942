"""What a start refuses to do, told in both languages."""


class Refused(Exception):
    """Says why nothing was started, stopped or removed and what to do about it, with what a program printed."""

    def __init__(self, zh: str, en: str, detail: str = "") -> None:
        super().__init__(f"{en}\n{detail}".strip())
        self.zh = zh
        self.en = en
        self.detail = detail.strip()

    def __str__(self) -> str:
        return "\n".join(part for part in (self.detail, self.zh, self.en) if part)
