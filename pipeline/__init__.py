"""Where the rooms meet: settings, wiring, the order of a recording's steps, jobs, the command line.

What enters: environment variables, command-line arguments, jobs. What leaves: running servers and
workers, recordings carried one step further. Steps call pure functions of the other rooms on values,
so that `passiton process` runs the same functions without server or database.
"""
