"""A client that calls the API as a WordPress site does, and the sign-up of such a site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, event_of, send


def start_sign_up(
    deps: Dependencies, url: str, *, source_ip: str = "127.0.0.1", **fields: str
) -> Reply:
    """Send a sign-up of a site from a network address; `fields` are added to its body."""
    body = {"site_url": url, "email": "owner@example.com"} | fields
    event = event_of("POST", "/v1/signup", body)
    event["requestContext"]["identity"]["sourceIp"] = source_ip
    return send(deps, event)


def verify_sign_up(
    deps: Dependencies, started: Mapping[str, Any], *, source_ip: str = "127.0.0.1"
) -> Reply:
    """Ask the service to fetch the token of a started sign-up from its site, with the secret."""
    body = {"signup_secret": started["signup_secret"]}
    event = event_of("POST", f"/v1/signup/{started['signup_id']}/verify", body)
    event["requestContext"]["identity"]["sourceIp"] = source_ip
    return send(deps, event, seconds=25)


@dataclass
class Site:
    """A client that calls the API with the API key of a site."""

    deps: Dependencies
    site_id: str
    api_key: str = field(repr=False)
    scope: str = "full"

    @property
    def kid(self) -> str:
        """Return the public ID of the API key."""
        return self.api_key.removeprefix("amzl_live_").removeprefix("amzl_test_")[:8]

    @classmethod
    def sign_up(
        cls, deps: Dependencies, email: str = "owner@example.com", folder: str = ""
    ) -> "Site":
        """Sign up a new loopback site, in a folder of its host if one is given."""
        with WordPress() as wordpress:
            return cls.sign_up_host(deps, wordpress, folder, email=email)

    @classmethod
    def sign_up_host(
        cls, deps: Dependencies, wordpress: WordPress, folder: str = "", **fields: str
    ) -> "Site":
        """Sign up a running loopback site, which shows the token of the challenge."""
        started = start_sign_up(deps, wordpress.url + folder, **fields).json
        wordpress.serve_challenge(started["challenge"])
        verified = verify_sign_up(deps, started)
        assert verified.status == 201, verified.text
        return cls(deps, verified.json["site_id"], verified.json["api_key"])

    @classmethod
    def sign_up_and_connect(
        cls, deps: Dependencies, access_key: str, secret_key: str, tag: str
    ) -> "Site":
        """Sign up a new site and enter PA-API credentials for the US."""
        site = cls.sign_up(deps)
        assert site.connect(access_key, secret_key, tag).status == 200
        return site

    def connect(
        self, access_key: str, secret_key: str, tag: str, marketplace_code: str = "US"
    ) -> Reply:
        """Enter PA-API credentials."""
        return self.post(
            "/v1/validate",
            {
                "api": "paapi5",
                "access_key": access_key,
                "secret_key": secret_key,
                "partner_tag": tag,
                "marketplace": marketplace_code,
            },
        )

    def connect_creators(
        self,
        credential: tuple[str, str, str],
        tag: str,
        marketplace_code: str = "US",
        **changed: str,
    ) -> Reply:
        """Enter ID, secret, and version of a Creators API credential, with `changed` fields."""
        credential_id, secret, version = credential
        body = {
            "api": "creators",
            "credential_id": credential_id,
            "credential_secret": secret,
            "credential_version": version,
            "partner_tag": tag,
            "marketplace": marketplace_code,
        }
        return self.post("/v1/validate", body | changed)

    def open_sandbox(self) -> "Site":
        """Create a sandbox API key and return a client of the sandbox site."""
        created = self.post("/v1/keys", {"mode": "test"}).json
        return Site(self.deps, sandbox_id_of(self.site_id), created["api_key"])

    @property
    def host(self) -> str:
        """Return the address without its scheme, which confirms a site deletion."""
        url: str = self.get("/v1/site").json["site_url"]
        return url.partition("://")[2]

    def connection(self, marketplace_code: str = "US") -> Any:
        """Return a marketplace's connection as `GET /v1/connections` shows it."""
        connections = self.get("/v1/connections").json["connections"]
        return next(shown for shown in connections if shown["marketplace"] == marketplace_code)

    def send(self, event: dict[str, Any], seconds: float = 10) -> Reply:
        """Send an event with the context that the authorizer adds for this site."""
        event["requestContext"]["authorizer"] = {
            "site_id": self.site_id, "kid": self.kid, "scope": self.scope,
        }  # fmt: skip
        return send(self.deps, event, seconds)

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> Reply:
        return self.send(event_of("GET", path, query=query, headers=headers))

    def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        event = event_of("POST", path, body, headers=headers)
        return self.send(event, seconds=25)

    def put(self, path: str, body: object) -> Reply:
        return self.send(event_of("PUT", path, body))

    def patch(self, path: str, body: object) -> Reply:
        return self.send(event_of("PATCH", path, body))

    def delete(self, path: str, **query: str) -> Reply:
        return self.send(event_of("DELETE", path, query=query))

    def changes(self, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
        """Return all changes after a cursor, and the next cursor."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get("/v1/changes", cursor=cursor).json
            found += page["changes"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                return found, cursor
