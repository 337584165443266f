"""How the sample recording is made: its words, its voice, its pictures. Started by scripts/make_sample.py."""
