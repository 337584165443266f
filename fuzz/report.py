"""The table at the end: what became of each kind, and what went wrong with the command that shows it again."""

import os
from collections import Counter
from collections.abc import Sequence

from fuzz.cases import KINDS
from fuzz.trial import Verdict


def table(verdicts: Sequence[Verdict], seed: int, wall_s: float) -> str:
    lines = [f"{'kind':12} {'cases':>5} {'results':>7} {'refused':>7} {'faults':>6} {'slowest':>8} {'largest':>8}"]
    for kind in KINDS:
        own = [v for v in verdicts if v.kind == kind]
        if own:
            lines.append(_line(kind, own))
    lines += [_line("all", verdicts), ""] if verdicts else []
    codes = Counter(v.code for v in verdicts if v.ended == "refused")
    lines.append("refused as    " + ", ".join(f"{code} {count}" for code, count in codes.most_common()))
    for what, value in (("slowest", lambda v: v.wall_s), ("largest", lambda v: v.peak_bytes)):
        for v in sorted(verdicts, key=value, reverse=True)[:3]:
            lines.append(f"{what:13} {v.number:5} {v.wall_s:6.1f} s {v.peak_bytes >> 20:5} MB  {v.kind}: {v.what[:80]}")
    load = f"the machine's load is {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    lines.append(f"{len(verdicts)} cases in {wall_s:.0f} s, seed {seed}; {load}.")
    wrong = [v for v in verdicts if v.faults]
    for v in wrong:
        lines += ["", f"python -m fuzz --seed {seed} --case {v.number}    # {v.kind}: {v.what[:120]}"]
        lines += [f"    {fault}" for fault in v.faults]
    lines.append("" if wrong else "Nothing crashed, hung, swelled, called, read or left what it should not.")
    return "\n".join(lines)


def _line(name: str, own: Sequence[Verdict]) -> str:
    results, refused = (sum(v.ended == ended for v in own) for ended in ("result", "refused"))
    faults = sum(bool(v.faults) for v in own)
    slowest, largest = max(v.wall_s for v in own), max(v.peak_bytes for v in own) >> 20
    return f"{name:12} {len(own):5} {results:7} {refused:7} {faults:6} {slowest:6.1f} s {largest:5} MB"
