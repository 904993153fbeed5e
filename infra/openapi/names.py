"""Names of the schemas in the OpenAPI document."""

SCHEMA_NAMES = {
    "AccountProblemOut": "AccountProblem",
    "Api": "AmazonApi",
    "AuditEventName": "SecurityEventKind",
    "AuditEventOut": "SecurityEvent",
    "AuditEvents": "SecurityEventPage",
    "AvailabilityName": "Availability",
    "BrowseNodes": "BrowseNodeList",
    "Changes": "ChangePage",
    "Connections": "ConnectionList",
    "ConnectionState": "FeedConnection",
    "DimensionOut": "VariationDimension",
    "EntryProblem": "ImportProblem",
    "FieldErrorOut": "FieldError",
    "ImportResults": "ImportResultList",
    "IntervalOut": "RefreshInterval",
    "JobProgress": "ImportJob",
    "JobStarted": "StartedImportJob",
    "Kind": "ChangeKind",
    "ListChangeOut": "ChangedList",
    "ListInput": "ListDefinition",
    "ListOut": "SavedList",
    "ListPageOut": "SavedListPage",
    "LinkOnlyConnectionInput": "LinkOnlyConnection",
    "Mode": "ApiKeyMode",
    "NodeNameOut": "BrowseNodeName",
    "ProductList": "ProductPage",
    "RegionsOut": "MarketplaceRegions",
    "ResultStatus": "ImportStatus",
    "Scope": "ApiKeyScope",
    "SearchResults": "SearchResultPage",
    "SignupDone": "VerifiedSite",
    "SignupStarted": "StartedSignup",
    "SiteDeleted": "DeletedSite",
    "State": "ConnectionState",
    "StepName": "DiagnosticStepName",
    "StepOut": "DiagnosticStep",
    "UpstreamOut": "AmazonResponse",
    "Validated": "ValidationResult",
    "Variations": "VariationPage",
}
"""The names of types that are not those of their Python classes."""


def schema_name(type_name: str) -> str:
    """Return the name of a type in the document."""
    return SCHEMA_NAMES.get(type_name) or type_name.removesuffix("Out").removesuffix("Input")
