"""Lies that a party can tell with its own real keys, and what gives each of them away."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from assessment.fictional import ARD, BEL
from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.ed25519 import signing_key
from counterseal.records.body import seal_body
from counterseal.records.envelope import HEADER_TYPE, split_record
from strategies.forgery import LogCopy, edit_opening, raw_envelope, rechain, resign, reword, sign_header
from strategies.worlds import spoken

WORLD = spoken()
AUTHOR = WORLD.keys[ARD].working.author
STRANGER = signing_key(bytes(range(32)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What the liar does to its own log, and what gives it away once every witness has cosigned.

    Attributes:
        checks: Checks that refuse it.
        said: What both verifiers say under the first of them, in their own words.
    """

    tell: Callable[[LogCopy], None]
    checks: frozenset[str]
    said: tuple[str, str]


def drop(log: LogCopy, index: int) -> None:
    del log.entries[index], log.openings[index]


def put(log: LogCopy, index: int, entry: bytes, opening: bytes = b"") -> None:
    log.entries.insert(index, entry)
    log.openings.insert(index, opening)


def swap(log: LogCopy, one: int, other: int) -> None:
    for items in (log.entries, log.openings):
        items[one], items[other] = items[other], items[one]


def new_record(log: LogCopy, **members: object) -> bytes:
    """One more record of Ardania, as an honest one would be but for ``members``."""
    last = log.header(len(log.entries) - 1)
    follows = {"seq": last["seq"] + 1, "prev": log.record_id(len(log.entries) - 1)}
    return sign_header({**last, **follows, **members}, AUTHOR)


def drop_one(log: LogCopy) -> None:
    drop(log, 1)


def drop_and_sign_the_rest_again(log: LogCopy) -> None:
    drop(log, 1)
    rechain(log, AUTHOR)


def swap_two(log: LogCopy) -> None:
    swap(log, 1, 2)


def replay_one(log: LogCopy) -> None:
    put(log, 4, log.entries[1], log.openings[1])


def re_date_one(log: LogCopy) -> None:
    resign(log, 1, AUTHOR, claimed_time="2029-12-24T12:00:00Z")


def sign_with_the_witness_key(log: LogCopy) -> None:
    log.entries[3] = sign_header(log.header(3), WORLD.keys[ARD].working.witness)


def sign_with_a_strange_key(log: LogCopy) -> None:
    log.entries[3] = sign_header(log.header(3), STRANGER)


def sign_with_a_key_in_anothers_name(log: LogCopy) -> None:
    payload, _, signature = split_record(log.entries[3])
    theirs = WORLD.keys[BEL].working.author.key_id
    log.entries[3] = raw_envelope(payload, payload_type=HEADER_TYPE, signatures=[(theirs, signature)])


def keep_the_signature_over_another_header(log: LogCopy) -> None:
    _, key_id, signature = split_record(log.entries[3])
    payload = encode_canonical({**log.header(3), "claimed_time": "2030-01-11T12:00:00Z"})
    log.entries[3] = raw_envelope(payload, payload_type=HEADER_TYPE, signatures=[(key_id, signature)])


def add_a_multiple_of_the_group_order(log: LogCopy) -> None:
    payload, key_id, signature = split_record(log.entries[3])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    other = signature[:32] + scalar.to_bytes(32, "little")
    log.entries[3] = raw_envelope(payload, payload_type=HEADER_TYPE, signatures=[(key_id, other)])


def edit_a_figure_in_the_opening(log: LogCopy) -> None:
    edit_opening(log, 3, "launchers", 1)


def declare_another_figure(log: LogCopy) -> None:
    reword(log, 0, AUTHOR, {**log.statement(0), "launchers": 1})
    rechain(log, AUTHOR)


def open_another_record(log: LogCopy) -> None:
    log.openings[3] = log.openings[2]


def cut_the_log(log: LogCopy) -> None:
    for _ in range(3):
        drop(log, 1)


