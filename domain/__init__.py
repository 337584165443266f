"""The nouns and laws of Pass It On.

Frozen values and pure functions: what a Recording, a Clip, a Comment is, what it may never be, and
who may do what. Nothing here reads a clock, opens a file, or imports another room. Every other room
imports this one.

Units: whole milliseconds of *recording time* (0 is the container's own start) unless a name says
`frame`, `ticks` or `_s`.
"""
