"""Progress on stderr: bars on a terminal, a line now and then where there is none."""

import sys
import time
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

PLAIN_EVERY_S = 10.0


class Progress:
    """Bars for the steps of one file, or for the bytes of several."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._console = Console(file=sys.stderr)
        self._bars = Bars(
            TextColumn("{task.description:24.24}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._said = time.monotonic()

    def __enter__(self) -> "Progress":
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def step(self, name: str, fraction: float) -> None:
        """A step of the file is this far, 0 to 1."""
        self._show(f"{self._name} {name}", fraction)

    def bytes(self, file: Path, sent: int, total: int) -> None:
        """So many of a file's bytes are safe on the server."""
        self._show(file.name, sent / total if total else 1.0)

    def ended(self, file: Path, words: str, *, well: bool = True) -> None:
        """A file is done with: its bar makes room for the next one's, and what became of it stays."""
        if (task := self._tasks.pop(file.name, None)) is not None:
            self._bars.remove_task(task)
        self._console.print(f"{file.name}: {words}", highlight=False, markup=False, style=None if well else "red")

    def done(self, words: str) -> None:
        self._console.print(f"{self._name}: {words}", highlight=False, markup=False)

    def failed(self, words: str) -> None:
        self._console.print(f"{self._name}: {words}", highlight=False, markup=False, style="red")

    def _show(self, label: str, fraction: float) -> None:
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label.replace("[", "("), total=1.0)
        self._bars.update(self._tasks[label], completed=fraction)
        if not self._console.is_terminal and time.monotonic() - self._said > PLAIN_EVERY_S:
            self._said = time.monotonic()
            self._console.print(f"{label}: {fraction:.0%}", highlight=False, markup=False)
