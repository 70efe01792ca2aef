"""Judges requests by ministack's own evaluator of IAM policies: JSON on standard input, a list of decisions on standard output."""

import json
import sys

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document


def judge(account, region, role, request):
    context = EvalContext(
        principal_arn=role["arn"],
        principal_type="AssumedRole",
        principal_account=account,
        action=request["action"],
        resource_arn=request["resource"],
        region=region,
        source_ip="192.0.2.1",
        secure_transport=True,
        # One value is no list to operators that are not about sets.
        service_context={key.lower(): v[0] if len(v) == 1 else v for key, v in request["context"].items()},
    )
    return evaluate(context, role["policies"]).decision


asked = json.load(sys.stdin)
decisions = []
for role in asked["roles"]:
    role["policies"] = [parse_policy_document({"Version": "2012-10-17", "Statement": role["statements"]})]
    decisions.append([judge(asked["account"], asked["region"], role, request) for request in role["requests"]])
json.dump(decisions, sys.stdout)
