"""The dossier of the equipment: in form, with the copies that were built alike and the tests that each passed."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from counterseal.app.cli.measurement_store import packaged_schema
from counterseal.barrier.dossier import parse_dossier
from counterseal.barrier.protocol_form import ProtocolError
from strategies.measurement_dossiers import dossier_document, first_dossier


def test_a_copy_works_when_it_was_tested_and_passed_every_test() -> None:
    whole = dossier_document()
    whole["tests"].append({"copy": "box-1", "test": "again", "day": "2030-01-03", "passed": False})
    dossier = parse_dossier(whole)
    assert dossier.copies == ("box-1", "box-2", "box-3")
    assert [dossier.works(copy) for copy in dossier.copies] == [False, True, False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: whole | {"copies": ["b", "a"]}, "sorted"),
        (lambda whole: whole | {"copies": []}, "copies"),
        (lambda whole: whole | {"components": []}, "components"),
        (lambda whole: whole | {"code": "unbound"}, "code"),
        (lambda whole: whole | {"host": "ard"}, "host"),
        (lambda whole: whole | {"more": 1}, "more"),
        (lambda whole: whole | {"dossier": 3}, "dossier: found 3; must be a version that is known"),
        (lambda whole: whole | {"dossier": 1}, "nuclear_data: 'nuclear_data' is not known here"),
        (lambda whole: whole | {"nuclear_data": None}, "nuclear_data: found None"),
        (lambda whole: whole | {"nuclear_data": {"version": "1", "sha256": "x"}}, r"nuclear_data\.sha256"),
        (lambda whole: whole | {"tests": [whole["tests"][0] | {"copy": "box-9"}]}, r"tests\[0\]\.copy"),
        (lambda whole: whole | {"tests": [whole["tests"][0] | {"day": "2030-02-30"}]}, "no such day"),
        (lambda whole: whole | {"tests": [whole["tests"][0] | {"passed": 1}]}, "true or false"),
    ],
)
def test_what_is_not_in_form_is_refused_with_its_place(change: Callable[[Any], Any], said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        parse_dossier(change(dossier_document()))


@pytest.mark.parametrize("name", dossier_document())
def test_every_member_must_be_there(name: str) -> None:
    whole = dossier_document()
    del whole[name]
    with pytest.raises(ProtocolError, match=f"{name} missing"):
        parse_dossier(whole)
    assert not jsonschema.Draft202012Validator(packaged_schema("dossier-2.json")).is_valid(whole)


def test_the_published_schema_takes_it() -> None:
    for version, written in ((1, first_dossier()), (2, dossier_document())):
        schema = jsonschema.Draft202012Validator(packaged_schema(f"dossier-{version}.json"))
        assert schema.is_valid(written)
        assert not schema.is_valid(written | {"dossier": 3 - version})


def test_a_dossier_of_the_first_version_keeps_its_meaning() -> None:
    first, second = parse_dossier(first_dossier()), parse_dossier(dossier_document())
    assert first.nuclear_data is None
    assert second.nuclear_data is not None
    assert (first.copies, first.tests, first.code) == (second.copies, second.tests, second.code)
