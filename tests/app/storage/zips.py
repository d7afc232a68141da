"""ZIP files byte by byte: as they should be, or with anything wrong in them that one may wish for."""

import struct
from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
HEX = "ab" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry. ``central`` and ``local`` overwrite what its headers say; ``offset`` where it is said to be."""

    name: bytes
    data: bytes = b"data"
    needed: int = 10
    made_by: int = 3 << 8 | 20
    flags: int = 0
    method: int = 0
    time: int = 0
    date: int = 33
    crc: int | None = None
    packed: int | None = None
    size: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    disk: int = 0
    internal: int = 0
    attributes: int = 0o100644 << 16
    offset: int | None = None
    in_local: "Mapping[str, Any] | None" = None
    local_left_out: bool = False

    def header(self) -> tuple[int, ...]:
        return (
            self.needed,
            self.flags,
            self.method,
            self.time,
            self.date,
            crc32(self.data) if self.crc is None else self.crc,
            len(self.data) if self.packed is None else self.packed,
            len(self.data) if self.size is None else self.size,
            len(self.name),
            len(self.extra),
        )

    def local(self) -> bytes:
        if self.local_left_out:
            return b""
        said = replace(self, in_local=None, **(self.in_local or {}))
        return LOCAL.pack(b"PK\3\4", *said.header()) + said.name + said.extra + self.data

    def central(self, offset: int) -> bytes:
        place = offset if self.offset is None else self.offset
        rest = (len(self.comment), self.disk, self.internal, self.attributes, place)
        fixed = CENTRAL.pack(b"PK\1\2", self.made_by, *self.header(), *rest)
        return fixed + self.name + self.extra + self.comment


def zip_of(*parts: Part, before: bytes = b"", between: bytes = b"", behind: bytes = b"", **end: Any) -> bytes:
    """The ZIP of some entries, with bytes where there must be none; ``end`` overwrites the end record."""
    body, directory = bytearray(before), bytearray()
    for part in parts:
        directory += part.central(len(body))
        body += part.local()
    body += between
    said = {
        "disk": 0,
        "first_disk": 0,
        "here": len(parts),
        "count": len(parts),
        "size": len(directory),
        "start": len(body),
        "comment": 0,
    } | end
    return bytes(body + directory + END.pack(b"PK\5\6", *said.values()) + behind)


GOOD = (
    Part(name=b"bundle.json", data=b"{}"),
    Part(name=b"bodies/%s/000.p/3" % HEX.encode(), data=b"\0" * 12),
    Part(name=b"logs/%s/checkpoint" % HEX.encode(), data=b"note"),
    Part(name=b"view/index.html", data=b""),
)
