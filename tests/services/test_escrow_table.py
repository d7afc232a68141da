"""The tables of escrow: what is read, and every refusal with the line that it is about."""

import json

import pytest

from counterseal.declarations.errors import DeclarationError
from counterseal.services.escrow_table import FoundRow, Item, read_found, read_items

HEAD = "site,building,item,category"


def csv(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def test_a_table_gives_its_items_with_any_more_columns() -> None:
    data = csv(f"{HEAD},model,note", "Bay,Hall 1,H-1,vessel,Heron,", '"Bay","Hall 1",H-2,vessel,,"red, old"')
    assert read_items(data, where="t.csv") == (
        Item(site="Bay", building="Hall 1", item="H-1", category="vessel", more=(("model", "Heron"),)),
        Item(site="Bay", building="Hall 1", item="H-2", category="vessel", more=(("note", "red, old"),)),
    )


def test_a_list_of_objects_gives_the_same_and_keeps_whole_numbers() -> None:
    rows = [
        {"site": "Bay", "building": "Hall 1", "item": "H-1", "category": "vessel", "tons": 40, "note": None}
    ]
    (item,) = read_items(json.dumps(rows).encode(), where="t.json")
    assert item.more == (("tons", 40),)
    assert item.place == ("Bay", "Hall 1", "H-1")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "t:1: found an empty file"),
        (csv(HEAD), "t:1: found one line and no row"),
        (csv("site,building,item", "a,b,c"), "t:1: missing column 'category'"),
        (csv("site;building;item;category", "a;b;c;d"), "separated by ';'"),
        (csv(f"{HEAD},model,model", "a,b,c,d,e,f"), "t:1: column 'model' 2 times"),
        (csv(HEAD, "a,b,c"), "t:2: found 3 cells"),
        (csv(HEAD, "a,b,c,d", "a,,c,d"), "t:3: states no building"),
        (csv(HEAD, "a,b,c,"), "t:2: states no category"),
        (csv(HEAD, "a,b,c,d", "x,b,c,d", "a,b,c,e"), "t:4: a / b / c stands in t:2 already"),
        (csv(HEAD, "a,b, c,d"), "t:2, column 'item': found ' c'"),
        (csv(HEAD, f"a,b,c,{'d' * 201}"), "t:2, column 'category': found 201 characters"),
        (csv(f"{HEAD},note", f"a,b,c,d,{'x' * 1001}"), "t:2, column 'note': found 1001 characters"),
        (csv(f"{HEAD}, note", "a,b,c,d,x"), "column ' note': found"),
        (
            csv(f"{HEAD},{','.join(f'c{n}' for n in range(37))}", "a,b,c,d," + ",".join("x" * 37)),
            "at most 40",
        ),
        (b"[]", r"t, \$: must be a list of at least one object"),
        (b'{"site":1}', r"t, \$: must be a list"),
        (b"[1]", r"t, \$\[0\]: found 1, must be an object"),
        (b'[{"site":"a","building":"b","item":"c"}]', r"t, \$\[0\]: states no category"),
        (b'[{"site":"a","building":"b","item":7,"category":"d"}]', "column 'item': found 7, must be text"),
        (
            b'[{"site":"a","building":"b","item":"c","category":"d","x":true}]',
            "found True, must be text or a whole",
        ),
        (b'[{"site":"a","building":"b","item":"c","category":"d","x":1.5}]', "a fraction"),
        (b'[{"site":"a","building":"b","item":"c","category":"d","x":9007199254740992}]', r"below 2\^53"),
        (b'[{"site":"a","site":"b"}]', "this key stands twice"),
    ],
)
def test_a_table_out_of_form_is_refused_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        read_items(data, where="t")


def test_all_problems_of_a_table_are_told_at_once() -> None:
    with pytest.raises(DeclarationError) as told:
        read_items(csv(HEAD, "a,,c,d", "a,b,,d", "a,b,c,d"), where="t")
    assert [problem.split(":")[1] for problem in told.value.problems] == ["2", "3"]


def test_an_inspectors_table_says_what_was_found_looked_for_and_looked_through() -> None:
    data = csv(f"{HEAD},model", "Bay,Hall 1,H-1,vessel,Heron", "Bay,Hall 1,H-2,,", "Bay,Hall 2,,,")
    assert read_found(data, where="f") == (
        FoundRow(site="Bay", building="Hall 1", item="H-1", category="vessel", more=(("model", "Heron"),)),
        FoundRow(site="Bay", building="Hall 1", item="H-2", category=None),
        FoundRow(site="Bay", building="Hall 2", item=None, category=None),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Bay,,H-1,vessel,", "f:3: states no building"),
        ("Bay,Hall 1,,vessel,", "f:3: states a category and no item"),
        ("Bay,Hall 1,H-1,,Heron", "f:3: states what was seen of an item, and no category"),
        ("Bay,Hall 0,H-0,vessel,", "f:3: the same item or building stands in f:2 already"),
    ],
)
def test_an_inspectors_table_that_says_neither_is_refused(line: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        read_found(csv(f"{HEAD},model", "Bay,Hall 0,H-0,vessel,", line), where="f")
