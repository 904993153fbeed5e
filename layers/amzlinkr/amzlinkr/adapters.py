"""Construction of the clients of AWS services, and of what uses them besides the stores."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from amzlinkr.config import Config
from amzlinkr.domain.clock import Clock
from amzlinkr.net.aws_client import aws_client
from amzlinkr.queues.sqs import Queue
from amzlinkr.security.hmac_signer import HmacSigner
from amzlinkr.storage.stores import Stores

if TYPE_CHECKING:
    from amzlinkr.security.credential_vault import CredentialVault


@runtime_checkable
class Resettable(Protocol):
    """An object that keeps connections, secrets, or the state of a clock."""

    def reset(self) -> None:
        """Drop all that may be outdated."""
        ...


class Adapters(Stores):
    """The stores, queues, secrets, and the signer of cursors."""

    def __init__(self, config: Config, clock: Clock) -> None:
        super().__init__(config, clock)
        self._clients = {name: aws_client(name) for name in ("secretsmanager", "kms", "sqs")}
        secrets_manager, sqs = self._clients["secretsmanager"], self._clients["sqs"]
        self.signer = HmacSigner(secrets_manager, config.signing_secret_id, self.clock)
        self.refresh_queue = Queue(sqs, config.refresh_queue_url, self.clock)
        self.refresh_dead_letters = Queue(sqs, config.refresh_dead_letters_url, self.clock)
        self.import_queue = Queue(sqs, config.import_queue_url, self.clock)
        self.sandbox_import_queue = Queue(sqs, config.sandbox_import_queue_url, self.clock)

    @cached_property
    def vault(self) -> CredentialVault:
        """Return the vault of Amazon credentials."""
        from amzlinkr.security.credential_vault import credential_vault

        clients = self._clients
        return credential_vault(
            self.config, clients["secretsmanager"], clients["kms"], self.ciphertexts
        )

    def construct(self, *names: str) -> None:
        """Construct attributes, clients of AWS services, and what calls to `amazon` need.

        Calls need credentials, so `amazon` includes the client of the store that has them.
        """
        for name in names:
            if name == "dynamodb":
                _ = self.connection.client
                importlib.import_module("encodings.idna")  # imported when a name is resolved
            elif name == "amazon":
                self._clients[self.config.credential_store].construct()
                self._prepare_calls_to_amazon()
            elif name in self._clients:
                self._clients[name].construct()
            else:
                getattr(self, name)

    def after_restore(self) -> None:
        """Drop what is outdated, by days perhaps, when Lambda restores the process from a snapshot.

        That is connections, secrets, access tokens, call rates, and the state of the clock.
        """
        constructed = [*self.__dict__.values(), *self._clients.values()]
        for each in constructed:
            if isinstance(each, Resettable):
                each.reset()

    @staticmethod
    def _prepare_calls_to_amazon() -> None:
        import amzlinkr.security.token_cipher
        import amzlinkr.storage.access_tokens  # noqa: F401 - both are used by the first call
        from amzlinkr.amazon import catalog

        catalog.prepare()
