"""What a backup may hold: nothing that signs, and everything that opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.app.bootstrap import SeededRandomness
from counterseal.crypto.sealing import seal_key
from counterseal.services.keys import SEEDED, make_seeds
from counterseal.services.restore import (
    SECRETS,
    node_keys,
    voiceless_keys,
    with_earlier_seal,
    without_voice,
)

SEEDS = make_seeds(SeededRandomness(seed=1, name="node"))


def test_a_backup_has_no_seed_of_a_key_that_signs() -> None:
    kept = without_voice({**with_earlier_seal(SEEDS), "seal": b"\1" * 32, SECRETS: b"\2" * 32})
    assert kept == {"seal": b"\1" * 32, "seal-earlier-1": SEEDS["seal"], SECRETS: b"\2" * 32}


@given(st.integers(0, 12))
def test_every_earlier_seal_key_is_kept_newest_first(changes: int) -> None:
    seeds, made = dict(SEEDS), [SEEDS["seal"]]
    for number in range(changes):
        seeds = with_earlier_seal(seeds) | {"seal": bytes([number]) * 32}
        made.append(seeds["seal"])
    keys = node_keys(seeds)
    assert [key.public for key in keys.seals] == [seal_key(seed).public for seed in reversed(made)]


def test_a_voiceless_node_opens_what_was_sealed_and_signs_as_nobody() -> None:
    whole = node_keys(SEEDS)
    mute = voiceless_keys(without_voice(SEEDS), randomness=SeededRandomness(seed=2, name="nobody"))
    assert mute.seal is not None
    assert whole.seal is not None
    assert mute.seal.public == whole.seal.public
    for name in ("author", "log", "witness", "log_pq", "witness_pq"):
        assert getattr(mute, name).public != getattr(whole, name).public


@pytest.mark.parametrize("name", [name for name in SEEDED if name in ("author", "log", "witness")])
def test_a_node_that_is_not_voiceless_needs_its_seeds(name: str) -> None:
    with pytest.raises(KeyError):
        node_keys({key: seed for key, seed in SEEDS.items() if key != name})
