"""A walk over XML that was written by a stranger: no document type, no entity, every prefix declared.

It builds a plain tree, within caps on depth, elements and attributes. Names come resolved by the rules
of Namespaces in XML 1.0: an element's namespace is the declared one, and a prefix that nobody declared
is refused, or mended by taking it as a namespace of its own where that was asked for.
"""

from typing import NoReturn
from xml.parsers import expat

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import shown
from counterseal.measurement.readers.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT
from counterseal.measurement.readers.reading import Reading

UNDECLARED = "undeclared:"
"""What stands before a prefix that was mended, as its namespace."""

_XML = "http://www.w3.org/XML/1998/namespace"
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "utf-16"}
_TEXT_BLOCK = 2**16
_MAX_PREFIXES = 64


class Element:
    """An element of XML.

    Attributes:
        namespace: Its namespace, empty where it has none.
        name: Its name without a prefix.
        attributes: Its attributes that have no prefix; those with one are of no use to a reader.
        children: The elements in it, in their order.
        text: All text directly in it.
        line: The line on which it starts, from 1.
    """

    __slots__ = ("attributes", "children", "line", "name", "namespace", "text")

    def __init__(self, namespace: str, name: str, *, attributes: dict[str, str], line: int) -> None:
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""
        self.line = line

    @property
    def where(self) -> str:
        """Its place, for messages."""
        return f"line {self.line}, {shown(self.name)[1:-1]}"

    def all(self, name: str) -> list["Element"]:
        """Return its children of a name, and of its own namespace."""
        return [child for child in self.children if child.name == name and child.namespace == self.namespace]

    def one(self, name: str) -> "Element | None":
        """Return its child of a name, or None.

        Raises:
            ReadingError: there are two.
        """
        found = self.all(name)
        if len(found) > 1:
            raise ReadingError(f"{found[1].where}: stands twice in {self.where}, must once")
        return found[0] if found else None

    def need(self, name: str) -> "Element":
        """Return its child of a name.

        Raises:
            ReadingError: there is none, or there are two.
        """
        found = self.one(name)
        if found is None:
            raise ReadingError(f"{self.where}: has no {name}")
        return found


def parse_xml(data: bytes, reading: Reading) -> Element:
    """Return the outermost element of an XML document.

    Args:
        data: The document.
        reading: Whether an undeclared prefix may be mended, and where that is noted.

    Raises:
        ReadingError: it is not well formed, has a document type, or goes past a cap.
    """
    walk = _Walk(reading)
    try:
        walk.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ReadingError(
            f"line {error.lineno}: not well-formed XML: {expat.ErrorString(error.code)}"
        ) from error
    return walk.outermost[0]


class _Walk:
    """The handlers of one parse. Names of handlers and their arguments are those of expat."""

    def __init__(self, reading: Reading) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = _TEXT_BLOCK
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._no_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self.parser = parser
        self._reading = reading
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._scopes: list[dict[str, str]] = [{"": "", "xml": _XML}]
        self.outermost: list[Element] = []
        self._elements = 0

    @property
    def line(self) -> int:
        """The line that is being read."""
        return self.parser.CurrentLineNumber

    def _refuse(self, reason: str) -> NoReturn:
        raise ReadingError(f"line {self.line}: {reason}")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self._refuse(f"encoding {shown(encoding)}, may be {', '.join(sorted(_ENCODINGS))}")

    def _no_doctype(self, *_details: object) -> None:
        self._refuse("a document type; there must be none, nor entities")

    def _start(self, name: str, flat: list[str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            self._refuse(f"more than {MAX_ELEMENTS} elements")
        if len(self._open) >= MAX_DEPTH:
            self._refuse(f"elements nested more than {MAX_DEPTH} deep")
        if len(flat) > 2 * MAX_ATTRIBUTES:
            self._refuse(f"an element with {len(flat) // 2} attributes, may have {MAX_ATTRIBUTES}")
        self._scopes.append(self._scope(flat) if flat else self._scopes[-1])
        element = Element(*self._resolve(name), attributes=self._attributes(flat), line=self.line)
        beside = self._open[-1].children if self._open else self.outermost
        beside.append(element)
        self._open.append(element)
        self._texts.append([])

    def _scope(self, flat: list[str]) -> dict[str, str]:
        """Return the prefixes that hold in an element with these attributes."""
        held = self._scopes[-1]
        for place in range(0, len(flat), 2):
            name, value = flat[place], flat[place + 1]
            if name == "xmlns" or name.startswith("xmlns:"):
                held = {**held, name[6:]: value}
                if len(held) > _MAX_PREFIXES or len(value) > MAX_TEXT:
                    self._refuse("too many prefixes, or too long a namespace")
        return held

    def _resolve(self, name: str) -> tuple[str, str]:
        prefix, colon, local = name.partition(":")
        if not colon:
            return self._scopes[-1][""], name
        if not prefix or not local or ":" in local:
            self._refuse(f"{shown(name)} is no name with one prefix")
        found = self._scopes[-1].get(prefix)
        if found is None:
            self._reading.mend(
                refusal=f"line {self.line}: prefix {shown(prefix)} is not declared",
                mended=f"prefix {shown(prefix)} is not declared: taken as a namespace of its own",
            )
            return UNDECLARED + prefix, local
        return found, local

    def _attributes(self, flat: list[str]) -> dict[str, str]:
        held: dict[str, str] = {}
        for place in range(0, len(flat), 2):
            name = flat[place]
            if ":" not in name:
                held[name] = flat[place + 1]
            elif not name.startswith("xmlns:"):
                self._resolve(name)
        return held

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())
        self._scopes.pop()