def leave_a_gap(log: LogCopy) -> None:
    put(log, 4, new_record(log, seq=5, prev="ab" * 32))


def number_one_twice(log: LogCopy) -> None:
    put(log, 4, new_record(log, seq=3, prev=log.record_id(2), claimed_time="2030-01-12T12:00:00Z"))


def begin_the_feed_again(log: LogCopy) -> None:
    put(log, 4, new_record(log, seq=0, prev=None))


def link_to_another_record(log: LogCopy) -> None:
    put(log, 4, new_record(log, prev=log.record_id(0)))


def use_anothers_feed(log: LogCopy) -> None:
    put(log, 4, new_record(log, seq=0, prev=None, feed="cd" * 32))


def write_a_key_twice_in_a_header(log: LogCopy) -> None:
    payload = split_record(log.entries[3])[0]
    log.entries[3] = sign_header(payload.replace(b'{"alg":"S1",', b'{"alg":"S1","alg":"S1",'), AUTHOR)


def write_a_key_twice_in_an_envelope(log: LogCopy) -> None:
    log.entries[3] = log.entries[3].replace(b'{"payload":', b'{"payload":"","payload":', 1)


def add_a_member_to_an_envelope(log: LogCopy) -> None:
    log.entries[3] = log.entries[3][:-1] + b',"x":1}'


def put_a_space_into_an_envelope(log: LogCopy) -> None:
    log.entries[3] = log.entries[3].replace(b'","payloadType"', b'", "payloadType"')


def sign_twice(log: LogCopy) -> None:
    payload, key_id, signature = split_record(log.entries[3])
    twice = [(key_id, signature), (key_id, signature)]
    log.entries[3] = raw_envelope(payload, payload_type=HEADER_TYPE, signatures=twice)


def call_it_another_type(log: LogCopy) -> None:
    log.entries[3] = log.entries[3].replace(b"header.v1", b"header.v2")


def write_base64_another_way(log: LogCopy) -> None:
    """The last character before the padding of a 64-byte signature has four bits to spare."""
    at = log.entries[3].index(b'=="}')
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = digits[digits.index(log.entries[3][at - 1]) | 1]
    log.entries[3] = log.entries[3][: at - 1] + bytes((spare,)) + log.entries[3][at:]
    assert base64.b64decode(log.entries[3].split(b'"sig":"')[1].split(b'"')[0])


def speak_for_another(log: LogCopy) -> None:
    put(log, 4, new_record(log, author="BEL"))


def speak_of_another_treaty(log: LogCopy) -> None:
    put(log, 4, new_record(log, treaty="sea-treaty"))


def speak_of_what_is_not_there(log: LogCopy) -> None:
    put(log, 4, new_record(log, refs=["ef" * 32]))


def build_on_what_is_not_there(log: LogCopy) -> None:
    put(log, 4, new_record(log, not_before=["ef" * 32]))


def countersignature(log: LogCopy, record: str, **said: object) -> None:
    """Ardania says something of a record, in a record of its own."""
    statement = {"meaning": "received", "note": None, "record": record, **said}
    body = seal_body(statement, salts=bytes)
    sealed = {"commit": body.commit, "parts": body.parts, "size_class": body.size_class}
    put(log, 4, new_record(log, kind="countersignature", body=sealed, refs=[record]), body.opening)


def countersign_its_own(log: LogCopy) -> None:
    countersignature(log, log.record_id(0))


def countersign_with_unknown_words(log: LogCopy) -> None:
    countersignature(log, WORLD.said[3], meaning="applauded")


def countersign_with_a_list(log: LogCopy) -> None:
    countersignature(log, WORLD.said[3], meaning=["received"])


def countersign_with_a_number_for_a_note(log: LogCopy) -> None:
    countersignature(log, WORLD.said[3], note=7)


def object_without_a_word(log: LogCopy) -> None:
    countersignature(log, WORLD.said[3], meaning="objects")


