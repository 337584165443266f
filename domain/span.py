"""A run of recording time."""

from dataclasses import dataclass

from domain.errors import Invalid


@dataclass(frozen=True, order=True)
class Span:
    """[start_ms, end_ms) of a recording. It runs forward or does not exist."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if self.start_ms < 0:
            raise Invalid("A clip cannot begin before its recording does.", code="span_before_start")
        if self.end_ms <= self.start_ms:
            raise Invalid("A clip's end has to come after its start.", code="span_backwards")

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms

    def covers(self, at_ms: int) -> bool:
        return self.start_ms <= at_ms < self.end_ms
