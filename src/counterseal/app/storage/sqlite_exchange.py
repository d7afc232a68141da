"""What a node keeps of its dealings with others: cosigned heads, bundles sent and come, trust, evidence."""

from collections.abc import Mapping
from hashlib import sha256

from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_file import SqliteFile
from counterseal.services.ports import ExportedBundle, ReceivedBundle


class ExchangeTables(SqliteFile):
    """The part of a store that is not the logs themselves."""

    def witnessed(self, origin: str) -> str | None:
        """Return the text of the largest checkpoint of a log that this node cosigned, or None."""
        newest = self._newest_witnessed(origin)
        return newest[1] if newest else None

    def _newest_witnessed(self, origin: str) -> tuple[int, str] | None:
        sql = "SELECT size, text FROM witnessed WHERE origin = ? ORDER BY size DESC LIMIT 1"
        row = self._first(sql, (origin,))
        return (row[0], row[1]) if row else None

    def add_witnessed(self, origin: str, *, size: int, text: str) -> None:
        """Keep, before it is cosigned, that a checkpoint is; the newest one again changes nothing.

        Raises:
            StorageError: a larger one, or another of that size, was cosigned already.
        """
        with self.transaction():
            newest = self._newest_witnessed(origin)
            if newest == (size, text):
                return
            if newest and size == newest[0]:
                raise StorageError(f"{origin} at size {size}: another checkpoint of that size was cosigned")
            if newest and size < newest[0]:
                raise StorageError(f"{origin} at size {size}: one of size {newest[0]} was cosigned already")
            self._run("INSERT INTO witnessed VALUES (?, ?, ?)", (origin, size, text))

    def next_sequence(self, receiver: str, *, above: int = -1) -> int:
        """Return and use up the next number of a bundle to a receiver, larger than ``above``."""
        with self.transaction():
            sql = "SELECT coalesce(max(sequence), -1) FROM exported WHERE receiver = ?"
            number = max(int(self._first(sql, (receiver,))[0]), above) + 1
            self._run("INSERT INTO exported VALUES (?, ?)", (receiver, number))
        return number

    def add_exported(self, receiver: str, *, sequence: int, manifest_id: str) -> None:
        """Keep which manifest [64 hexadecimal digits] went out under a number; again changes nothing.

        Raises:
            StorageError: the number was never used up, or another manifest has it.
        """
        row = (receiver, sequence, bytes.fromhex(manifest_id))
        with self.transaction():
            sql = "SELECT 1 FROM exported_manifest WHERE receiver = ? AND sequence = ? AND manifest = ?"
            if self._first(sql, row) is None:
                self._run("INSERT INTO exported_manifest VALUES (?, ?, ?)", row)

    def exported(self) -> tuple[ExportedBundle, ...]:
        """Return every number that was used up, by receiver and number."""
        rows = self._rows(
            "SELECT exported.receiver, exported.sequence, hex(manifest) FROM exported"
            " LEFT JOIN exported_manifest USING (receiver, sequence) ORDER BY 1, 2"
        )
        return tuple(
            ExportedBundle(receiver=receiver, sequence=sequence, manifest_id=manifest.lower() or None)
            for receiver, sequence, manifest in rows
        )

    def add_received(self, sender: str, *, to: str, sequence: int, manifest_id: str) -> None:
        """Keep that a bundle came; again changes nothing, another one with its number is kept too."""
        row = (sender, to, sequence, bytes.fromhex(manifest_id))
        with self.transaction():
            self._run("INSERT INTO received VALUES (?, ?, ?, ?)", row)

    def received(self, sender: str) -> tuple[ReceivedBundle, ...]:
        """Return the bundles that came from a party, by receiver, number and manifest."""
        sql = "SELECT receiver, sequence, hex(manifest) FROM received WHERE sender = ? ORDER BY 1, 2, 3"
        return tuple(
            ReceivedBundle(to=to, sequence=sequence, manifest_id=manifest.lower())
            for to, sequence, manifest in self._rows(sql, (sender,))
        )

    def add_trust_documents(self, documents: Mapping[str, bytes]) -> None:
        """Keep trust files and key files by their path in a bundle; known ones are left alone.

        Raises:
            StorageError: other bytes are kept under a path; nothing is added then.
        """
        with self.transaction():
            for path, data in documents.items():
                kept = self._first("SELECT data FROM trust_document WHERE path = ?", (path,))
                if kept is None:
                    self._run("INSERT INTO trust_document VALUES (?, ?)", (path, data))
                elif kept[0] != data:
                    raise StorageError(f"store: other bytes of the trust document {path} are kept already")

    def trust_documents(self) -> dict[str, bytes]:
        """Return all trust files and key files by path, sorted."""
        return dict(self._rows("SELECT path, data FROM trust_document ORDER BY path"))

    def keep_evidence(self, name: str, data: bytes) -> None:
        """Keep bytes that were refused and prove something; two under one name are both kept."""
        with self.transaction():
            row = (name, sha256(data).digest(), data)
            self._run("INSERT INTO evidence VALUES (?, ?, ?)", row)

    def evidence(self) -> tuple[tuple[str, bytes], ...]:
        """Return all evidence, by name."""
        rows = self._rows("SELECT name, data FROM evidence ORDER BY name, digest")
        return tuple((name, data) for name, data in rows)
