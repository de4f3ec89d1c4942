"""What a start refuses to do, told in both languages."""


class Refused(Exception):
    """Says why nothing was started, stopped or removed, and what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
