"""Hostile and broken files, made here and sent the real way: none may crash, hang, swell or get out.

What enters: a number of cases and a seed. What leaves: a table, and exit status 1 when any case went wrong.

    make fuzz                                    500 cases with today's usual seed
    python -m fuzz --cases 2000 --seed 7         other ones
    python -m fuzz --only playlists              one kind
    python -m fuzz --seed 7 --case 123           one case again: the same bytes, for the same number and seed
    python -m fuzz --seed 7 --case 123 --keep .  and its file, to look at

The number decides the kind (`cases.kind_of`), seed and number together every byte; only the port of the
listener and the path of the canary, which playlists point to, differ from run to run.

Each file goes through `pipeline.process.process`, as `passiton process` sends it: probe, sound, every
rendition, stills, playlists, in the jail. Only the speech engine is deaf: what it would hear is our own
decoded sound, never a byte of the stranger's. Names of files go through the tus route, a database and
the first steps instead. A case must end as a result or as `Refused` in words, within 20 s and 1 GiB of
all its processes together, without a connection, a socket, an opened canary, a file elsewhere, or a
process left behind; nothing that a seed says in its metadata may be in what comes out.

Only our own ffmpeg and the standard library make the files; a seed is a second of noise and tone.
"""
