"""JSON decoding: types, errors, and the first use of a type by several threads."""

import subprocess
import sys

import msgspec
import pytest

from amzlinkr.net.json_decoding import decode_json

PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from amzlinkr.amazon.paapi5.parser import reader
from amzlinkr.net.json_decoding import decode_json

THREADS = 8
BODY = b'{"SearchResult":{"Items":[{"ASIN":"B0TEST0001"}]}}'
barrier = Barrier(THREADS)

def decode(_):
    barrier.wait()
    return decode_json(BODY, reader.keywords["body"])

sys.setswitchinterval(1e-6)
with ThreadPoolExecutor(THREADS) as pool:
    for body in pool.map(decode, range(THREADS)):
        print(body.result.items[0].asin)
"""


def test_threads_decode_a_type_that_was_not_used_before() -> None:
    # In a separate process, which a segmentation fault would end.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.split()) == (0, ["B0TEST0001"] * 8), done.stderr


def test_strict_decoding_converts_no_types() -> None:
    assert decode_json(b'"1"', int, strict=False) == 1
    with pytest.raises(msgspec.ValidationError):
        decode_json(b'"1"', int)
    with pytest.raises(msgspec.DecodeError):
        decode_json("{", dict)
