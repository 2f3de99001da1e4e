import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MigrationBuild } from "../../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../../components/codeBuild/args";
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

    it("runs the program with Node.js only, in the pipeline, and writes a report and no artifact", () => {
        const { inputs } = recording.one("aws:codebuild/project:Project");
        const { type, buildspec } = inputs.source as Record<string, string>;
        assert.equal(type, "CODEPIPELINE");
        // Room for an abandoned execution's build; both take one lock in the database.
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

    it("gets the names in plain text and the passwords from their secrets", () => {
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

    it("gets no password for a user with IAM authentication", async () => {
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

    it("may request tokens only for the users with IAM authentication on this cluster", async () => {
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
            "  - AP2101: database.clusterResourceId: given nothing. Allowed: the resource id of the cluster, with a user without a credential. Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
        ]);
    });

    it("derives the owner's name from a database name that is known only later", async () => {
        const later = await record(() => build({ database: { ...database, databaseName: pulumi.output("shop") } }));
        assert.equal(variables(later)[0], "PLAINTEXT BOOTSTRAP_OWNER=shop_owner");
    });

    it("gets what the config declares as data, and the passwords of applications from their own secrets", async () => {
        const shop = `${at}:shop-AbCdEf`;
        const declared = await record(() =>
            build({
                bootstrap: {
                    ...bootstrap,
                    extensions: ["postgis"],
                    takeOverFrom: ["legacy_app"],
                    groupRoles: [{ name: "reporting", grants: ["SELECT ON TABLES"] }],
                    applicationUsers: [
                        { name: "shop_service", credential: { secretArn: shop }, memberOf: ["reporting"] },
                        { name: "shop_reports", grants: ["SELECT ON TABLE orders"] },
                    ],
                },
            }),
        );
        const known = variables(recording);
        assert.deepEqual(
            variables(declared).filter((variable) => !known.includes(variable)),
            [
                'PLAINTEXT BOOTSTRAP_EXTENSIONS=["postgis"]',
                'PLAINTEXT BOOTSTRAP_GROUP_ROLES=[{"name":"reporting","grants":["SELECT ON TABLES"]}]',
                'PLAINTEXT BOOTSTRAP_APPLICATION_USERS=[{"name":"shop_service","auth":"Secret","memberOf":["reporting"]},{"name":"shop_reports","auth":"Iam","grants":["SELECT ON TABLE orders"]}]',
                'PLAINTEXT BOOTSTRAP_TAKE_OVER_FROM=["legacy_app"]',
                `PLAINTEXT BOOTSTRAP_SECRET_ARN_OF_shop_service=${shop}`,
                `SECRETS_MANAGER BOOTSTRAP_PASSWORD_OF_shop_service=${shop}:password::`,
            ],
        );
        const statements = statementsOf(declared.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
        assert.ok(statements.find(({ Sid }) => Sid === "ReadSecret")?.Resource?.includes(shop));
        // Nobody logs in as an application with a token of the build.
        assert.deepEqual(
            statements.filter(({ Action }) => Action.includes("rds-db:connect")),
            [],
        );
    });

    it("is the only build that knows the users", async () => {
        const plan = await record(() => build({ action: "Plan", bootstrap: undefined }));
        assert.deepEqual(variables(plan), []);
    });

    it("rejects users with another action, and Bootstrap without users", () => {
        assert.deepEqual(failures({ action: "Deploy", bootstrap: { ...bootstrap, ownerRole: "o" } }).length, 1);
        assert.deepEqual(failures({ bootstrap: undefined }), [
            "  - AP2101: bootstrap: given nothing. Allowed: the users to create. Name the migrator and the planner.",
        ]);
    });

    it("rejects a shared credential, including the administrator's, even if the ARN is known only later", () => {
        const { migrator, planner } = bootstrap;
        const fix =
            "Allowed: a separate credential for each user, and not the administrator's. Make a DbSecret for each.";
        const same = { migrator: { ...migrator, credential: planner.credential }, planner };
        const application = { ...bootstrap, applicationUsers: [{ name: "shop", credential: migrator.credential }] };
        for (const wrong of [same, { ...bootstrap, migrator: { ...migrator, credential } }, application]) {
            const [failure, ...others] = failures({ bootstrap: wrong });
            assert.ok(failure?.endsWith(fix), failure);
            assert.deepEqual(others, []);
        }
    });
});
