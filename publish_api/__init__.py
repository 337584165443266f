"""What the house says to the world over HTTP: the JSON API, the media, the pages.

Enters: requests. Leaves: answers, and changes made through store/ in one transaction a request.
A route parses, asks once, presents. Who is asking is found in access.py, what may be seen is
filtered in store/, what may be done is demanded of domain/permit.py, and every error becomes an
answer in errors.py. Never here: SQL, ffmpeg, speech, queues, settings; whatever touches the world
arrives in `Services`, made in pipeline/wiring.py.
"""
