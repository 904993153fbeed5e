"""Decoding of JSON to types, also by several threads of a new process."""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_decoders: dict[tuple[object, bool], msgspec.json.Decoder[Any]] = {}
_lock = Lock()


def decode_json(text: bytes | str | msgspec.Raw, kind: type[T], *, strict: bool = True) -> T:
    """Return the value of this type that a JSON text contains.

    Raises:
        msgspec.DecodeError: The text is not JSON.
        msgspec.ValidationError: The value does not have the type.
    """
    decoder = _decoders.get((kind, strict))
    if decoder is None:
        # msgspec describes a type when it is first used, and publishes the description before it is
        # complete. A second thread that decodes the same type then ends the process.
        with _lock:
            decoder = _decoders[kind, strict] = msgspec.json.Decoder(kind, strict=strict)
    value: T = decoder.decode(text)
    return value
