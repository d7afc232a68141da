"""One story on the command line: a party declares, the others receive, everybody ends with one record."""

import json
from pathlib import Path
from typing import Any

from program import Program

TABLE = """as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source
2011-02-05,US,882,1800,1124,confirmed,fact sheet
2011-02-05,RU,521,1537,865,confirmed,fact sheet
2018-02-05,US,652,1350,800,confirmed,fact sheet
2022-03-01,US,686,1515,800,confirmed,fact sheet
2023-03-01,RU,,,,not provided,withheld
"""


def test_declare_exchange_settle_assess_explain_prove(program: Program, nodes: Path, tmp_path: Path) -> None:
    table = tmp_path / "figures.csv"
    table.write_text(TABLE, encoding="utf-8")

    # The United States declares its own rows and transcribes the others; what is not provided is not signed.
    done = json.loads(program("declaration", "import", table, "--node", nodes / "US", "--json").out)
    assert (len(done["declared"]), len(done["transcribed"])) == (3, 1)
    assert done["not_provided"] == ["RU 2023-03-01"]

    # A bundle on its way is refused as a settled record: nobody else has seen it yet.
    assert program("bundle", "export", tmp_path / "one", "--node", nodes / "US").code == 0
    verdict = program("verify", tmp_path / "one")
    assert verdict.code == 1
    assert "is not cosigned by AUDITOR" in verdict.out

    # The others take it over, countersign and cosign; their bundles bring that back.
    for party in ("RU", "AUDITOR"):
        taken = json.loads(
            program("bundle", "import", tmp_path / "one", "--node", nodes / party, "--json").out
        )
        assert len(taken["new_records"]) == len(taken["receipts"]) == 4
        assert (taken["from"], taken["sequence"], len(taken["acknowledged"])) == ("US", 0, 1)
        again = json.loads(
            program("bundle", "import", tmp_path / "one", "--node", nodes / party, "--json").out
        )
        assert again["came_before"] is True
        done_again = ("new_records", "receipts", "acknowledged", "cosigned", "acknowledgements_postponed")
        assert [again[what] for what in done_again] == [[], [], [], 0, 0]
    for party in ("RU", "AUDITOR", "US", "RU", "AUDITOR", "US"):
        for other in sorted({"US", "RU", "AUDITOR"} - {party}):
            stick = tmp_path / f"from-{party}-to-{other}-{len(list(tmp_path.iterdir()))}.zip"
            assert program("bundle", "export", stick, "--to", other, "--node", nodes / party).code == 0
            assert program("bundle", "import", stick, "--node", nodes / other).code == 0
    assert program("bundle", "export", tmp_path / "final", "--node", nodes / "AUDITOR", "--report").code == 0
    status = json.loads(program("status", "--node", nodes / "US", "--json").out)
    assert {log["state"] for log in status["logs"]} == {"settled"}
    fingerprint = status["trust_fingerprint"]
    assert program("verify", tmp_path / "final", "--trust", fingerprint).code == 0
    assert (
        program("verify", tmp_path / "final", "--trust", tmp_path / "one" / "trust" / "trust.json").code == 0
    )
    assert program("verify", tmp_path / "final", "--trust", "0" * 64).code == 1

    # Anybody assesses it from the bundle alone, and follows a finding down to a proof.
    summary = json.loads(
        program("assess", "--bundle", tmp_path / "final", "--as-of", "2022-03-01", "--json").out
    )
    exceeding = [f for f in summary["findings"] if f["outcome"] == "exceeds"]
    assert [(f["party"], f["interpretation"], f["figure"], f["limit"]) for f in exceeding] == [
        ("US", "RU", 901, 800)
    ]
    told = json.loads(
        program(
            "explain", exceeding[0]["id"], "--bundle", tmp_path / "final", "--as-of", "2022-03-01", "--json"
        ).out
    )
    record = told["records"][0]["record"]
    assert {shown["state"] for shown in told["records"]} == {"settled"}
    page = (tmp_path / "final" / "view" / "report.html").read_text("utf-8")
    assert f'href="#r-{record[:16]}" title="{told["records"][0]["title"]} (settled)"' in page
    proved = program("log", "prove", record[:12], "--bundle", tmp_path / "final", "--out", tmp_path / "proof")
    assert (proved.code, ", settled\n" in proved.out) == (0, True)
    files = [tmp_path / "proof" / f"{record}.{kind}" for kind in ("tlog-proof", "entry")]
    keys = tmp_path / "proof" / f"{record}.trust"
    checked = program("log", "verify", files[0], "--entry", files[1], "--keys", keys, "--trust", fingerprint)
    assert checked.code == 0, checked.out
    changed = tmp_path / "changed.entry"
    changed.write_bytes(files[1].read_bytes().replace(b"A", b"B", 1))
    assert program("log", "verify", files[0], "--entry", changed, "--keys", keys).code == 1

    # What was derived, anybody derives again, byte for byte.
    last = summary["findings"][-1]["as_of"]
    assert last <= "2022-03-01"
    today = json.loads((tmp_path / "final" / "view" / "summary.json").read_bytes())
    again = program("assess", "--bundle", tmp_path / "final", "--json").out
    assert json.loads(again) == today
    assert program("doctor", "--node", nodes / "US").code == 0


