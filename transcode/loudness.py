"""How a measured loudness is brought to the one that everything is played at: ffmpeg's filters, by name. Pure."""

from typing import Any

from domain.media import Loudness, Rest

LOUDNESS_LUFS = -16.0  # what phones and browsers are heard at without touching the volume (AES TD1008)
PEAK_DBTP = -1.0  # in what players get
_OVERSHOOT_DB = 0.8  # what lies between two samples and what AAC adds come on top of a peak; as much with noise
_MOST_GAIN_DB = 20.0  # a recording of nothing but a quiet room must not become a waterfall
_SILENCE_LUFS = -69.0  # ebur128 says -70 when everything is below its gate
_UNHEARD_DB = 1.5  # a recording whose head is no further from the rest in loudness has one gain
_TURN_S = 10  # in which one gain becomes another: as long as a hand at the fader takes
_AHEAD_S = 0.25  # by so much, and more, encoder and limiter look ahead: until then the rest must sound like the head

# level: do not raise everything to the limit again. latency: no delay from looking ahead.
_LIMITER = ("alimiter", {"limit": f"{10 ** ((PEAK_DBTP - _OVERSHOOT_DB) / 20):.4f}", "level": 0, "latency": 1})


def levelling(loudness: Loudness | None) -> list[tuple[str, dict[str, Any]]]:
    """The filters that bring a measured loudness to the target: as even as two passes of loudnorm, at a fifth."""
    if loudness is None or loudness.integrated_lufs <= _SILENCE_LUFS:
        return []
    gain = gain_db(loudness)
    filters: list[tuple[str, dict[str, Any]]] = [("volume", {"volume": f"{gain:.2f}dB"})]
    if loudness.true_peak_dbtp + gain > PEAK_DBTP - _OVERSHOOT_DB:
        filters.append(_LIMITER)
    return filters


def levelling_twice(loudness: Loudness | None, rest: Rest) -> list[tuple[str, dict[str, Any]]]:
    """The same where the head has been given out before the rest was heard: its gain stays, and slowly turns.

    There is a limiter always, since the rest may need one, and the head has to pass through the same filters.
    """
    gain = gain_db(loudness)
    silent = rest.loudness is None or rest.loudness.integrated_lufs <= _SILENCE_LUFS
    turn = 0.0 if silent else gain_db(rest.loudness) - gain
    if abs(turn) < _UNHEARD_DB:
        turn = 0.0
    decibels = f"{gain:.2f}+{turn:.2f}*clip((t-{rest.from_ms / 1000 + _AHEAD_S:.3f})/{_TURN_S},0,1)"
    return [("volume", {"volume": f"pow(10,({decibels})/20)", "eval": "frame"}), _LIMITER]


def gain_db(loudness: Loudness | None) -> float:
    if loudness is None or loudness.integrated_lufs <= _SILENCE_LUFS:
        return 0.0
    return min(_MOST_GAIN_DB, LOUDNESS_LUFS - loudness.integrated_lufs)
