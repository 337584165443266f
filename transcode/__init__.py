"""A stranger's file -> what is known of it, its sound, its renditions, and the playlists that play them.

What enters: the path of a file from a phone, a browser or a camera. What leaves: `Probe`, `Sound`,
`KeyframePlan`, batches of fragments (`Landed`), and HLS text. What it never touches: the database,
the object store, the network.

The way through: `probe.probe` -> `sound.hear` -> (pauses, from elsewhere; where nobody speaks for long `sight.look`)
`keyframes.plan` -> `ladder.ladder` -> `render.render`; `playlist` writes text from what was listed. Programs and
functions that read the file run in `jail.Jail` and nowhere else. What is made of renditions, and so of
our own files, is in `download` (a clip as MP4) and `reel` (several, with cards and captions in the picture).
"""
