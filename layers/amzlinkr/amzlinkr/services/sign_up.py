"""Sign-up of sites: limits, challenges, site verification, claims of hosts, and invites."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidRequest, SignupExpired
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.sites import ApiKeyRecord, Signup, email_of, is_signup_id, network_of
from amzlinkr.security import api_keys
from amzlinkr.security.addresses import challenge_urls

if TYPE_CHECKING:
    from amzlinkr.security.site_verification import SiteVerifier
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.storage.signups import SignupStore
    from amzlinkr.storage.usage_counters import UsageCounters

VERIFICATION_WINDOW = timedelta(hours=1)
INVITE_TTL = timedelta(days=7)
ALL_CALLERS = "all"


@dataclass(frozen=True, slots=True)
class Applicant:
    """The input of a sign-up, and the network address of the client that sent it."""

    site_url: str
    email: str
    invite: str | None
    source_ip: str


@dataclass(frozen=True, slots=True)
class StartedSignup:
    """A pending sign-up, and where the site must serve its token: at the path or the query."""

    signup: Signup
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class SignedUpSite:
    """A site that completed its sign-up, and its new API key, which is shown once."""

    site_id: str
    url: str
    api_key: Secret


@dataclass(frozen=True, slots=True)
class Invite:
    """A code with which a host can sign up once, without site verification."""

    host: str
    code: Secret
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SiteSignUp:
    """Sign-ups of sites, by site verification or by invite."""

    signups: SignupStore
    usage_counters: UsageCounters
    accounts: AmazonAccounts
    verifier: SiteVerifier
    limits: Limits
    clock: Clock

    def start(self, applicant: Applicant) -> StartedSignup:
        """Store a pending sign-up with a new challenge. The result does not reveal known sites.

        Raises:
            InvalidRequest: The URL, the email address, or the invite is not valid.
            RateLimited: A limit of sign-ups is reached.
        """
        site = self.verifier.address_of(applicant.site_url)
        email = email_of(applicant.email)
        limits, count = self.limits, self.usage_counters.increment
        host_and_port, network = f"{site.host}:{site.port}", network_of(applicant.source_ip)
        # The narrowest limit first: a single caller cannot use up the limits that all share.
        count(limits.signups_of_address, network)
        invite = self._checked_invite_hash(applicant.invite, site.name)
        # Others may have used up the limits of the host; its invite must work nevertheless.
        if invite is None:
            count(limits.signups_of_domain_and_address, f"{host_and_port} {network}")
            count(limits.signups_of_domain, host_and_port)
        count(limits.signups_of_email, email.lower())
        count(limits.signups, ALL_CALLERS)

        signup = Signup(
            signup_id=f"su_{secrets.token_hex(16)}",
            host=site.name,
            url=site.url,
            email=email,
            token=secrets.token_urlsafe(32),
            expires_at=self.clock.now().replace(microsecond=0) + VERIFICATION_WINDOW,
            invite=invite,
        )
        self.signups.begin(signup)
        return StartedSignup(signup, *challenge_urls(signup.signup_id))

    def verify(self, signup_id: str, deadline: Deadline) -> SignedUpSite:
        """Verify the site, unless the sign-up has an invite, and claim its host.

        A repeated call creates another API key and revokes the earlier ones.

        Raises:
            SignupExpired: The sign-up is unknown or has expired.
            RateLimited: A limit of verifications is reached.
            SiteNotProven: The site does not serve the token.
            InviteUsed: The invite of the sign-up was used or has expired.
        """
        if not is_signup_id(signup_id):
            raise SignupExpired
        signup = self.signups.get(signup_id, self.clock.now())
        if signup.invite is None:
            site = self.verifier.address_of(signup.url)
            limits, count = self.limits, self.usage_counters.increment
            count(limits.verifications, signup_id)
            count(limits.verifications_of_domain, f"{site.host}:{site.port}")
            self.verifier.verify(site, signup_id, signup.token, deadline)

        api_key = api_keys.new_api_key()
        new_id = f"site_{secrets.token_hex(13)}"
        record = ApiKeyRecord(api_key.kid, api_key.digest)
        claimed = self.signups.claim(signup, new_id, record, self.clock.now())
        self.accounts.delete_secrets(claimed.secret_ids, deadline)
        telemetry.count("SiteSignedUp")
        return SignedUpSite(claimed.site_id, signup.url, api_key.text)

    def invite(self, site_url: str) -> Invite:
        """Create an invite for the host of a site. Raises `InvalidRequest` for an invalid URL."""
        host, code = self.host_of(site_url), secrets.token_urlsafe(32)
        expires_at = self.clock.now() + INVITE_TTL
        # Only the hash is stored, so that the table does not reveal the code.
        self.signups.invite(api_keys.digest_of(code), host, expires_at)
        return Invite(host, Secret(code), expires_at)

    def host_of(self, site_url: str) -> str:
        """Return the name of a site's host, the same for all spellings of the URL.

        Raises:
            InvalidRequest: The URL is not valid.
        """
        return self.verifier.address_of(site_url).name

    def _checked_invite_hash(self, code: str | None, host: str) -> str | None:
        """Return the hash of an invite's code, or None. An invite replaces site verification.

        Raises:
            InvalidRequest: The invite is for another host, was used, or has expired.
        """
        if code is None:
            return None
        digest = api_keys.digest_of(code.strip())
        if not self.signups.is_invited(digest, host, self.clock.now()):
            raise InvalidRequest(
                "invite",
                "This invite is for another site, was used, or has expired.",
                "Copy the complete code again, or sign up without an invite.",
            )
        return digest
