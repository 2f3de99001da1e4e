import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MigrationBuildArgs } from "../../../components/codeBuild/args";
import { buildsForSuite, projectOf, variablesOf } from "../../support/builds";
import { promiseOf } from "../../support/mocks";
import { statementsOf } from "../../support/policies";
import { database } from "../../support/references";

describe("a build that rehearses", () => {
    const suite = buildsForSuite();
    const onClone = { credential: undefined, username: "app_migrator" };
    const loginOf = ({ action, rehearsal }: Partial<MigrationBuildArgs>) =>
        action === "Rehearse" && rehearsal?.copy !== "DatabaseTemplate" ? onClone : {};
    const recordBuild = (args: Partial<MigrationBuildArgs>) => suite.recordBuild({ ...loginOf(args), ...args });
    const failures = (args: Partial<MigrationBuildArgs>) => suite.failures({ ...loginOf(args), ...args });

    const storageKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/storage";

    it("knows which cluster to clone, how, for how long, and the lock budget", async () => {
        const recording = await recordBuild({ action: "Rehearse", timeoutMinutes: 90 });
        const variables = variablesOf(projectOf(recording));
        const of = (name: string) => variables.find((variable) => variable.name === name);
        assert.equal(of("REHEARSAL_SOURCE_CLUSTER")?.value, "orders");
        assert.equal(of("REHEARSAL_COPY")?.value, "AuroraClone");
        assert.equal(of("REHEARSAL_CLONE_LIFETIME_MINUTES")?.value, "150");
        assert.equal(of("LOCK_BUDGET_MILLISECONDS")?.value, "1000");
        assert.equal(await promiseOf(recording.result.clonesOf!), "orders");
    });

    it("can reach its clones, whose group admits nothing else, but not the database", async () => {
        const { all, one } = await recordBuild({ action: "Rehearse" });
        const groups = all("aws:ec2/securityGroup:SecurityGroup").map(({ name }) => name);
        assert.deepEqual(groups.sort(), ["orders-plan", "orders-plan-clones"]);
        const ingress = all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(
            ({ inputs }): unknown[] => [inputs.securityGroupId, inputs.referencedSecurityGroupId],
        );
        assert.deepEqual(ingress, [["orders-plan-clones-id", "orders-plan-id"]]);
        const egress = all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ inputs }): unknown[] => [
            inputs.securityGroupId,
            inputs.referencedSecurityGroupId ?? inputs.cidrIpv4,
            inputs.toPort,
        ]);
        assert.deepEqual(egress.sort(), [
            ["orders-plan-id", "0.0.0.0/0", 443],
            ["orders-plan-id", "orders-plan-clones-id", 15432],
        ]);
        const variables = variablesOf(one("aws:codebuild/project:Project", "orders-plan"));
        const given = variables.find(({ name }) => name === "REHEARSAL_SECURITY_GROUP");
        assert.equal(given?.value, "orders-plan-clones-id");
    });

    it("reaches the server of the original with a copy that is in it", async () => {
        const { all } = await recordBuild({ action: "Rehearse", rehearsal: { copy: "DatabaseTemplate" } });
        assert.deepEqual(
            all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ name }) => name),
            ["orders-plan-into-database"],
        );
    });

    it("may create and delete clones by their names, and not change the original", async () => {
        const groupsOfIt = {
            subnetGroupName: pulumi.output("orders-subnets"),
            parameterGroupName: "orders-cluster",
            instanceParameterGroupName: "orders-instances",
        };
        const recording = await recordBuild({
            action: "Rehearse",
            database: { ...database, ...groupsOfIt },
            rehearsal: { clusterKmsKeyArn: storageKeyArn },
        });
        const statements = statementsOf(recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy);
        const rds = statements.filter(({ Action }) => Action.some((action) => action.startsWith("rds:")));
        const at = "arn:aws:rds:eu-central-1:123456789012";
        const groups = [`${at}:og:default:*`, `${at}:subgrp:orders-subnets`];
        const clones = [`${at}:cluster:orders-rehearsal-*`, `${at}:db:orders-rehearsal-*`];
        assert.deepEqual(
            rds.map(({ Effect, Action, Resource }) => [Effect, Action.join(), Resource]),
            [
                ["Allow", "rds:DescribeDBClusters,rds:DescribeDBInstances", [`${at}:cluster:*`, `${at}:db:*`]],
                [
                    "Allow",
                    "rds:RestoreDBClusterToPointInTime",
                    [
                        `${at}:cluster:orders`,
                        `${at}:cluster:orders-rehearsal-*`,
                        `${at}:cluster-pg:orders-cluster`,
                        ...groups,
                    ],
                ],
                [
                    "Allow",
                    "rds:CreateDBInstance",
                    [
                        `${at}:db:orders-rehearsal-*`,
                        `${at}:cluster:orders-rehearsal-*`,
                        `${at}:pg:orders-instances`,
                        ...groups,
                    ],
                ],
                ["Allow", "rds:ModifyDBCluster", [`${at}:cluster:orders-rehearsal-*`]],
                ["Allow", "rds:AddTagsToResource", clones],
                ["Allow", "rds:DeleteDBCluster,rds:DeleteDBInstance", clones],
                ["Deny", "rds:Delete*,rds:Failover*,rds:Modify*,rds:Reboot*,rds:Stop*", [`${at}:cluster:orders`]],
            ],
        );
        assert.deepEqual(
            statements.filter(({ Resource }) => Resource?.includes(storageKeyArn)).map(({ Action }) => Action.join()),
            ["kms:CreateGrant", "kms:DescribeKey"],
        );
        assert.equal(JSON.stringify(statements).includes("iam:PassRole"), false);
    });

    it("may use any group of the region if the cluster's are unknown", async () => {
        const recording = await recordBuild({ action: "Rehearse" });
        const statements = statementsOf(recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy);
        const named = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Resource?.slice(-3);
        const at = "arn:aws:rds:eu-central-1:123456789012";
        assert.deepEqual(named("MakeClone"), [`${at}:cluster-pg:*`, `${at}:og:default:*`, `${at}:subgrp:*`]);
        assert.deepEqual(named("MakeCloneInstance"), [`${at}:pg:*`, `${at}:og:default:*`, `${at}:subgrp:*`]);
    });

    it("does not create clones for a template copy, and may not", async () => {
        const recording = await recordBuild({ action: "Rehearse", rehearsal: { copy: "DatabaseTemplate" } });
        assert.equal(recording.result.clonesOf, undefined);
        const text = recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy as string;
        assert.equal(text.includes("rds:"), false);
    });

    it("rejects custom commands, and a rehearsal with another action", () => {
        assert.deepEqual(failures({ action: "Rehearse", tool: "Custom", customCommands: ["./migrate"] }), [
            '  - AP2107: tool: given "Custom". Allowed: "Liquibase", with action "Rehearse". Leave it out: custom commands cannot be observed.',
        ]);
        assert.deepEqual(failures({ rehearsal: {} }), [
            '  - AP2107: rehearsal: given {}. Allowed: nothing without action "Rehearse". Leave it out, or set action to "Rehearse".',
        ]);
        assert.deepEqual(failures({ action: "Rehearse", rehearsal: { lockBudgetMilliseconds: -1 } }), [
            "  - AP2103: rehearsal.lockBudgetMilliseconds: given -1. Allowed: a whole number from 0 to 3600000 milliseconds. Leave it out for 1000.",
        ]);
    });
});