def test_what_is_exported_is_shown_as_logged_or_settled(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    def export(name: str) -> tuple[list[dict[str, Any]], str]:
        options = (tmp_path / f"{name}.csv", "--node", nodes / "US")
        told = json.loads(program("declaration", "export", *options, "--json").out)
        (tmp_path / f"{name}.csv").unlink()
        return told["rows"], program("declaration", "export", *options).out

    table = tmp_path / "figures.csv"
    header, *lines = TABLE.splitlines()
    for part, line in (("first", lines[0]), ("second", lines[3])):
        table.write_text(f"{header}\n{line}\n", encoding="utf-8")
        assert program("declaration", "import", table, "--node", nodes / "US").code == 0
        rows, text = export(part)
        assert rows[-1]["state"] == "logged"
        assert f"  {line[:10]} US: logged\n" in text
        for turn in range(2):
            for party in ("US", "RU", "AUDITOR"):
                stick = tmp_path / f"{part}-{turn}-{party}"
                assert program("bundle", "export", stick, "--node", nodes / party).code == 0
                for other in {"US", "RU", "AUDITOR"} - {party}:
                    assert program("bundle", "import", stick, "--node", nodes / other).code == 0
        rows, text = export(f"{part}-settled")
        assert {row["state"] for row in rows} == {"settled"}
        assert all(len(record) == 64 for row in rows for record in row["records"])
    assert (tmp_path / "second-settled.csv").read_text("utf-8").startswith(header)


def test_a_supplement_adds_and_never_overwrites(program: Program, nodes: Path, tmp_path: Path) -> None:
    header = TABLE.splitlines()[0]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"{header}\n2018-09-01,US,659,1398,,partly,first sheet\n", encoding="utf-8")
    second.write_text(f"{header}\n2018-09-01,US,,,800,confirmed,second sheet\n", encoding="utf-8")
    node = nodes / "US"
    assert program("declaration", "import", first, "--node", node, "--supplement").code == 3
    assert program("declaration", "import", first, "--node", node).code == 0
    refused = program("declaration", "import", second, "--node", node)
    assert refused.code == 3
    assert "--supplement" in refused.err
    assert program("declaration", "import", second, "--node", node, "--supplement").code == 0
    summary = json.loads(program("assess", "--node", node, "--as-of", "2018-09-01", "--json").out)
    rows = [
        f
        for f in summary["findings"]
        if f["as_of"] == "2018-09-01"
        and f["party"] == f["interpretation"] == "US"
        and f["limit"] in (700, 800, 1550)
    ]
    assert {(f["limit"], f["figure"], f["outcome"]) for f in rows} == {
        (700, 659, "within"),
        (1550, 1398, "within"),
        (800, 800, "within"),
    }
    assert all(len(f["records"]) >= 2 for f in rows), "original and supplement both stand behind the figure"
    kinds = json.loads(program("status", "--node", node, "--json").out)["logs"]
    own = next(log for log in kinds if log["own"])
    assert own["kinds"]["declaration.aggregate"] == 2
