"""What search needs beyond the words as they are: the meaning of clips, and which words there are.

Right after a recording was cut, and every minute for whatever else has changed: some, so that nobody waits for it.
"""

from collections.abc import Callable
from datetime import datetime

from clip.meaning import meaning
from store import meanings, tracks, wording
from store.postgres import Store

MOST = 200  # clips in a round: two seconds or five
_LINES = 500  # clips whose sentences or captions are copied in a round: only those that an older version made
_AT_ONCE = 20


def make_lacking(store: Store, now: Callable[[], datetime], most: int = MOST) -> int:
    """How many were made. Two processes may do so at once: the later one is kept, and both are the same."""
    with store.transaction() as tx:
        meanings.keep_lines_lacking(tx, _LINES)
    with store.transaction() as tx:
        tracks.keep_lacking(tx, _LINES)
    made = 0
    while made < most:
        with store.transaction() as tx:
            lacking = meanings.due(tx, min(_AT_ONCE, most - made))
        if not lacking:
            break
        for each in lacking:
            found = meaning(each.title, each.sentences or ([each.text] if each.text else []), each.language)
            with store.transaction() as tx:
                kept = meanings.keep(tx, each, found.vector if found else None, found.sketches if found else ())
                if kept:
                    wording.note_words(tx, each.clip_id, now())
        made += len(lacking)
    return made


def count_words(store: Store, now: Callable[[], datetime]) -> None:
    with store.transaction() as tx:
        wording.count_words(tx, now())
