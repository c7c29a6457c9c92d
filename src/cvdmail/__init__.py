"""cvdmail: vendor correspondence for outbound coordinated vulnerability disclosure.

The house, in the order of who may import whom (each room only those above it; a test enforces it):

``errors``
    What the program refuses or fails at: one small tree, each error one line with a next step.
``core``
    The rules.  Pure functions and frozen values: parsing mails (``mail``, ``sender``, ``body``), reading replies
    (``extract``), who is believed (``matching``, ``gpgstatus``), what moves a case (``case``, ``promises``), what may
    leave (``compose``, ``guard``, ``packets``), what an approval covers (``drafts``, ``policy``), what is proven
    (``ledger``, ``archive``), what is sealed (``seal``).  No clock, no randomness, no input or output.
``config``, ``ports``
    The configuration as a typed value; the few doors to outside worlds as protocols.
``store``
    The database.  SQLAlchemy lives only here.
``edge``
    One file per outside world: gpg, SMTP, IMAP, the web, the disk; foreign errors end here.
``work``
    One file per job: open a case, review, queue, deliver, receive, judge, file, believe, export.
``mailbox_key``
    The mailbox's secret key, here or behind a worker process.
``wiring``, ``setup``, ``checkup``, ``verify``
    Configuration to real objects, and the jobs that need the edges themselves.
``daemon``, ``cli``, ``demo``
    Loops, commands, and the story that shows it all.

How a mail travels through them: ``docs/flow.md``.
"""

__version__ = "0.1.0"
