"""Operations of connections to Amazon accounts."""

from amzlinkr.domain import errors
from amzlinkr.domain.connection_errors import ConnectionHasCredentials, ConnectionLimitReached
from amzlinkr.http.schemas import connections, requests
from infra.openapi.operation import AMAZON_PROBLEMS, Operation

_TAG = "Amazon accounts"
_CREATORS_EXAMPLE = {
    "api": "creators",
    "credential_id": "amzn1.application-oa2-client.0123456789abcdef",
    "credential_secret": "amzn1.oa2-cs.v1.0123456789abcdef",
    "credential_version": "3.1",
    "partner_tag": "mysite-20",
    "marketplace": "US",
}
_PAAPI_EXAMPLE = {
    "api": "paapi5",
    "access_key": "AKIAEXAMPLEEXAMPLE00",
    "secret_key": "example/secret/key/of/forty/characters00",
    "partner_tag": "mysite-20",
    "marketplace": "US",
}
ACCOUNT_OPERATIONS = (
    Operation(
        "validateCredentials", _TAG, "POST", "/v1/validate", "Test and store Amazon credentials",
        "Sends one test request to Amazon, and stores the credentials unless Amazon rejects them "
        "or the tag. They replace those of the marketplace; products, lists and cursors stay. "
        "Unchanged credentials are not written again.",
        {200: connections.Validated}, "The credentials are stored; `status` is their state.",
        body=requests.CredentialsInput, example=_CREATORS_EXAMPLE,
        examples={
            "creators": ("Creators API", _CREATORS_EXAMPLE),
            "paapi5": ("PA-API 5.0, retired", _PAAPI_EXAMPLE),
        },
        problems=(ConnectionLimitReached, *AMAZON_PROBLEMS),
    ),
    Operation(
        "listConnections", _TAG, "GET", "/v1/connections", "List connections",
        "Returns the state of each Amazon account: since when, the last success, the next test, "
        "the problem, and what to do. Keys are masked.",
        {200: connections.Connections}, "The connections of the site.", query=requests.NoInput,
    ),
    Operation(
        "connectLinkOnly", _TAG, "PUT", "/v1/connections/{marketplace}",
        "Connect a marketplace with a tag alone",
        "Stores the Associate tag of a marketplace before Amazon grants API access. Imported "
        "products are `waiting` and have links with the tag. Credentials (POST /validate) replace "
        "it later. Amazon does not test the tag: `warning` is present if it is unusual in the "
        "marketplace.",
        {200: connections.ConnectionOut, 201: connections.ConnectionOut},
        {200: "The tag replaces the earlier one.", 201: "The marketplace is connected."},
        body=requests.LinkOnlyConnectionInput, located=(201,),
        path_parameters={"marketplace": "US"}, example={"partner_tag": "mysite-20"},
        problems=(ConnectionHasCredentials,),
    ),
    Operation(
        "deleteConnection", _TAG, "DELETE", "/v1/connections/{marketplace}", "Delete a connection",
        "Deletes the connection of a marketplace with its credentials. Products and lists stay; "
        "their content expires 24 hours after it was seen.",
        {204: None}, "The connection and its credentials are deleted.",
        query=requests.NoInput, path_parameters={"marketplace": "US"}, problems=(errors.NotFound,),
    ),
    Operation(
        "diagnoseAccount", _TAG, "GET", "/v1/diagnostics", "Diagnose an Amazon account",
        "Tests the account step by step, with two calls to Amazon at most: token, eligibility, "
        "tag, marketplace, and one product.",
        {200: connections.Diagnosis}, "The result of each step, also if one failed.",
        query=requests.MarketplaceQuery, example={"marketplace": "US"},
        problems=(errors.NotConnected, *AMAZON_PROBLEMS),
    ),
)  # fmt: skip
