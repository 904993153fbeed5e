"""Schemas of the OpenAPI document, from the HTTP types: named, described, and without nulls.

Enumerations of responses are open: they may get further values. Their values are in the extension
`x-extensible-enum`, because generated clients reject other values than those of `enum`.
"""

from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.http.schemas.problems import ProblemOut
from amzlinkr.http.schemas.requests import CredentialsInput, Strict
from infra.openapi.descriptions import (
    Enumeration,
    enumerations,
    field_descriptions,
    unwrapped,
)
from infra.openapi.names import schema_name
from infra.openapi.operation import Operation

Schema = dict[str, Any]
REFERENCE_PREFIX = "#/components/schemas/"
CREDENTIALS_NAME, MARKETPLACE_CODE_NAME = "Credentials", "MarketplaceCode"
MARKETPLACE_FIELDS = ("marketplace", "primary_marketplace")
TAG_TEXT = "Amazon API that the credentials are for."
_DEPRECATED = {"PaapiCredentialsInput"}
"""Types that the document marks as deprecated."""


def reference_to(name: str) -> Schema:
    """Return the reference to a schema."""
    return {"$ref": REFERENCE_PREFIX + name}


def schema_of(kind: Any) -> Schema:
    """Return the reference to the schema of a type."""
    return reference_to(
        CREDENTIALS_NAME if kind == CredentialsInput else schema_name(kind.__name__)
    )


def components_of(operations: Iterable[Operation]) -> dict[str, Schema]:
    """Return all schemas of the operations by name, except those of parameters."""
    types: list[Any] = [ProblemOut]
    for operation in operations:
        used = (*operation.responses.values(), operation.body)
        types += [kind for kind in used if kind not in (None, dict, str, *types)]
    found = {
        schema_name(struct.__name__): _without_defaults(component_of(struct))
        for struct in _structs_in(types)
    }
    found |= {schema_name(one.name): _open_enumeration(one) for one in _used_enumerations(found)}
    found[CREDENTIALS_NAME] = _credentials()
    found[MARKETPLACE_CODE_NAME] = _marketplace_code()
    return dict(sorted(found.items()))


def _without_defaults(component: Schema) -> Schema:
    """Return a schema without defaults, which make generators of TypeScript require a property.

    The descriptions state them.
    """
    for kind in component["properties"].values():
        kind.pop("default", None)
    return component


def component_of(struct: type[msgspec.Struct]) -> Schema:
    """Return the schema of a type, with references to those that it uses."""
    (reference,), parts = msgspec.json.schema_components(
        [struct], ref_template=REFERENCE_PREFIX + "{name}"
    )
    schema = parts[reference["$ref"].rpartition("/")[2]]
    texts, is_request = field_descriptions(struct), issubclass(struct, Strict)
    properties = {
        name: _property(name, _portable(kind), texts.get(name, ""), is_request=is_request)
        for name, kind in schema["properties"].items()
    }
    result: Schema = {"type": "object", "description": unwrapped(struct.__doc__ or "")}
    if struct.__name__ in _DEPRECATED:
        result["deprecated"] = True
    result["properties"] = properties
    if required := schema.get("required"):
        result["required"] = required
    if is_request:
        result["additionalProperties"] = False
    return result


def _property(name: str, kind: Schema, text: str, *, is_request: bool) -> Schema:
    if is_request and name in MARKETPLACE_FIELDS:
        kind = reference_to(MARKETPLACE_CODE_NAME)
    if "const" in kind:
        return kind | {"description": TAG_TEXT}
    values = kind.get("enum")
    if values is None:
        return kind | {"description": text}
    found = enumerations()[frozenset(values)]
    if is_request:
        text = f"{text}\n\n{_values_text(found)}"
        return {"type": "string", **kind, "enum": list(found.values), "description": text}
    return reference_to(schema_name(found.name)) | {"description": text}


def _portable(schema: Any) -> Any:
    """Return a schema without nulls, with this document's names and with ECMA-262 patterns."""
    if isinstance(schema, list):
        return [_portable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result: Schema = {name: _portable(value) for name, value in schema.items()}
    if "$ref" in result:
        type_name = result["$ref"].rpartition("/")[2]
        result["$ref"] = REFERENCE_PREFIX + schema_name(type_name)
    if "pattern" in result:
        # JSON Schema requires ECMA-262 patterns: `$` instead of `\\Z`.
        result["pattern"] = result["pattern"].replace(r"\Z", "$")
    return _without_null(result)


def _without_null(schema: Schema) -> Schema:
    """Return a schema of an optional field as that of its value: a request omits the field."""
    values = [value for value in schema.get("enum", ()) if value is not None]
    if len(values) == 1:
        return {"type": "string", "const": values[0]}
    result = schema | ({"enum": values} if values else {})
    if result.get("default", ...) is None:
        del result["default"]
    kinds = result.pop("anyOf", [])
    (kind,) = [one for one in kinds if one != {"type": "null"}] or [{}]
    return {**result, **kind}


def _structs_in(types: Iterable[Any]) -> list[type[msgspec.Struct]]:
    """Return the structs of types, and of their fields."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType) and kind.cls not in found:
            found[kind.cls] = None
            for field in kind.fields:
                visit(field.type)
        for name in ("types", "item_type", "item_types", "value_type", "type"):
            inner = getattr(kind, name, ())
            for one in inner if isinstance(inner, tuple) else (inner,):
                visit(one)

    for info in msgspec.inspect.multi_type_info(types):
        visit(info)
    return list(found)


def _used_enumerations(schemas: dict[str, Schema]) -> list[Enumeration]:
    text = msgspec.json.encode(schemas).decode()
    return [
        one
        for one in enumerations().values()
        if f'"{REFERENCE_PREFIX}{schema_name(one.name)}"' in text
    ]


def _values_text(found: Enumeration) -> str:
    """Return the lines of the values, without the text above them."""
    return found.text[found.text.index("- `") :]


def _open_enumeration(found: Enumeration) -> Schema:
    text = f"{found.text}\n\nFurther values can be added: treat an unknown one as “other”."
    return {"type": "string", "description": text, "x-extensible-enum": list(found.values)}


def _credentials() -> Schema:
    names = {
        struct.__struct_config__.tag: REFERENCE_PREFIX + schema_name(struct.__name__)
        for struct in reversed(get_args(CredentialsInput))
    }
    return {
        "description": "Credentials of one of the two Amazon APIs; `api` selects the form.",
        "oneOf": [{"$ref": name} for name in names.values()],
        "discriminator": {"propertyName": "api", "mapping": names},
    }


def _marketplace_code() -> Schema:
    lines = "\n".join(f"- `{one.code}`: {one.domain}" for one in MARKETPLACES.values())
    return {
        "type": "string",
        "description": f"Code of a marketplace (GET /marketplaces).\n\n{lines}",
        "enum": list(MARKETPLACES),
        "examples": ["US"],
    }
