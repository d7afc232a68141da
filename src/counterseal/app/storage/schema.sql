-- The store of one node. It only grows: every change and every deletion is refused by trigger, and so
-- is INSERT OR REPLACE, which deletes without asking the triggers on deletion.
-- A version adds to the one before and changes nothing of it: a new store runs all of this file, an older
-- one what it has not run yet. What stands under a version that was released is never edited.

-- Version 1
CREATE TABLE entry (
    origin     TEXT    NOT NULL,
    idx        INTEGER NOT NULL,
    record_id  BLOB    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    feed       BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    leaf       BLOB    NOT NULL CHECK (length(leaf) = 32),
    envelope   BLOB    NOT NULL,
    opening    BLOB,
    PRIMARY KEY (origin, idx),
    UNIQUE (feed, seq)
);
-- Openings that came after their entry; what came with it stands beside it.
CREATE TABLE opening (
    record_id  BLOB NOT NULL PRIMARY KEY REFERENCES entry (record_id),
    data       BLOB NOT NULL
);
CREATE TABLE checkpoint (
    origin     TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    PRIMARY KEY (origin, size)
);
CREATE TABLE line (
    origin     TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    key_hash   BLOB    NOT NULL,
    signature  BLOB    NOT NULL,
    PRIMARY KEY (origin, size, name, key_hash),
    FOREIGN KEY (origin, size) REFERENCES checkpoint (origin, size)
);
CREATE TABLE exported (
    receiver   TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    PRIMARY KEY (receiver, sequence)
);

CREATE TRIGGER entry_in_its_place BEFORE INSERT ON entry
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM entry WHERE origin = NEW.origin)
  OR EXISTS (SELECT 1 FROM entry WHERE record_id = NEW.record_id)
  OR EXISTS (SELECT 1 FROM entry WHERE feed = NEW.feed AND seq = NEW.seq)
BEGIN SELECT CASE
    WHEN EXISTS (SELECT 1 FROM entry WHERE record_id = NEW.record_id)
        THEN raise(ABORT, 'a record is in the store once: its id is there already')
    WHEN EXISTS (SELECT 1 FROM entry WHERE feed = NEW.feed AND seq = NEW.seq)
        THEN raise(ABORT, 'a feed has one record at each seq: that one is taken')
    ELSE raise(ABORT, 'an entry must follow the last one of its log')
END; END;
CREATE TRIGGER opening_first BEFORE INSERT ON opening
WHEN EXISTS (SELECT 1 FROM opening WHERE record_id = NEW.record_id)
  OR EXISTS (SELECT 1 FROM entry WHERE record_id = NEW.record_id AND opening IS NOT NULL)
BEGIN SELECT raise(IGNORE); END;
CREATE TRIGGER checkpoint_once BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE origin = NEW.origin AND size = NEW.size)
BEGIN SELECT raise(ABORT, 'a log has one checkpoint of each size: that one is kept already'); END;
CREATE TRIGGER line_first BEFORE INSERT ON line
WHEN EXISTS (SELECT 1 FROM line WHERE origin = NEW.origin AND size = NEW.size
             AND name = NEW.name AND key_hash = NEW.key_hash)
BEGIN SELECT raise(IGNORE); END;
CREATE TRIGGER exported_once BEFORE INSERT ON exported
WHEN EXISTS (SELECT 1 FROM exported WHERE receiver = NEW.receiver AND sequence = NEW.sequence)
BEGIN SELECT raise(ABORT, 'a number of a bundle is used once'); END;

CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'append-only: entry'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'append-only: entry'); END;
CREATE TRIGGER opening_kept BEFORE UPDATE ON opening BEGIN SELECT raise(ABORT, 'append-only: opening'); END;
CREATE TRIGGER opening_stays BEFORE DELETE ON opening BEGIN SELECT raise(ABORT, 'append-only: opening'); END;
CREATE TRIGGER checkpoint_kept BEFORE UPDATE ON checkpoint BEGIN SELECT raise(ABORT, 'append-only: checkpoint'); END;
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint BEGIN SELECT raise(ABORT, 'append-only: checkpoint'); END;
CREATE TRIGGER line_kept BEFORE UPDATE ON line BEGIN SELECT raise(ABORT, 'append-only: line'); END;
CREATE TRIGGER line_stays BEFORE DELETE ON line BEGIN SELECT raise(ABORT, 'append-only: line'); END;
CREATE TRIGGER exported_kept BEFORE UPDATE ON exported BEGIN SELECT raise(ABORT, 'append-only: exported'); END;
CREATE TRIGGER exported_stays BEFORE DELETE ON exported BEGIN SELECT raise(ABORT, 'append-only: exported'); END;

