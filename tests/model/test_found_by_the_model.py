"""What the model found, in as few steps as it takes."""

import pytest

from counterseal.services.errors import ForkFoundError
from counterseal.services.import_bundle import import_bundle
from model.opponent import Moves


@pytest.fixture
def run() -> Moves:
    """One record of AUD, which BEL and the corrupt ARD have."""
    moves = Moves("ARD")
    moves.say(0, amount=1, readers=())
    moves.exchange(0, 1)
    moves.take(moves.stick(0), 0)
    return moves


def two_stories(run: Moves) -> None:
    """One record on the first laptop, three others on the second."""
    run.fork(0)
    run.say_anything(0, amount=1, readers=())
    run.say_anything(1, amount=3, readers=())


def test_two_who_install_one_trust_file_under_other_signatures_go_on_together(run: Moves) -> None:
    """All keepers sign one file twice; what they signed is the same, so it is one file."""
    run.agree(0, 1)
    run.agree(1, 1)
    run.agree(0, 2)
    run.exchange(0, 1)
    assert run.seats[1].node.trust.version == 3
    run.check()


def test_a_key_file_signed_again_is_the_same_key_file(run: Moves) -> None:
    """A corrupt party cannot close a store to its own next key file by signing this one twice."""
    for trick in ("sign_a_key_file_again", "plain"):
        run.change_keys(0, roles=frozenset(("seal",)))
        stick = run.lie(0, trick, 0)
        assert stick is not None
        assert run.deliver(stick, 1)
    run.check()


def test_a_fork_after_a_change_of_log_keys_is_proved_to_both_verifiers(run: Moves) -> None:
    """One story under the old log keys, the other under the new ones: both are the party's word."""
    run.fork(0)
    run.change_keys(1, roles=frozenset(("log",)))
    run.say_anything(0, amount=2, readers=())
    for laptop in (0, 1):
        stick = run.lie(laptop, "plain", 0)
        assert stick is not None
        run.deliver(stick, 1)
    assert run.proofs
    run.second_opinion()


def test_a_witness_does_not_vouch_against_what_it_holds(run: Moves) -> None:
    """It has one entry of the log, and has not cosigned yet; it is asked for a head over three others."""
    two_stories(run)
    stick = run.lie(0, "plain", 0)
    assert stick is not None
    assert run.deliver(stick, 1)
    run.ask(1, 1, old=0)
    run.check()


def test_a_witness_can_prove_that_it_was_shown_two_stories(run: Moves) -> None:
    """It cosigned one head on request, and is then brought another story."""
    two_stories(run)
    run.ask(0, 1, old=0)
    stick = run.lie(1, "plain", 0)
    assert stick is not None
    with pytest.raises(ForkFoundError):
        import_bundle(run.seats[1].node, stick.bundle)


def test_two_who_were_told_two_stories_both_prove_it_and_cannot_exchange_any_more(run: Moves) -> None:
    """The price of one record for all: what the corrupt party forked stands between them until people act."""
    run.tell_two_stories(0, 1, asked=False)
    run.say(0, amount=1, readers=())
    proofs = len(run.proofs)
    for giver, taker in ((0, 1), (1, 0)):
        stick = run.make_stick(giver)
        assert stick is not None
        assert not run.deliver(stick, taker)
    assert len(run.proofs) == proofs + 2
