"""Sign-up of sites: limits, challenges, site verification, claims of hosts, and invites."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidRequest, SiteSuspended
from amzlinkr.domain.sign_up_errors import InviteRequired, SignupExpired
from amzlinkr.domain.sites import ApiKeyRecord, Signup, is_signup_id
from amzlinkr.security import api_keys
from amzlinkr.security.addresses import challenge_urls

if TYPE_CHECKING:
    from amzlinkr.security.site_verification import SiteVerifier
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.services.sign_up_limits import SignUpLimits
    from amzlinkr.storage.signups import SignupStore
    from amzlinkr.storage.suspensions import SuspensionStore

VERIFICATION_WINDOW = timedelta(hours=1)
INVITE_TTL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Applicant:
    """The input of a sign-up, its e-mail address checked, and the client's network address."""

    site_url: str
    email: str
    invite: str | None
    source_ip: str


@dataclass(frozen=True, slots=True)
class StartedSignup:
    """A pending sign-up, and where the site must serve its token: at the path or the query.

    `secret` is shown once. `verify` requires it, because the sign-up's ID is in the site's log.
    """

    signup: Signup
    secret: Secret
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
    """Sign-ups of sites, by site verification or by invite; with `invite_only`, by invite."""

    signups: SignupStore
    suspensions: SuspensionStore
    accounts: AmazonAccounts
    verifier: SiteVerifier
    limits: SignUpLimits
    clock: Clock
    invite_only: bool

    def start(self, applicant: Applicant) -> StartedSignup:
        """Store a pending sign-up with a new challenge. The result does not reveal known sites.

        Raises:
            InvalidRequest: The URL or the invite is not valid.
            InviteRequired: The service accepts sign-ups by invite only.
            RateLimited: A limit of sign-ups is reached.
        """
        site = self.verifier.address_of(applicant.site_url)
        email = applicant.email
        invite = self._invite_hash(applicant.invite, site.name)
        # Others may have used up the limits of the caller's network; an invite works nevertheless.
        if invite is None:
            if self.invite_only and applicant.invite is None:
                raise InviteRequired
            self.limits.count_start(site, applicant.source_ip)
        if invite is None and applicant.invite is not None:
            # Counted above, because it costs a read.
            raise InvalidRequest(
                "invite",
                "This invite is for another site, was used, or has expired.",
                "Copy the complete code again, or request a new invite from the operator.",
            )

        secret = secrets.token_urlsafe(32)
        signup = Signup(
            signup_id=f"su_{secrets.token_hex(16)}",
            host=site.name,
            url=site.url,
            email=email,
            token=secrets.token_urlsafe(32),
            secret_hash=api_keys.digest_of(secret),
            expires_at=self.clock.now().replace(microsecond=0) + VERIFICATION_WINDOW,
            invite=invite,
        )
        self.signups.begin(signup)
        return StartedSignup(signup, Secret(secret), *challenge_urls(signup.signup_id))

    def check_site_url(self, url: str) -> None:
        """Raise `InvalidRequest` if the URL of a site is not valid."""
        self.verifier.address_of(url)

    def verify(
        self, signup_id: str, secret: str, source_ip: str, deadline: Deadline
    ) -> SignedUpSite:
        """Verify the site, unless the sign-up has an invite, and claim its host.

        A repeated call creates another API key and revokes the earlier ones.

        Raises:
            SignupExpired: The sign-up is unknown or has expired, or the secret is another one.
            SiteSuspended: The host is suspended.
            InviteRequired: The service accepts sign-ups by invite only.
            RateLimited: A limit of verifications or of new sites is reached.
            SiteNotProven: The site does not serve the token.
            InviteUsed: The invite of the sign-up was used or has expired.
        """
        if not is_signup_id(signup_id):
            raise SignupExpired
        signup = self.signups.get(signup_id, self.clock.now())
        if not api_keys.is_secret_of(signup.secret_hash, secret):
            raise SignupExpired
        # Before the fetch: a suspended host gets no requests. The claim checks it again.
        if self.suspensions.is_suspended(signup.host):
            raise SiteSuspended
        if signup.invite is None:
            self._verify_site(signup, source_ip, deadline)

        api_key = api_keys.new_api_key()
        new_id = f"site_{secrets.token_hex(13)}"
        record = ApiKeyRecord(api_key.kid, api_key.digest)
        claimed = self.signups.claim(signup, new_id, record, self.clock.now())
        self.accounts.delete_secrets(claimed.secret_ids, deadline)
        telemetry.count("SiteSignedUp")
        telemetry.log.info("site signed up", site_id=claimed.site_id)
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

    def _verify_site(self, signup: Signup, source_ip: str, deadline: Deadline) -> None:
        """Fetch the token from the site, within the limits of fetches and of new sites."""
        if self.invite_only:
            raise InviteRequired
        site = self.verifier.address_of(signup.url)
        self.limits.count_fetch(signup.signup_id, site, source_ip)
        self.verifier.verify(site, signup.signup_id, signup.token, deadline)
        if not self.signups.is_claimed(signup.host):
            self.limits.count_new_site(site, source_ip)

    def _invite_hash(self, code: str | None, host: str) -> str | None:
        """Return the hash of a valid invite's code, or None. An invite replaces the fetch."""
        if code is None:
            return None
        digest = api_keys.digest_of(code.strip())
        is_valid = self.signups.is_invited(digest, host, self.clock.now())
        return digest if is_valid else None
