"""Runs moto, an emulator of AWS, until standard input ends. Prints the port that it listens on.

moto checks the actions of a role's policies for every service, but tells its policy engine the resource of a request for
few of them (S3, IAM, STS, SQS); for the others it asks about "*", which no policy that names its resources allows. What
AWS's Service Authorization Reference lists as the resources of a request is filled in here, through moto's own hook
(`_determine_resource`); whether a policy allows them is moto's decision.
"""

import sys

from moto.codebuild.responses import CodeBuildResponse
from moto.codepipeline.responses import CodePipelineResponse
from moto.core.exceptions import JsonRESTError
from moto.ec2.responses import EC2Response
from moto.iam.access_control import IAMRequest, IAMRequestBase
from moto.logs.responses import LogsResponse
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.rds.exceptions import DBClusterNotFoundError
from moto.rds.responses import RDSResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.responses import SNSResponse


def arn(response, service, resource):
    return f"arn:aws:{service}:{response.region}:{response.current_account}:{resource}"


def secret(response):
    secret_id = response._get_param("SecretId")
    if secret_id is None or secret_id.startswith("arn:"):
        return secret_id or "*"
    return response.backend.describe_secret(secret_id).arn


def topic(response):
    return response._get_param("TopicArn") or "*"


def project(response):
    builds = response._get_param("ids") or []
    names = [build.split(":")[0] for build in builds] or [response._get_param("projectName")]
    return [arn(response, "codebuild", f"project/{name}") for name in names]


def pipeline(response):
    return arn(response, "codepipeline", response._get_param("pipelineName"))


def log_stream(response):
    group = response._get_param("logGroupName")
    stream = response._get_param("logStreamName") if response._get_action() == "PutLogEvents" else ""
    return arn(response, "logs", f"log-group:{group}:log-stream:{stream or ''}")


def network_interface(response):
    if response._get_action() != "CreateNetworkInterface":
        return "*"
    return [
        arn(response, "ec2", f"subnet/{response._get_param('SubnetId')}"),
        *[arn(response, "ec2", f"security-group/{group}") for group in response._get_param("Groups", [])],
        arn(response, "ec2", "network-interface/*"),
    ]


def database(response):
    """Clusters, instances and their groups. Tags in a request are a second action, on what the request makes."""
    action, get = response._get_action(), response._get_param

    def name(kind, parameter, default="*"):
        return arn(response, "rds", f"{kind}:{get(parameter) or default}")

    def tagging(made):
        return [("rds:AddTagsToResource", made)] if get("Tags") else []

    if action in ("AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource"):
        return get("ResourceName")
    if action == "RestoreDBClusterToPointInTime":
        source, made = name("cluster", "SourceDBClusterIdentifier"), name("cluster", "DBClusterIdentifier")
        parameters = name("cluster-pg", "DBClusterParameterGroupName", "default.aurora-postgresql17")
        subnets = name("subgrp", "DBSubnetGroupName", "default")
        return [source, made, parameters, subnets, options(response), *tagging(made)]
    if action == "CreateDBInstance":
        made, cluster = name("db", "DBInstanceIdentifier"), name("cluster", "DBClusterIdentifier")
        parameters = name("pg", "DBParameterGroupName", "default.aurora-postgresql17")
        return [made, cluster, parameters, subnet_group(response), options(response), *tagging(made)]
    if action == "CreateDBClusterSnapshot":
        made = name("cluster-snapshot", "DBClusterSnapshotIdentifier")
        return [name("cluster", "DBClusterIdentifier"), made, *tagging(made)]
    if action == "DescribeDBClusterSnapshots":
        return name("cluster-snapshot", "DBClusterSnapshotIdentifier")
    return name("db", "DBInstanceIdentifier") if "DBInstance" in action else name("cluster", "DBClusterIdentifier")


def options(response):
    """The option group of a cluster that names none: RDS's own one of its version."""
    return arn(response, "rds", "og:default:aurora-postgresql-17")


def subnet_group(response):
    """An instance is in its cluster's."""
    try:
        [cluster] = response.backend.describe_db_clusters(response._get_param("DBClusterIdentifier"))
    except DBClusterNotFoundError:
        return arn(response, "rds", "subgrp:*")
    return arn(response, "rds", f"subgrp:{cluster.db_subnet_group}")


resources = {
    RDSResponse: database,
    SecretsManagerResponse: secret,
    SNSResponse: topic,
    CodeBuildResponse: project,
    CodePipelineResponse: pipeline,
    LogsResponse: log_stream,
    EC2Response: network_interface,
}
for service, determine in resources.items():
    service._determine_resource = determine


def list_action_executions(response):
    """moto lacks it. It is asked only whether a role may call it, which is decided before this."""
    raise JsonRESTError("NotImplementedException", "The emulator does not list action executions.")


CodePipelineResponse.list_action_executions = list_action_executions


def check_each(check_one):
    """A request that touches several resources needs to be allowed all of them, some by another action than its own."""

    def check(request, resource):
        own = request._action
        for each in resource if isinstance(resource, list) else [resource]:
            request._action, one = each if isinstance(each, tuple) else (own, each)
            check_one(request, one)
        request._action = own

    return check


def refuse_as_asked(refuse):
    """moto refuses in XML, whatever the protocol of the service."""

    def refuse_one(request):
        if "X-Amz-Target" in request._headers:
            user, action = request._access_key.arn, request._action
            raise JsonRESTError("AccessDeniedException", f"User: {user} is not authorized to perform: {action}")
        refuse(request)

    return refuse_one


IAMRequestBase.check_action_permitted = check_each(IAMRequestBase.check_action_permitted)
IAMRequest._raise_access_denied = refuse_as_asked(IAMRequest._raise_access_denied)

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
