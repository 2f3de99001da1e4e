import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamLoginOf, iamLoginStatements, secretsOf } from "./auth";
import { driftStatements } from "./drift";
import { snapshotOf, snapshotStatements } from "./guards";
import { locationOf } from "../shared/location";
import { logicalName } from "../shared/names";
import type { Settings } from "./args";
import { clonesOf, makesClones } from "./rehearsal";
import { pullImage } from "./image";
import { denyLogins } from "./loginStatements";
import { makeClones } from "./rehearsalStatements";
import * as statements from "../shared/statements";

export function buildRole(name: string, { tags }: Settings, parent: pulumi.Resource): aws.iam.Role {
    return new aws.iam.Role(
        logicalName("role", name),
        {
            description: `Runs the builds of ${name}`,
            // The project's name is fixed, so that the trust policy can name the project before it exists.
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

/** The permissions of the build; the pipeline adds those for the artifact bucket. */
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
            image: settings.image,
        })
        .apply(({ at, vpc, logGroupArn, secrets, login, clones, drift, snapshot, image }) =>
            statements.policyDocument([
                ...statements.networkInterfaces(at, vpc),
                statements.writeLogs(logGroupArn),
                statements.writeReports(at, name),
                ...statements.readSecrets(at, secrets),
                ...iamLoginStatements(at, login),
                ...(clones === undefined ? [] : [...makeClones(at, clones), denyLogins()]),
                ...driftStatements(at, drift),
                ...snapshotStatements(at, snapshot),
                ...pullImage(at.partition, image),
            ]),
        );
    return new aws.iam.RolePolicy(logicalName("rolePolicy", name), { role: role.name, policy }, { parent });
}
