"""HTTP routes of the control API, below `/_fake/`: JSON in and out, no authentication."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec

from infra.local.fake_amazon.control import Control, InvalidControlRequest
from infra.local.fake_amazon.control_bodies import (
    AccountBody,
    ClockBody,
    GoneBody,
    NameBody,
    PriceBody,
    StockBody,
)
from infra.local.fake_amazon.special_offers import OfferBody
from infra.local.fake_amazon.state import Dialect, Fault

PREFIX = "/_fake/"
_ACCOUNT_PATH = re.compile(r"accounts/([^/]+)\Z")
_OK = {"ok": True}


def respond(method: str, path: str, body: bytes, control: Control) -> tuple[int, bytes]:
    """Run a control request; return the status and the JSON body of the response."""
    try:
        result = _dispatch(method, path.removeprefix(PREFIX), body, control)
    except (msgspec.DecodeError, InvalidControlRequest) as exc:
        return 400, msgspec.json.encode({"error": str(exc)})
    if result is None:
        return 404, msgspec.json.encode({"error": f"unknown control request {method} {path}"})
    return 200, msgspec.json.encode(result)


def _dispatch(method: str, name: str, body: bytes, control: Control) -> object:
    if method == "GET":
        return _read(name, control)
    account = _ACCOUNT_PATH.match(name)
    if method == "PUT" and account:
        control.put_account(unquote(account[1]), msgspec.json.decode(body, type=AccountBody))
        return _OK
    if method == "DELETE":
        return _delete(name, control)
    return _update(method, name, body, control)


def _read(name: str, control: Control) -> object:
    match name:
        case "calls":
            return {"calls": control.calls()}
        case "examples":
            return control.examples()
        case _:
            return None


def _delete(name: str, control: Control) -> object:
    match name:
        case "calls":
            control.clear_calls()
        case "tokens":
            control.clear_tokens()
        case _:
            return None
    return _OK


def _update(method: str, name: str, body: bytes, control: Control) -> object:
    if (method, name) == ("POST", "prices"):
        return {"price": control.set_price(msgspec.json.decode(body, type=PriceBody))}
    if (method, name) == ("POST", "reset"):
        control.reset()
        return _OK
    update = _UPDATES.get((method, name))
    if update is None:
        return None
    kind, operation = update
    operation(control, msgspec.json.decode(body, type=kind))
    return _OK


_UPDATES: dict[tuple[str, str], tuple[type[Any], Callable[[Control, Any], None]]] = {
    ("POST", "names"): (NameBody, Control.rename),
    ("POST", "stock"): (StockBody, Control.set_stock),
    ("POST", "gone"): (GoneBody, Control.set_gone),
    ("POST", "offers"): (OfferBody, Control.set_offer),
    ("POST", "faults"): (Fault, Control.add_fault),
    ("PUT", "clock"): (ClockBody, Control.set_clock),
    ("PUT", "dialect"): (Dialect, Control.set_dialect),
}
