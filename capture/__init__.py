"""How a recording comes into the house: resumable upload without loss, and what is let in.

What enters: the headers and bytes of tus 1.0 requests, and what the probe says of a finished file.
What leaves: finished uploads, told once or more to `Arrivals`; answers for the client; refusals in
words. `tus`, `metadata` and `policy` are rules without I/O; `intake` decides, `quota` counts, `writer` writes,
`staging` is the folder.

It never touches: the database, the object store, HTTP connections, the contents of a file.

An upload is a `.part` file and a small `.json` beside it, in one folder of this machine's disk:

    *The size of the `.part` file is the offset.* Nothing else counts the bytes, so nothing can
    disagree with them. Bytes are on the disk before a client is told of them.

    *Who holds the lock on the `.part` file is the only writer*, among threads and among processes.
    A newcomer asks the holder to let go, because most of the time the holder is waiting for a
    phone that went into a tunnel and has come out with another connection.

    *A finished upload becomes a recording by one idempotent call*, from whoever comes first: the
    request with the last byte, the client's question whether it arrived, the sweep at start-up.
    Its bytes stay until `forget` says that they are kept elsewhere.
"""
