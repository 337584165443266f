"""A player in front of a recording that is still being rendered: how often it stands still. Pure.

It asks for the playlist as RFC 8216 (6.3.4) says and hls.js does: after the target duration, or half of
it where nothing was new; and it begins with the first fragment it hears of.
"""

from collections.abc import Sequence

TARGET_S = 4.0
_STEP_S = 0.02


def stalls(listed: Sequence[tuple[float, float]], until_s: float) -> list[float]:
    """How long it stood still, each time, before it had played `until_s`.

    `listed`: (when, so many seconds of the recording can be played from its start), in order; the first is
    when it begins. What is never listed is waited for no longer than the last that was.
    """
    now, known = listed[0]
    ends = listed[-1][0] + TARGET_S
    ask_at = now + TARGET_S
    played = 0.0
    waits: list[float] = []
    waiting = False
    while played < min(until_s, listed[-1][1]) and now < ends + until_s:
        now += _STEP_S
        if now >= ask_at:
            found = max(seconds for at, seconds in listed if at <= now)
            ask_at = now + (TARGET_S if found > known else TARGET_S / 2)
            known = found
        if played + _STEP_S <= known:
            played += _STEP_S
            waiting = False
        elif waiting:
            waits[-1] += _STEP_S
        else:
            waits.append(_STEP_S)
            waiting = True
    return waits
