"""HTTP routes of the control API, below `/_fake/`: JSON in and out, no authentication."""

import re
from urllib.parse import unquote

import msgspec

from infra.local.fake_amazon.control import (
    AccountBody,
    ClockBody,
    Control,
    GoneBody,
    InvalidControlRequest,
    NameBody,
    PriceBody,
    StockBody,
)
from infra.local.fake_amazon.state import Fault

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
    match method, name:
        case "POST", "prices":
            return {"price": control.set_price(msgspec.json.decode(body, type=PriceBody))}
        case "POST", "names":
            control.rename(msgspec.json.decode(body, type=NameBody))
        case "POST", "stock":
            control.set_stock(msgspec.json.decode(body, type=StockBody))
        case "POST", "gone":
            control.set_gone(msgspec.json.decode(body, type=GoneBody))
        case "POST", "faults":
            control.add_fault(msgspec.json.decode(body, type=Fault))
        case "PUT", "clock":
            control.set_clock(msgspec.json.decode(body, type=ClockBody))
        case "POST", "reset":
            control.reset()
        case _:
            return None
    return _OK
