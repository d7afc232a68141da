-- The store of one node. It only grows: every change and every deletion is refused by trigger, and so
-- is INSERT OR REPLACE, which deletes without asking the triggers on deletion.
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
