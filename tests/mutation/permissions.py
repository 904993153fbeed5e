"""A function may do what it does, and no more: flaws of roles, and of what decides about them."""

from tests.mutation.mutant import Mutant

TEMPLATE = "template.yaml"
POLICY = "tests/iam/policy.py"
ROLES = "tests/infra/test_permissions.py"
DECISIONS = "tests/iam/test_policy_evaluation.py"

FLAWS = (
    Mutant(
        "what takes keys in may read them",
        TEMPLATE, "Action: [secretsmanager:CreateSecret, secretsmanager:PutSecretValue]",
        "Action: [secretsmanager:CreateSecret, secretsmanager:PutSecretValue, "
        "secretsmanager:GetSecretValue]",
        f"{ROLES}::test_only_functions_that_call_amazon_read_credentials",
    ),
    Mutant(
        "the authorizer may delete",
        TEMPLATE, "Action: [dynamodb:GetItem, dynamodb:UpdateItem]\n"
        "              Resource: !GetAtt SitesTable.Arn",
        "Action: [dynamodb:GetItem, dynamodb:UpdateItem, dynamodb:DeleteItem]\n"
        "              Resource: !GetAtt SitesTable.Arn",
        f"{ROLES}::test_authorizer_reads_and_updates_one_table_by_key",
    ),
    Mutant(
        "keys cannot be stored",
        TEMPLATE, "Action: [secretsmanager:CreateSecret, secretsmanager:PutSecretValue]",
        "Action: [secretsmanager:PutSecretValue]",
        "tests/integration/api/test_validate.py",
    ),
    Mutant(
        "a denial is overheard",
        POLICY, 'if any(statement["Effect"] == "Deny" for statement in matching):',
        "if not matching:",
        f"{DECISIONS}::test_explicit_deny_overrides_allow_in_any_order",
    ),
    Mutant(
        "an absent key satisfies a negated ForAnyValue",
        POLICY, '(negated and quantifier != "ForAnyValue")', "negated",
        f"{DECISIONS}::test_conditions",
    ),
    Mutant(
        "a wildcard in an ARN goes on behind the colon",
        POLICY, '    "ArnLike": is_arn_like,', '    "ArnLike": matches,',
        f"{DECISIONS}::test_wildcard_in_an_arn_does_not_match_a_colon",
    ),
    Mutant(
        "a function without a permission is let through",
        "tests/iam/enforcer.py", "            if statement is None:\n",
        "            if statement is None and not service:\n",
        f"{DECISIONS}::test_missing_permission_is_recorded_and_denied",
    ),
)  # fmt: skip
