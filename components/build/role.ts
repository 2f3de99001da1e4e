import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamLoginOf, iamLoginStatements, secretsOf } from "./authentication";
import { driftStatements } from "./drift";
import { snapshotOf, snapshotStatements } from "./guards";
import { locationOf } from "../shared/location";
import { logicalName } from "../shared/names";
import type { Settings } from "./args";
import { clonesOf, makesClones } from "./rehearsal";
import { denyLogins } from "./loginStatements";
import { makeClones } from "./rehearsalStatements";
import * as statements from "../shared/statements";

export function buildRole(name: string, { tags }: Settings, parent: pulumi.Resource): aws.iam.Role {
    return new aws.iam.Role(
        logicalName("role", name),
        {
            description: `Runs the builds of ${name}`,
            // The project's name is fixed, so that the trust can name the project before it exists.
            assumeRolePolicy: locationOf(parent).apply((at) =>
                statements.policyDocument([
                    statements.trust(at, "codebuild", statements.arn(at, "codebuild", `project/${name}`)),
                ]),
            ),
            tags,
        },
        { parent },
    );
}

interface Grantees {
    role: aws.iam.Role;
    group: aws.ec2.SecurityGroup;
    logGroup: aws.cloudwatch.LogGroup;
}

/** What the build may do; the pipeline adds the artifact bucket. */
export function grantBuild(
    name: string,
    settings: Settings,
    { role, group, logGroup }: Grantees,
    parent: pulumi.Resource,
): aws.iam.RolePolicy {
    const { network } = settings;
    const policy = pulumi
        .output({
            at: locationOf(parent),
            vpc: { vpcId: network.vpcId, subnetIds: network.privateSubnetIds, securityGroupId: group.id },
            logGroupArn: logGroup.arn,
            secrets: secretsOf(settings),
            login: iamLoginOf(settings),
            clones: makesClones(settings) ? clonesOf(settings) : undefined,
            drift: settings.drift,
            snapshot: snapshotOf(settings),
        })
        .apply(({ at, vpc, logGroupArn, secrets, login, clones, drift, snapshot }) =>
            statements.policyDocument([
                ...statements.networkInterfaces(at, vpc),
                statements.writeLogs(logGroupArn),
                statements.writeReports(at, name),
                ...statements.readSecrets(at, secrets),
                ...iamLoginStatements(at, login),
                ...(clones === undefined ? [] : [...makeClones(at, clones), denyLogins()]),
                ...driftStatements(at, drift),
                ...snapshotStatements(at, snapshot),
            ]),
        );
    return new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent });
}
