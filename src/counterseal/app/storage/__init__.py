"""Storage: what a node keeps on disk, and bundles as folders.

What lives here: the SQLite store (the one truth of a node; append-only by trigger), the bundle
folder, and the folder of a node with its keys and settings.

What does not: meaning. Nothing here opens a record; tiles and reports are derived, never stored.

Read first: ``schema.sql``, then ``sqlite_store.py``. Durability follows SQLite's own documents:
write-ahead log, full synchronisation.
"""
