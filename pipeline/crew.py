"""Worker processes, started again when they die. Processes, never threads: a step may take a core."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST_LIFE_S = 5.0  # one that died sooner is not started again at once


@dataclass(frozen=True)
class Hand:
    """One worker process: the queues it takes its jobs from, most urgent first."""

    queues: tuple[str, ...]
    nice: int = 0  # how much it leaves the processor to the others, as nice(1) counts


def default_crew(keep_queue: str, cores: int | None = None) -> tuple[Hand, ...]:
    """One hand for what takes seconds; for renders and for speech one on each four cores; one for reels."""
    each = max(1, (cores or os.cpu_count() or 1) // 4)
    return (
        Hand((keep_queue, "light")),
        *[Hand(("media",)) for _ in range(each)],
        # A recording that plays is waited for sooner than its words: on few cores they share what is left.
        *[Hand(("speech",), nice=5) for _ in range(each)],
        # A reel is waited for by nobody who has just sent a tip.
        Hand(("reels",), nice=10),
    )


class Crew:
    """Runs `passiton work` for every hand until `stop`."""

    def __init__(self, hands: Sequence[Hand], environment: dict[str, str]) -> None:
        self._hands = hands
        self._environment = environment
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for i, hand in enumerate(self._hands):
            thread = threading.Thread(target=self._keep, args=(hand,), name=f"hand-{i}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience_s: float = 15.0) -> None:
        """Lets every worker put its job back, and waits for it."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(patience_s)

    def _keep(self, hand: Hand) -> None:
        argv = [sys.executable, "-m", "pipeline.cli", "work", "--queues", ",".join(hand.queues), "--tied"]
        argv += ["--nice", str(hand.nice)]
        while not self._stopping.is_set():
            began = time.monotonic()
            # stdin is the tie: it closes when this process dies, and the worker ends itself.
            with subprocess.Popen(argv, env=self._environment, stdin=subprocess.PIPE) as process:  # noqa: S603 - our own
                while process.poll() is None and not self._stopping.wait(0.2):
                    pass
                if process.poll() is None:
                    _end(process)
            if time.monotonic() - began < SHORTEST_LIFE_S:
                self._stopping.wait(SHORTEST_LIFE_S)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Time to put its job back; then no more."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
