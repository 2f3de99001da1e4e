import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MigrationBuild } from "../../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../../components/build/args";
import { variablesOf } from "../../support/builds";
import { failuresOf } from "../../support/failures";
import { record, type Recording } from "../../support/mocks";
import { statementsOf } from "../../support/policies";
import { credential, database as cluster, network } from "../../support/references";
import { archiveForSuite } from "../../support/toolchain";

const at = "arn:aws:secretsmanager:eu-central-1:123456789012:secret";
const database = { ...cluster, clusterResourceId: "cluster-ABC" };
const bootstrap = {
    migrator: { username: "app_migrator", credential: { secretArn: `${at}:migrator-AbCdEf` } },
    planner: {
        username: pulumi.output("app_planner"),
        credential: { secretArn: pulumi.output(`${at}:planner-AbCdEf`) },
    },
};

describe("a build that creates the database's users", () => {
    const toolchain = archiveForSuite();
    const build = (args: Partial<MigrationBuildArgs> = {}) =>
        new MigrationBuild("orders-bootstrap", {
            ...{ action: "Bootstrap", network, database, credential, environmentName: "prod", toolchain, bootstrap },
            ...args,
        });
    const failures = (args: Partial<MigrationBuildArgs>) => failuresOf(() => build(args));
    const variables = ({ one }: Recording<unknown>): string[] =>
        variablesOf(one("aws:codebuild/project:Project"))
            .filter(({ name }) => name.startsWith("BOOTSTRAP_"))
            .map(({ name, value, type }) => `${type} ${name}=${value}`);

    let recording: Recording<MigrationBuild>;
    before(async () => {
        recording = await record(() => build());
    });

    it("runs the program on Node.js alone, in the pipeline, and leaves a report and no artifact", () => {
        const { inputs } = recording.one("aws:codebuild/project:Project");
        const { type, buildspec } = inputs.source as Record<string, string>;
        assert.equal(type, "CODEPIPELINE");
        // Room for what an abandoned execution left running; both take one lock in the database.
        assert.equal(inputs.concurrentBuildLimit, 2);
        assert.deepEqual(JSON.parse(buildspec!), {
            version: 0.2,
            phases: {
                install: { "runtime-versions": { nodejs: "24" } },
                build: { commands: ['node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" bootstrap'] },
            },
            reports: {
                liquibase: {
                    files: ["**/*.xml"],
                    "base-directory": ".delivery/reports",
                    "file-format": "JUNITXML",
                },
            },
        });
    });

    it("is told the names in the clear and the passwords by their secrets", () => {
        assert.deepEqual(variables(recording), [
            "PLAINTEXT BOOTSTRAP_OWNER=app_owner",
            "PLAINTEXT BOOTSTRAP_MIGRATOR=app_migrator",
            "PLAINTEXT BOOTSTRAP_PLANNER=app_planner",
            `PLAINTEXT BOOTSTRAP_MIGRATOR_SECRET_ARN=${at}:migrator-AbCdEf`,
            `PLAINTEXT BOOTSTRAP_PLANNER_SECRET_ARN=${at}:planner-AbCdEf`,
            `SECRETS_MANAGER BOOTSTRAP_MIGRATOR_PASSWORD=${at}:migrator-AbCdEf:password::`,
            `SECRETS_MANAGER BOOTSTRAP_PLANNER_PASSWORD=${at}:planner-AbCdEf:password::`,
        ]);
    });

    it("may read the administrator's secret and the users', and no other", () => {
        const { policy } = recording.one("aws:iam/rolePolicy:RolePolicy").inputs;
        const read = statementsOf(policy).find(({ Sid }) => Sid === "ReadSecret");
        assert.deepEqual(read?.Resource, [
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf",
            `${at}:migrator-AbCdEf`,
            `${at}:planner-AbCdEf`,
        ]);
    });

    it("is told no password of a user with IAM authentication, who has none", async () => {
        const { username } = bootstrap.planner;
        const iam = await record(() =>
            build({ bootstrap: { ...bootstrap, planner: { username }, ownerRole: "shop" } }),
        );
        assert.deepEqual(variables(iam), [
            "PLAINTEXT BOOTSTRAP_OWNER=shop",
            "PLAINTEXT BOOTSTRAP_MIGRATOR=app_migrator",
            "PLAINTEXT BOOTSTRAP_PLANNER=app_planner",
            `PLAINTEXT BOOTSTRAP_MIGRATOR_SECRET_ARN=${at}:migrator-AbCdEf`,
            `SECRETS_MANAGER BOOTSTRAP_MIGRATOR_PASSWORD=${at}:migrator-AbCdEf:password::`,
        ]);
    });

    it("may ask for tokens of the users with IAM authentication on this cluster, and of nobody with passwords", async () => {
        const { migrator, planner } = bootstrap;
        const users = { migrator: { username: migrator.username }, planner: { username: planner.username } };
        const connecting = ({ one }: Recording<unknown>) =>
            statementsOf(one("aws:iam/rolePolicy:RolePolicy").inputs.policy).filter(({ Action }) =>
                Action.includes("rds-db:connect"),
            );
        const iam = await record(() => build({ bootstrap: users }));
        const user = `arn:aws:rds-db:eu-central-1:123456789012:dbuser:${database.clusterResourceId}`;
        assert.deepEqual(
            connecting(iam).map(({ Resource }) => Resource),
            [[`${user}/app_migrator`, `${user}/app_planner`]],
        );
        assert.deepEqual(connecting(recording), []);
        const { clusterResourceId: _, ...unnamed } = database;
        assert.deepEqual(failures({ bootstrap: users, database: unnamed }), [
            "  - database.clusterResourceId: given nothing. Allowed: the resource id of the cluster, with a user without a credential. Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
        ]);
    });

    it("names the owner after a database whose name is known only later", async () => {
        const later = await record(() => build({ database: { ...database, databaseName: pulumi.output("shop") } }));
        assert.equal(variables(later)[0], "PLAINTEXT BOOTSTRAP_OWNER=shop_owner");
    });

    it("is the only one that is told of users", async () => {
        const plan = await record(() => build({ action: "Plan", bootstrap: undefined }));
        assert.deepEqual(variables(plan), []);
    });

    it("refuses users with another action, and to do without", () => {
        assert.deepEqual(failures({ action: "Deploy", bootstrap: { ...bootstrap, ownerRole: "o" } }).length, 1);
        assert.deepEqual(failures({ bootstrap: undefined }), [
            "  - bootstrap: given nothing. Allowed: the users to create. Name the migrator and the planner.",
        ]);
    });

    it("refuses one credential for two, the administrator's too, also where the ARN is known only later", () => {
        const { migrator, planner } = bootstrap;
        const fix =
            "Allowed: a credential of its own for each user, and none of them the administrator's. Make a DbSecret for each.";
        const same = { migrator: { ...migrator, credential: planner.credential }, planner };
        for (const wrong of [same, { ...bootstrap, migrator: { ...migrator, credential } }]) {
            const [failure, ...others] = failures({ bootstrap: wrong });
            assert.ok(failure?.endsWith(fix), failure);
            assert.deepEqual(others, []);
        }
    });
});
