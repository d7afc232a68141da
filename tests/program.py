"""Run the program in this process, as a shell would: arguments in; exit code, output and errors out."""

import sys
from dataclasses import dataclass

import pytest

from counterseal.app.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one run of the program left."""

    code: int
    out: str
    err: str


class Program:
    """The program ``counterseal``."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: object) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["counterseal", *(str(a) for a in arguments)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return Ran(code=int(ended.value.code or 0), out=said.out, err=said.err)
