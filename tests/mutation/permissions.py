"""Mutants of IAM roles, and of the evaluation of policies in the tests."""

from tests.mutation.mutant import Mutant

TEMPLATE = "template.yaml"
POLICY = "tests/iam/policy.py"
ROLE_TESTS = "tests/infra/test_permissions.py"
EVALUATION_TESTS = "tests/iam/test_policy_evaluation.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "function that stores credentials can read them",
        TEMPLATE,
        "secretsmanager:TagResource,\n",
        "secretsmanager:TagResource, secretsmanager:GetSecretValue,\n",
        f"{ROLE_TESTS}::test_only_functions_that_call_amazon_read_credentials",
    ),
    Mutant(
        "authorizer can delete rows",
        TEMPLATE,
        "Action: [dynamodb:GetItem, dynamodb:UpdateItem]\n"
        "              Resource: !GetAtt SitesTable.Arn",
        "Action: [dynamodb:GetItem, dynamodb:UpdateItem, dynamodb:DeleteItem]\n"
        "              Resource: !GetAtt SitesTable.Arn",
        f"{ROLE_TESTS}::test_authorizer_reads_and_updates_one_table_by_key",
    ),
    Mutant(
        "credentials cannot be stored",
        TEMPLATE,
        "secretsmanager:CreateSecret, secretsmanager:DescribeSecret,",
        "secretsmanager:DescribeSecret,",
        "tests/integration/api/test_validate.py"
        "::test_valid_credentials_are_trimmed_tested_once_and_stored",
    ),
    Mutant(
        "explicit deny is ignored",
        POLICY,
        'if any(statement["Effect"] == "Deny" for statement in matching):',
        "if not matching:",
        f"{EVALUATION_TESTS}::test_explicit_deny_overrides_allow_in_any_order",
    ),
    Mutant(
        "absent key satisfies a negated ForAnyValue",
        POLICY,
        '(negated and quantifier != "ForAnyValue")',
        "negated",
        f"{EVALUATION_TESTS}::test_conditions",
    ),
    Mutant(
        "wildcard in an ARN matches a colon",
        POLICY,
        '    "ArnLike": is_arn_like,',
        '    "ArnLike": matches,',
        f"{EVALUATION_TESTS}::test_wildcard_in_an_arn_does_not_match_a_colon",
    ),
    Mutant(
        "missing permission is allowed",
        "tests/iam/enforcer.py",
        "            if statement is None:\n",
        "            if statement is None and service:\n"
        "                continue\n"
        "            if statement is None:\n",
        f"{EVALUATION_TESTS}::test_missing_permission_is_recorded_and_denied",
    ),
)
