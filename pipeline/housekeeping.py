"""What a machine with staging files does every minute: finish what a kill interrupted, clear what is left over."""

import logging
import threading
import time
from datetime import timedelta

from domain.errors import PassItOnError
from pipeline.originals import UNUSED_S, let_go
from pipeline.wiring import House
from store import recordings

EVERY_S = 60.0
UNDECIDED = timedelta(days=7)  # so long the bytes of a file that was sent twice wait for somebody who wants both

log = logging.getLogger(__name__)


def keep_house(house: House, ended: threading.Event) -> None:
    """Runs until `ended`. Trouble is logged and tried again at the next round."""
    while True:
        try:
            tidy(house)
        except (PassItOnError, OSError):
            log.exception("housekeeping could not finish; the next round tries again")
        if ended.wait(EVERY_S):
            return


def tidy(house: House) -> None:
    """One round: uploads whose last byte came become recordings; staging files that are kept go, old originals too."""
    intake = house.tools.intake
    intake.recover()
    intake.sweep()
    for upload_id in intake.arrived():
        with house.services.store.transaction() as tx:
            recording = recordings.by_upload(tx, upload_id)
        # The step that keeps the original forgets the upload after its commit, where a kill can come between.
        if recording is not None and (
            recording.original_key is not None
            or recording.original_gone_at is not None
            or recording.deleted_at is not None
            or (recording.refusal_code == "already_here" and recording.created_at < house.services.now() - UNDECIDED)
        ):
            intake.forget(upload_id)
    tools = house.tools
    tools.originals.drop_unused(time.time() - UNUSED_S)
    let_go(tools.store, tools.objects, tools.originals, days=house.settings.originals_days, now=house.services.now())
