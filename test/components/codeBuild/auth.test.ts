import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MigrationBuild } from "../../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../../components/codeBuild/args";
import { variablesOf } from "../../support/builds";
import { failuresOf } from "../../support/failures";
import { record, type Recording } from "../../support/mocks";
import { statementsOf } from "../../support/policies";
import { credential, database, network } from "../../support/references";
import { archiveForSuite } from "../../support/toolchain";

const users = "arn:aws:rds-db:eu-central-1:123456789012:dbuser";
const identified = { ...database, clusterResourceId: pulumi.output("cluster-ABC") };

/** The variables that a build logs in with. */
const variables = ({ one }: Recording<unknown>): string[] =>
    variablesOf(one("aws:codebuild/project:Project"))
        .filter(({ name }) => /^DB_(USERNAME|PASSWORD|SECRET_ARN|AUTHENTICATION)$/.test(name))
        .map(({ name, value, type }) => `${type} ${name}=${value}`);

/** The login permissions of its role. */
const logins = ({ one }: Recording<unknown>): string[] =>
    statementsOf(one("aws:iam/rolePolicy:RolePolicy").inputs.policy)
        .filter(({ Action }) => /^(secretsmanager|rds-db|kms):/.test(Action.join()))
        .map(({ Effect, Action, Resource }) => `${Effect} ${Action.join()} ${Resource!.join()}`);

describe("the login of a build", () => {
    const toolchain = archiveForSuite();
    const build = (args: Partial<MigrationBuildArgs>) =>
        new MigrationBuild("orders-build", {
            action: "Plan",
            network,
            database,
            environmentName: "prod",
            toolchain,
            ...args,
        });
    const failures = (args: Partial<MigrationBuildArgs>) => failuresOf(() => build(args));

    describe("with auth Secret", () => {
        it("is the secret's user and password, and the ARN to read it again", async () => {
            const recording = await record(() => build({ credential }));
            const { secretArn } = credential;
            assert.deepEqual(variables(recording), [
                "PLAINTEXT DB_AUTHENTICATION=Secret",
                `PLAINTEXT DB_SECRET_ARN=${secretArn}`,
                `SECRETS_MANAGER DB_USERNAME=${secretArn}:username::`,
                `SECRETS_MANAGER DB_PASSWORD=${secretArn}:password::`,
            ]);
            assert.deepEqual(logins(recording), [`Allow secretsmanager:GetSecretValue ${secretArn}`]);
        });

        it("needs a credential and no user", () => {
            assert.deepEqual(failures({}), [
                "  - AP2101: credential: given nothing. Allowed: a DbSecret, or the ARN of one like it. Pass a DbSecret, or the ARN of an existing secret.",
            ]);
            assert.deepEqual(failures({ credential, username: "app_planner" }), [
                '  - AP2107: username: given "app_planner". Allowed: nothing without auth "Iam"; the secret names the user. Leave it out.',
            ]);
        });
    });

    describe("with auth Iam", () => {
        const iam = { auth: "Iam", username: "app_planner", database: identified } as const;

        it("is one user of one cluster, without a password", async () => {
            const recording = await record(() => build(iam));
            assert.deepEqual(variables(recording), [
                "PLAINTEXT DB_AUTHENTICATION=Iam",
                "PLAINTEXT DB_USERNAME=app_planner",
            ]);
            assert.deepEqual(logins(recording), [`Allow rds-db:connect ${users}:cluster-ABC/app_planner`]);
        });

        it("is that user of the cluster for a copy within it", async () => {
            const args = { ...iam, action: "Rehearse", rehearsal: { copy: "DatabaseTemplate" } } as const;
            assert.deepEqual(logins(await record(() => build(args))), [
                `Allow rds-db:connect ${users}:cluster-ABC/app_planner`,
            ]);
        });

        it("is available to custom commands too", async () => {
            const recording = await record(() => build({ ...iam, tool: "Custom", customCommands: ["./migrate"] }));
            assert.deepEqual(logins(recording), [`Allow rds-db:connect ${users}:cluster-ABC/app_planner`]);
        });

        it("needs a user and the cluster's resource id, and no credential", () => {
            assert.deepEqual(failures({ auth: "Iam", credential }), [
                `  - AP2107: credential: given ${JSON.stringify(credential)}. Allowed: nothing with auth "Iam", which needs no password. Leave it out.`,
                "  - AP2101: username: given nothing. Allowed: a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL reserves. Change it.",
                '  - AP2101: database.clusterResourceId: given nothing. Allowed: the resource id of the cluster, with auth "Iam". Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.',
            ]);
            assert.deepEqual(failures({ ...iam, database: { ...identified, engine: "aurora-mysql" } }), []);
        });
    });

    describe("of a rehearsal on a clone", () => {
        const rehearsal = { action: "Rehearse", username: "app_migrator" } as const;

        it("is a user without any credential: the build sets a password on the clone", async () => {
            const recording = await record(() => build(rehearsal));
            assert.deepEqual(variables(recording), [
                "PLAINTEXT DB_AUTHENTICATION=Clone",
                "PLAINTEXT DB_USERNAME=app_migrator",
            ]);
        });

        it("is denied for every cluster, as is every password", async () => {
            assert.deepEqual(logins(await record(() => build(rehearsal))), [
                "Deny rds-db:connect,secretsmanager:BatchGetSecretValue,secretsmanager:GetSecretValue *",
            ]);
        });

        it("needs the user, and takes neither a credential nor IAM", () => {
            const nothing =
                "Allowed: nothing for a rehearsal on a clone, where the build sets a password of the clone's own. Leave it out";
            assert.deepEqual(failures({ action: "Rehearse", credential, auth: "Iam" }), [
                `  - AP2107: auth: given "Iam". ${nothing}.`,
                `  - AP2107: credential: given ${JSON.stringify(credential)}. ${nothing}, and give username.`,
                "  - AP2101: username: given nothing. Allowed: a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL reserves. Change it.",
            ]);
        });
    });
});
