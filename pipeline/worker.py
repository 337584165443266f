"""`passiton work`: takes jobs until it is told to end."""

import contextlib
import os
import signal
import socket
import threading

from domain.errors import Invalid
from pipeline import edges, jobs, reels
from pipeline.crew import Crew, Hand
from pipeline.housekeeping import keep_house, tidy_copies
from pipeline.journey import QUEUES
from pipeline.settings import Settings
from pipeline.wiring import KEEP_QUEUE, open_house
from transcode.confine import keep_nice


def work(settings: Settings, queues: tuple[str, ...], *, slots: int, nice: int, tied: bool) -> None:
    """Runs jobs of `queues`, in `slots` processes. `tied`: ends when stdin closes, with its parent."""
    for queue in queues:
        if queue not in (*QUEUES, reels.QUEUE) and not queue.startswith(KEEP_QUEUE):
            known = ", ".join((*QUEUES, reels.QUEUE))
            raise Invalid(f"There is no queue {queue}. Choose from {known}.", code="no_such_queue")
    if slots > 1:
        _several(Hand(queues, nice), slots)
        return
    if nice:
        with contextlib.suppress(PermissionError):  # we lead a session already
            os.setsid()
        os.nice(nice)
        keep_nice()
    if tied:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with open_house(settings) as house:
        ended = threading.Event()
        housekeeper = threading.Thread(target=keep_house, args=(house, ended, tidy_copies), daemon=True)
        housekeeper.start()
        try:
            name = f"{socket.gethostname()}:{os.getpid()}"
            # A film takes minutes, and begins anew after a kill: it need not lose its turn too.
            in_turn = reels.QUEUE if reels.QUEUE in queues else None
            jobs.work(house.dsn, (edges.QUEUE, *queues), house.carry, name=name, in_turn=in_turn)
        finally:
            ended.set()
            housekeeper.join()


def _several(hand: Hand, slots: int) -> None:
    crew = Crew([hand] * slots, dict(os.environ))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    crew.start()
    ended.wait()
    crew.stop()


def _end_with_parent() -> None:
    # Not sys.stdin: Python cannot end while another thread holds its lock.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
