"""What is kept, and how it is found again.

Domain values enter; rows and objects leave, and the other way round. One file of queries per noun:
every function takes an open transaction (`with store.transaction() as tx:`), so that one request or
one step is one transaction. Readers name their viewer and filter by the view `viewer_space` in SQL;
functions for workers say so.

Knows SQL and S3, and nothing of HTTP, jobs, ffmpeg or speech.
"""
