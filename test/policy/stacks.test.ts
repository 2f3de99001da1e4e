import assert from "node:assert/strict";
import { evaluatePolicies } from "../../policy/evaluate";
import { type Environment, environments } from "../../policy/rule";
import { Types } from "../../policy/rules/types";
import { rules } from "../../policy/rules";
import type { Recorded } from "../support/mocks";
import { options, recordStack } from "./stack";

const violations = (resources: Recorded[], environment: Environment) =>
    evaluatePolicies(resources, { environment }).map(({ rule, resource }) => `${rule}: ${resource}`);

describe("the stacks, held to the policies", () => {
    const stacks = {} as Record<Environment, Recorded[]>;
    before(async () => {
        for (const environment of environments) {
            stacks[environment] = await recordStack(environment);
        }
    });

    it("dev violates none", () => {
        assert.deepEqual(violations(stacks.dev, "dev"), []);
    });

    it("prod violates none", () => {
        assert.deepEqual(violations(stacks.prod, "prod"), []);
    });

    it("prod violates none in a preview, when much is not known", async () => {
        assert.deepEqual(violations(await recordStack("prod", {}, true), "prod"), []);
    });

    it("prod violates none without NAT gateways", async () => {
        assert.deepEqual(violations(await recordStack("prod", { egress: "Endpoints" }), "prod"), []);
    });

    it("prod violates none with a rehearsal and its reaper", async () => {
        assert.deepEqual(violations(await recordStack("prod", { rehearsal: "true" }), "prod"), []);
    });

    it("prod violates none with IAM authentication, rehearsal and all", async () => {
        const config = { databaseAuth: "Iam", rehearsal: "true" };
        assert.deepEqual(violations(await recordStack("prod", config), "prod"), []);
    });

    describe("prod with what it has on request", () => {
        const config = { ...options, restoreFrom: "orders-2026-01-01", applyChanges: "Immediately" };

        it("violates none, and every rule judges a resource of it", async () => {
            const resources = await recordStack("prod", config);
            assert.deepEqual(violations(resources, "prod"), []);
            const types = new Set(resources.map(({ type }) => type));
            const idle = rules.filter((rule) => !rule.types.some((type) => types.has(type))).map(({ id }) => id);
            assert.deepEqual(idle, []);
        });

        it("violates none in a preview", async () => {
            assert.deepEqual(violations(await recordStack("prod", config, true), "prod"), []);
        });
    });

    it("prod with MySQL violates none", async () => {
        assert.deepEqual(violations(await recordStack("prod", { engine: "aurora-mysql" }), "prod"), []);
    });

    it("dev's stack is refused where prod is asked for", () => {
        const found = new Set(violations(stacks.dev, "prod").map((text) => text.split(":")[0]));
        for (const rule of [
            "rds-customer-key",
            "rds-deletion-protection",
            "rds-protect",
            "rds-backup-retention",
            "rds-final-snapshot",
            "rds-instances",
            "rds-postgres-audit",
            "rds-insights",
            "secret-rotation",
            "secret-recovery-window",
            "codepipeline-approval",
            "kms-deletion-window",
            "logs-retention",
            "vpc-flow-log",
            "rds-events-db-cluster",
            "backup-plan",
        ]) {
            assert.ok(found.has(rule), rule);
        }
    });

    // The rules see the real resources: what someone might change by hand or by a transform is noticed.
    const tamperings: {
        title: string;
        type: string;
        name: RegExp;
        change: (resource: Recorded) => void;
        rule: string;
    }[] = [
        {
            title: "a build's way into the database is opened to a range",
            type: Types.ingressRule,
            name: /deploy-into-database/,
            change: ({ inputs }) => {
                delete inputs.referencedSecurityGroupId;
                inputs.cidrIpv4 = "10.0.0.0/16";
            },
            rule: "sg-database-ingress",
        },
        {
            title: "the database moves to the builds' subnets",
            type: Types.subnetGroup,
            name: /./,
            change: ({ inputs }) => {
                inputs.subnetIds = ["subnet-aurora-pipeline-prod-private-1"];
            },
            rule: "rds-isolated-subnets",
        },
        {
            title: "the database's subnets are routed to the internet",
            type: Types.route,
            name: /-private-1$/,
            change: ({ inputs, propertyDependencies }) => {
                inputs.routeTableId = "rtb-aurora-pipeline-prod-isolated";
                propertyDependencies.routeTableId = [];
            },
            rule: "rds-isolated-subnets",
        },
        {
            title: "a build gets around the NAT gateway",
            type: Types.route,
            name: /-private-1$/,
            change: ({ inputs }) => {
                delete inputs.natGatewayId;
                inputs.gatewayId = "igw-aurora-pipeline-prod";
            },
            rule: "vpc-builds-behind-nat",
        },
        {
            title: "a subnet falls back to the VPC's main route table",
            type: Types.routeTableAssociation,
            name: /-isolated-2$/,
            change: (resource) => {
                resource.inputs.subnetId = "another";
                resource.propertyDependencies.subnetId = [];
            },
            rule: "vpc-subnet-route-table",
        },
        {
            title: "a build logs where another one does",
            type: Types.project,
            name: /-prod-deploy$/,
            change: ({ inputs, propertyDependencies }) => {
                inputs.logsConfig = { cloudwatchLogs: { groupName: "elsewhere" } };
                propertyDependencies.logsConfig = [];
            },
            rule: "codebuild-own-log-group",
        },
        {
            title: "the build's role may do anything",
            type: Types.rolePolicy,
            name: /-deploy$/,
            change: ({ inputs }) => {
                inputs.policy = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
            },
            rule: "iam-named-actions",
        },
        {
            title: "the build's role trusts any project",
            type: Types.role,
            name: /-deploy$/,
            change: ({ inputs }) => {
                const { Statement } = JSON.parse(inputs.assumeRolePolicy as string) as { Statement: object[] };
                inputs.assumeRolePolicy = { Statement: [{ ...Statement[0], Condition: undefined }] };
            },
            rule: "iam-trust",
        },
        {
            title: "a plan logs in as the administrator",
            type: Types.project,
            name: /-prod-plan$/,
            change: ({ inputs }) => {
                const { environment } = inputs as { environment: { environmentVariables: { value: string }[] } };
                for (const variable of environment.environmentVariables) {
                    variable.value = variable.value.replace("-planner", "");
                }
            },
            rule: "codebuild-no-administrator",
        },
        {
            title: "the plan's role may read the deployment's secret",
            type: Types.rolePolicy,
            name: /-prod-plan$/,
            change: ({ inputs }) => {
                inputs.policy = (inputs.policy as string).replace("-planner", "-migrator");
            },
            rule: "codebuild-own-secrets",
        },
        {
            title: "the approval comes beside the deployment",
            type: Types.pipeline,
            name: /./,
            change: ({ inputs }) => {
                const actions = (inputs.stages as { actions: { runOrder?: number }[] }[]).flatMap(
                    (each) => each.actions,
                );
                actions.forEach((action) => delete action.runOrder);
            },
            rule: "codepipeline-approval",
        },
        {
            title: "the password becomes plain text",
            type: Types.project,
            name: /-prod-plan$/,
            change: ({ inputs }) => {
                const { environment } = inputs as { environment: { environmentVariables: { type?: string }[] } };
                environment.environmentVariables.forEach((variable) => delete variable.type);
            },
            rule: "codebuild-secret-variables",
        },
        {
            title: "the artifacts are no longer versioned",
            type: Types.bucketVersioning,
            name: /-artifacts$/,
            change: ({ inputs }) => {
                inputs.versioningConfiguration = { status: "Suspended" };
            },
            rule: "s3-versioned",
        },
        {
            title: "an alarm calls nobody",
            type: Types.alarm,
            name: /-cpu$/,
            change: ({ inputs }) => {
                inputs.alarmActions = [];
            },
            rule: "alarm-action",
        },
        {
            title: "backups can be deleted",
            type: Types.vaultLock,
            name: /./,
            change: (resource) => {
                resource.inputs.backupVaultName = "another";
                resource.propertyDependencies.backupVaultName = [];
            },
            rule: "backup-vault-locked",
        },
        {
            title: "anybody may publish what on-call reads",
            type: Types.topicPolicy,
            name: /-notifications$/,
            change: ({ inputs }) => {
                inputs.policy = { Statement: { Effect: "Allow", Principal: "*", Action: "sns:Publish" } };
            },
            rule: "sns-source-account",
        },
        {
            title: "the database accepts plain connections",
            type: Types.clusterParameterGroup,
            name: /./,
            change: ({ inputs }) => {
                inputs.parameters = (inputs.parameters as { name: string }[]).filter(
                    ({ name }) => name !== "rds.force_ssl",
                );
            },
            rule: "rds-postgres-tls",
        },
    ];

    for (const { title, type, name, change, rule } of tamperings) {
        it(`it is noticed when ${title}`, () => {
            const tampered = stacks.prod.filter((resource) => resource.type === type && name.test(resource.name));
            assert.equal(tampered.length, 1);
            const resources = stacks.prod.map((resource) =>
                tampered.includes(resource) ? changed(resource, change) : resource,
            );
            const found = violations(resources, "prod");
            assert.ok(
                found.some((violation) => violation.startsWith(`${rule}: `)),
                `found ${JSON.stringify(found)}`,
            );
        });
    }
});

/** A copy that is changed; what AWS would make of it is not known. */
function changed(resource: Recorded, change: (resource: Recorded) => void): Recorded {
    const copy = {
        ...resource,
        inputs: structuredClone(resource.inputs),
        propertyDependencies: { ...resource.propertyDependencies },
        outputs: {},
    };
    change(copy);
    return copy;
}
