"""Opposed parties: three honest ones and a corrupt one say, carry, lose, forge, crash and return, in any order.

Every step is done with the real services and told to the naive reference (``reference.py``); then
``checks.py`` holds the one against the other. ``moves.py`` has the steps themselves.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from counterseal.services.rotate import ROLES
from model.corrupt import TRICKS
from model.opponent import Moves
from model.world import PARTIES

ANYBODY = st.integers(0, 2)
"""One of the three honest parties."""
LAPTOP = st.integers(0, 2)
"""One of the corrupt party's laptops."""
STICK = st.integers(0, 999)
"""One of the sticks, the newest at 0."""
CUT = st.none() | st.integers(0, 9)
"""The power is cut before that write, or not at all."""
READERS = st.just(()) | st.sets(st.sampled_from(PARTIES), min_size=1, max_size=2).map(
    lambda to: tuple(sorted(to))
)
"""To whom a statement is sealed; nobody: it is for everybody."""


STEPS: set[str] = set()
"""Names of all steps."""


def step(**drawn: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule after which the machine is known to be in order."""

    def wrap(act: Callable[..., None]) -> Any:
        @wraps(act)
        def done(self: "OpposedParties", **values: Any) -> None:
            self.in_order = False
            act(self, **values)

        STEPS.add(act.__name__)
        decorate: Callable[[Callable[..., None]], Any] = rule(**drawn)
        return decorate(done)

    return wrap


class OpposedParties(RuleBasedStateMachine):
    """The model; ``finish`` runs at the end of every example that was in order."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: Moves | None = None
        self.in_order = False

    @property
    def do(self) -> Moves:
        assert self.moves is not None
        return self.moves

    @initialize(corrupt=st.sampled_from(PARTIES), spoken=st.booleans(), readers=READERS)
    def begin(self, corrupt: str, spoken: bool, readers: tuple[str, ...]) -> None:
        self.moves = Moves(corrupt)
        self.moves.say(0, amount=1, readers=readers)
        for other in (1, 2):
            if spoken:
                self.moves.say(other, amount=1, readers=())
            self.moves.exchange(0, other)
        self.moves.take(self.moves.stick(0), 0)

    # --- honest parties

    @step(who=ANYBODY, amount=st.integers(1, 3), readers=READERS, cut=CUT)
    def say(self, who: int, amount: int, readers: tuple[str, ...], cut: int | None) -> None:
        self.do.say(who, amount=amount, readers=readers, cut=cut)

    @step(who=ANYBODY, which=st.integers(0, 99))
    def countersign(self, who: int, which: int) -> None:
        self.do.countersign(who, which)

    @step(who=ANYBODY, cut=CUT)
    def make_a_stick(self, who: int, cut: int | None) -> None:
        self.do.make_stick(who, cut=cut)

    @precondition(lambda self: self.do.sticks)
    @step(which=STICK, who=ANYBODY, cut=CUT, again=st.booleans())
    def deliver(self, which: int, who: int, cut: int | None, again: bool) -> None:
        self.do.deliver(self.do.stick(which), who, cut=cut)
        if again:
            self.do.deliver(self.do.stick(which), who)

    @precondition(lambda self: self.do.sticks)
    @step(which=STICK)
    def lose(self, which: int) -> None:
        self.do.sticks.remove(self.do.stick(which))

    @step(who=ANYBODY, to=ANYBODY, cut=CUT)
    def exchange(self, who: int, to: int, cut: int | None) -> None:
        self.do.exchange(who, to, cut=cut)

    @step(who=ANYBODY, cut=CUT)
    def cosign(self, who: int, cut: int | None) -> None:
        self.do.cosign(who, cut=cut)

    @step(who=ANYBODY)
    def back_up(self, who: int) -> None:
        self.do.back_up(who)

    @precondition(lambda self: self.do.can_be_restored)
    @step(who=ANYBODY)
    def restore(self, who: int) -> None:
        self.do.restore(who)

    @step(who=ANYBODY, roles=st.sets(st.sampled_from(ROLES), min_size=1), cut=CUT)
    def rotate(self, who: int, roles: set[str], cut: int | None) -> None:
        self.do.rotate(who, roles=frozenset(roles), cut=cut)

    @step(who=ANYBODY, which=st.integers(0, 5), cut=CUT)
    def agree(self, who: int, which: int, cut: int | None) -> None:
        self.do.agree(who, which, cut=cut)

    @step(who=st.integers(0, 3), days=st.sampled_from([-3653, -400, -1, 1, 400, 3653]))
    def jump(self, who: int, days: int) -> None:
        self.do.jump(who, days)

    # --- the corrupt party

    @step(laptop=LAPTOP, amount=st.integers(1, 2), readers=READERS)
    def say_anything(self, laptop: int, amount: int, readers: tuple[str, ...]) -> None:
        self.do.say_anything(laptop, amount=amount, readers=readers)

    @precondition(lambda self: len(self.do.laptops) < 3)
    @step(laptop=LAPTOP)
    def fork(self, laptop: int) -> None:
        self.do.fork(laptop)

    @step(laptop=LAPTOP, who=ANYBODY, amount=st.integers(0, 2))
    def tell(self, laptop: int, who: int, amount: int) -> None:
        """Say something to one of them alone, at once."""
        if amount:
            self.do.say_anything(laptop, amount=amount, readers=())
        stick = self.do.lie(laptop, "plain", 0)
        if stick is not None:
            self.do.deliver(stick, who)
        self.do.cosign(who)

    @step(who=ANYBODY, to=ANYBODY, asked=st.booleans())
    def tell_two_stories(self, who: int, to: int, asked: bool) -> None:
        """One story to each of two, or both to one witness; then the two meet."""
        self.do.tell_two_stories(who, to, asked=asked)

    @step(laptop=LAPTOP, name=st.sampled_from(sorted(TRICKS)), pick=st.integers(0, 9999), who=ANYBODY)
    def lie(self, laptop: int, name: str, pick: int, who: int) -> None:
        stick = self.do.lie(laptop, name, pick)
        if stick is not None:
            self.do.deliver(stick, who)

    @precondition(lambda self: self.do.sticks)
    @step(which=STICK, pick=st.integers(0, 9999))
    def tamper(self, which: int, pick: int) -> None:
        self.do.tamper(self.do.stick(which), pick)

    @precondition(lambda self: self.do.sticks)
    @step(which=STICK, laptop=LAPTOP)
    def take(self, which: int, laptop: int) -> None:
        self.do.take(self.do.stick(which), laptop)

    @step(laptop=LAPTOP, who=ANYBODY, old=st.integers(-1, 4), cut=CUT)
    def ask(self, laptop: int, who: int, old: int, cut: int | None) -> None:
        self.do.ask(laptop, who, old=old, cut=cut)

    @step(laptop=LAPTOP, roles=st.sets(st.sampled_from(ROLES), min_size=1))
    def change_keys(self, laptop: int, roles: set[str]) -> None:
        self.do.change_keys(laptop, roles=frozenset(roles))

    # --- always

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        if self.moves is not None:
            self.moves.check()
        self.in_order = True

    def teardown(self) -> None:
        if self.moves is not None:
            if self.in_order:
                self.moves.finish()
            self.moves.close()
