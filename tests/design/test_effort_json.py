"""JSON in and out: an effort file may be JSON, which is YAML; answers leave as JSON that holds every number."""

import json

import pytest

from counterseal.design.delay_games import delay_game
from counterseal.design.effort import read_effort
from counterseal.design.errors import EffortError
from counterseal.design.regime_power import power
from counterseal.treaty.load import packaged_pack
from strategies.efforts import QUOTA
from strategies.full_effort import full_text


def as_json(text: str) -> str:
    data = read_effort(text, where="effort.yaml", pack_of=packaged_pack).data
    return json.dumps(data, default=float, indent=1)


@pytest.mark.parametrize("text", [QUOTA, full_text()], ids=["quota", "full"])
def test_an_effort_file_in_json_says_the_same_as_in_yaml(text: str) -> None:
    yaml = read_effort(text, where="effort.yaml", pack_of=packaged_pack)
    found = read_effort(as_json(text), where="effort.json", pack_of=packaged_pack)
    assert found.regime == yaml.regime
    assert found.strategies == yaml.strategies
    assert found.sha256 == yaml.sha256
    assert found.plan == yaml.plan


def test_a_refusal_names_the_line_of_the_json() -> None:
    lines = as_json(QUOTA).splitlines()
    place = next(number for number, line in enumerate(lines) if '"goal_p"' in line)
    lines[place] = ' "goal_p": 2,'
    with pytest.raises(EffortError, match=rf"effort\.json:{place + 1}.*goal_p"):
        read_effort("\n".join(lines), where="effort.json", pack_of=packaged_pack)


def test_answers_leave_as_json_and_no_number_is_lost() -> None:
    effort = read_effort(QUOTA, where="effort.yaml", pack_of=packaged_pack)
    told = power(effort.regime, effort.strategies, horizon_years=1, goal_p=effort.goal_p)
    for answer in (delay_game(12, 2), delay_game(12, 2, True), told):
        document = answer.document()
        assert json.loads(json.dumps(document, allow_nan=False)) == json.loads(json.dumps(document))
    assert (
        json.loads(json.dumps(delay_game(12, 2).document()))["value"]["value"]
        == delay_game(12, 2).value.value
    )