def countersign_two_ways(log: LogCopy) -> None:
    """The header names one record, the statement another."""
    countersignature(log, WORLD.said[3])
    resign(log, 4, AUTHOR, refs=[WORLD.said[4]])


def lie(tell: Callable[[LogCopy], None], checks: str, first: str, second: str) -> Lie:
    return Lie(tell=tell, checks=frozenset(checks.split()), said=(first, second))


CUT = "builds on checkpoint"
NOT_HERE = "is not here"
LIES = {
    item.tell.__name__: item
    for item in (
        lie(drop_one, "feeds references", "comes where 1 must: a gap", "a gap: seq 2 follows on seq 0"),
        lie(drop_and_sign_the_rest_again, "references", CUT, NOT_HERE),
        lie(swap_two, "feeds references", "comes after 2: out of order", "seq 1 stands after seq 2"),
        lie(replay_one, "duplicates", "stands twice in the bundle", "stands twice"),
        lie(re_date_one, "feeds references", "the record before it is", "prev is not the record before it"),
        lie(sign_with_the_witness_key, "signatures", "no author key of ARD", "no author key of ARD"),
        lie(sign_with_a_strange_key, "signatures", "no author key of ARD", "no author key of ARD"),
        lie(sign_with_a_key_in_anothers_name, "signatures", "no author key of ARD", "no author key of ARD"),
        lie(keep_the_signature_over_another_header, "signatures", "does not verify", "does not verify"),
        lie(
            add_a_multiple_of_the_group_order, "signatures", "below the group order", "below the group order"
        ),
        lie(edit_a_figure_in_the_opening, "bodies", "does not open the header's", "do not give the header's"),
        lie(open_another_record, "bodies", "does not open the header's", "do not give the header's"),
        lie(declare_another_figure, "references", CUT, NOT_HERE),
        lie(cut_the_log, "references", CUT, NOT_HERE),
        lie(leave_a_gap, "feeds", "comes where 4 must: a gap", "a gap: seq 5 follows on seq 3"),
        lie(
            number_one_twice, "duplicates", "was there before, with another id", "another record of its feed"
        ),
        lie(
            begin_the_feed_again, "duplicates", "was there before, with another", "another record of its feed"
        ),
        lie(link_to_another_record, "feeds", "the record before it is", "prev is not the record before it"),
        lie(use_anothers_feed, "feeds", "not that of the key", "not that of the key"),
        lie(write_a_key_twice_in_a_header, "headers", "given twice", "does not encode back"),
        lie(write_a_key_twice_in_an_envelope, "envelopes", "given twice", "not an envelope in canonical"),
        lie(add_a_member_to_an_envelope, "envelopes", "nothing else", "not an envelope in canonical"),
        lie(put_a_space_into_an_envelope, "envelopes", "white space", "not an envelope in canonical"),
        lie(sign_twice, "envelopes", "exactly one signature", "exactly one signature"),
        lie(call_it_another_type, "envelopes", "payload type", "payload type"),
        lie(write_base64_another_way, "envelopes", "not the standard spelling", "its only spelling"),
        lie(speak_for_another, "headers", "authored by BEL, in the log of ARD", "the author is not ARD"),
        lie(speak_of_another_treaty, "headers", "of treaty 'sea-treaty'", "another treaty"),
        lie(speak_of_what_is_not_there, "references", "which is not in the bundle", "is not in this bundle"),
        lie(build_on_what_is_not_there, "references", "a log was cut or held back", NOT_HERE),
        lie(countersign_its_own, "countersignatures", "its own record", "own"),
        lie(countersign_with_unknown_words, "countersignatures", "'applauded': unknown", "applauded"),
        lie(countersign_with_a_list, "countersignatures", "['received']: unknown", "['received']"),
        lie(countersign_with_a_number_for_a_note, "countersignatures", "text or null", "note is not of"),
        lie(object_without_a_word, "countersignatures", "must say why", "has no note"),
        lie(countersign_two_ways, "countersignatures", "its refs name another", "refs is not exactly"),
    )
}