-- Version 2
-- A row can also be replaced through its rowid, which SQLite numbers from 1. (In a trigger before insertion
-- a rowid that is not given reads as -1: hence none may be below 1.)
CREATE TRIGGER entry_row_once BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: entry'); END;
CREATE TRIGGER entry_row_number AFTER INSERT ON entry WHEN NEW.rowid < 1
BEGIN SELECT raise(ABORT, 'append-only: entry'); END;
CREATE TRIGGER opening_row_once BEFORE INSERT ON opening
WHEN EXISTS (SELECT 1 FROM opening WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: opening'); END;
CREATE TRIGGER opening_row_number AFTER INSERT ON opening WHEN NEW.rowid < 1
BEGIN SELECT raise(ABORT, 'append-only: opening'); END;
CREATE TRIGGER checkpoint_row_once BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: checkpoint'); END;
CREATE TRIGGER checkpoint_row_number AFTER INSERT ON checkpoint WHEN NEW.rowid < 1
BEGIN SELECT raise(ABORT, 'append-only: checkpoint'); END;
CREATE TRIGGER line_row_once BEFORE INSERT ON line
WHEN EXISTS (SELECT 1 FROM line WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: line'); END;
CREATE TRIGGER line_row_number AFTER INSERT ON line WHEN NEW.rowid < 1
BEGIN SELECT raise(ABORT, 'append-only: line'); END;
CREATE TRIGGER exported_row_once BEFORE INSERT ON exported
WHEN EXISTS (SELECT 1 FROM exported WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: exported'); END;
CREATE TRIGGER exported_row_number AFTER INSERT ON exported WHEN NEW.rowid < 1
BEGIN SELECT raise(ABORT, 'append-only: exported'); END;

-- What this node cosigned: for each log, ever larger sizes.
CREATE TABLE witnessed (
    origin     TEXT    NOT NULL,
    size       INTEGER NOT NULL CHECK (typeof(size) = 'integer' AND size >= 0),
    text       TEXT    NOT NULL,
    PRIMARY KEY (origin, size),
    CHECK (rowid > 0)
);
-- Bundles that came; one number with two manifests is kept twice: it is evidence.
CREATE TABLE received (
    sender     TEXT    NOT NULL,
    receiver   TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    manifest   BLOB    NOT NULL CHECK (length(manifest) = 32),
    PRIMARY KEY (sender, receiver, sequence, manifest),
    CHECK (rowid > 0)
);
-- Which manifest got a number; beside it, because the number is used up before the manifest is made.
CREATE TABLE exported_manifest (
    receiver   TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    manifest   BLOB    NOT NULL CHECK (length(manifest) = 32),
    PRIMARY KEY (receiver, sequence),
    FOREIGN KEY (receiver, sequence) REFERENCES exported (receiver, sequence),
    CHECK (rowid > 0)
);
-- Bodies sealed to their readers, as they travel. Nobody but a reader can tell a true one from noise of its
-- length, so what came from the author itself is kept beside what somebody else brought before.
CREATE TABLE sealed (
    record_id  BLOB    NOT NULL REFERENCES entry (record_id),
    by_author  INTEGER NOT NULL CHECK (by_author IN (0, 1)),
    data       BLOB    NOT NULL,
    CHECK (rowid > 0),
    PRIMARY KEY (record_id, by_author)
);
-- Trust files and key files, by their path in a bundle.
CREATE TABLE trust_document (
    path       TEXT    NOT NULL PRIMARY KEY,
    data       BLOB    NOT NULL,
    CHECK (rowid > 0)
);
-- What was refused and proves something, byte for byte.
CREATE TABLE evidence (
    name       TEXT    NOT NULL,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    data       BLOB    NOT NULL,
    PRIMARY KEY (name, digest),
    CHECK (rowid > 0)
);

CREATE TRIGGER witnessed_forward BEFORE INSERT ON witnessed
WHEN EXISTS (SELECT 1 FROM witnessed WHERE origin = NEW.origin AND size >= NEW.size)
BEGIN SELECT raise(ABORT, 'a witness goes forward: a checkpoint of this size or a larger one is cosigned'); END;
CREATE TRIGGER received_once BEFORE INSERT ON received
WHEN EXISTS (SELECT 1 FROM received WHERE sender = NEW.sender AND receiver = NEW.receiver
             AND sequence = NEW.sequence AND manifest = NEW.manifest)
BEGIN SELECT raise(IGNORE); END;
CREATE TRIGGER exported_manifest_once BEFORE INSERT ON exported_manifest
WHEN EXISTS (SELECT 1 FROM exported_manifest WHERE receiver = NEW.receiver AND sequence = NEW.sequence)
BEGIN SELECT raise(ABORT, 'a number of a bundle has one manifest: that one is kept already'); END;
CREATE TRIGGER sealed_first BEFORE INSERT ON sealed
WHEN EXISTS (SELECT 1 FROM sealed WHERE record_id = NEW.record_id AND by_author = NEW.by_author)
BEGIN SELECT raise(IGNORE); END;
CREATE TRIGGER trust_document_once BEFORE INSERT ON trust_document
WHEN EXISTS (SELECT 1 FROM trust_document WHERE path = NEW.path)
BEGIN SELECT raise(ABORT, 'a trust document is kept once: its path is taken'); END;
CREATE TRIGGER evidence_first BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE name = NEW.name AND digest = NEW.digest)
BEGIN SELECT raise(IGNORE); END;

CREATE TRIGGER witnessed_row_once BEFORE INSERT ON witnessed
WHEN EXISTS (SELECT 1 FROM witnessed WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: witnessed'); END;
CREATE TRIGGER witnessed_kept BEFORE UPDATE ON witnessed BEGIN SELECT raise(ABORT, 'append-only: witnessed'); END;
CREATE TRIGGER witnessed_stays BEFORE DELETE ON witnessed BEGIN SELECT raise(ABORT, 'append-only: witnessed'); END;
CREATE TRIGGER received_row_once BEFORE INSERT ON received
WHEN EXISTS (SELECT 1 FROM received WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: received'); END;
CREATE TRIGGER received_kept BEFORE UPDATE ON received BEGIN SELECT raise(ABORT, 'append-only: received'); END;
CREATE TRIGGER received_stays BEFORE DELETE ON received BEGIN SELECT raise(ABORT, 'append-only: received'); END;
CREATE TRIGGER exported_manifest_row_once BEFORE INSERT ON exported_manifest
WHEN EXISTS (SELECT 1 FROM exported_manifest WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: exported_manifest'); END;
CREATE TRIGGER exported_manifest_kept BEFORE UPDATE ON exported_manifest BEGIN SELECT raise(ABORT, 'append-only: exported_manifest'); END;
CREATE TRIGGER exported_manifest_stays BEFORE DELETE ON exported_manifest BEGIN SELECT raise(ABORT, 'append-only: exported_manifest'); END;
CREATE TRIGGER sealed_row_once BEFORE INSERT ON sealed
WHEN EXISTS (SELECT 1 FROM sealed WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: sealed'); END;
CREATE TRIGGER sealed_kept BEFORE UPDATE ON sealed BEGIN SELECT raise(ABORT, 'append-only: sealed'); END;
CREATE TRIGGER sealed_stays BEFORE DELETE ON sealed BEGIN SELECT raise(ABORT, 'append-only: sealed'); END;
CREATE TRIGGER trust_document_row_once BEFORE INSERT ON trust_document
WHEN EXISTS (SELECT 1 FROM trust_document WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: trust_document'); END;
CREATE TRIGGER trust_document_kept BEFORE UPDATE ON trust_document BEGIN SELECT raise(ABORT, 'append-only: trust_document'); END;
CREATE TRIGGER trust_document_stays BEFORE DELETE ON trust_document BEGIN SELECT raise(ABORT, 'append-only: trust_document'); END;
CREATE TRIGGER evidence_row_once BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'append-only: evidence'); END;
CREATE TRIGGER evidence_kept BEFORE UPDATE ON evidence BEGIN SELECT raise(ABORT, 'append-only: evidence'); END;
CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence BEGIN SELECT raise(ABORT, 'append-only: evidence'); END;
