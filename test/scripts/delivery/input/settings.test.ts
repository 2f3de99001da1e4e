import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { IamCredential } from "../../../../scripts/delivery/aws/credentials/iam";
import { SecretCredential } from "../../../../scripts/delivery/aws/credentials/secret";
import { inputErrors } from "../../../../scripts/delivery/errors";
import { readSettings, releaseId } from "../../../../scripts/delivery/input/settings";
import { toolNames } from "../../../../scripts/delivery/tools/registry";
import { refusalOf } from "../../../support/refusal";
import { anyText } from "../../../support/text";
import { guardDefaults } from "../../../support/optionRows";

const complete = {
    CODEBUILD_SRC_DIR: "/src",
    DB_ENGINE: "aurora-postgresql",
    DB_HOST: "db.example.com",
    DB_PORT: "15432",
    DB_NAME: "app",
    DB_USERNAME: "owner",
    DB_PASSWORD: "secret",
    MIGRATIONS_DIRECTORY: "migrations",
    ENVIRONMENT_NAME: "dev",
    PIPELINE_EXECUTION_ID: "0123456789ab",
    SOURCE_REVISION: "abcdef0123456789",
    ROLLBACK_TO: "none",
};

/** What a build is refused for, all of it. */
function problemsOf(action: string | undefined, environment: Record<string, string>): readonly string[] {
    const error = refusalOf(() => readSettings(action, environment, "/toolchain"));
    assert.ok(error instanceof inputErrors.SettingsRefused);
    return error.facts.problems;
}
const refusal = (...given: Parameters<typeof problemsOf>) => problemsOf(...given).join("\n");

describe("the settings of a build", () => {
    it("come from its environment", async () => {
        const { database, ...others } = readSettings("deploy", complete, "/toolchain");
        const { credential, ...address } = database;
        assert.ok(credential instanceof SecretCredential);
        assert.equal(await credential.password(), "secret");
        assert.deepEqual(address, {
            host: "db.example.com",
            port: 15432,
            name: "app",
            username: "owner",
            caBundle: "/toolchain/rds-global-bundle.pem",
            silenceSeconds: 45,
        });
        assert.deepEqual(others, {
            action: "deploy",
            environmentName: "dev",
            engine: "aurora-postgresql",
            tool: "Liquibase",
            releaseId: "release-abcdef0-01234567",
            sourceRevision: "abcdef0123456789",
            executionId: "0123456789ab",
            rollbackTo: undefined,
            source: "/src",
            migrations: "/src/migrations",
            approvedPlan: undefined,
            forecast: undefined,
            toolchain: "/toolchain",
            allowCode: false,
            pipeline: undefined,
            buildId: undefined,
            snapshotCluster: undefined,
            guards: guardDefaults(),
            record: { bucket: undefined, approvalPipeline: undefined },
            lintFloor: undefined,
            approvalFor: undefined,
        });
    });

    it("set the minimum levels of the linter", () => {
        const given = (text: string) => ({ ...complete, LINT_FLOOR: text });
        assert.deepEqual(readSettings("plan", given('{"locking":"error"}'), "/toolchain").lintFloor, {
            locking: "error",
        });
        assert.match(
            refusal("plan", given('{"lock":"error"}')),
            /LINT_FLOOR is .*: there is no rule or group "lock"; allowed: a map of rules, groups/,
        );
        assert.match(refusal("plan", given("off")), /LINT_FLOOR is off: it is not a map; allowed/);
    });

    it("say where release records go, and where to ask for the approver", () => {
        const environment = { ...complete, RECORD_BUCKET: "artifacts", APPROVAL_PIPELINE: "orders" };
        const record = { bucket: "artifacts", approvalPipeline: "orders" };
        assert.deepEqual(readSettings("deploy", environment, "/toolchain").record, record);
        assert.deepEqual(readSettings("rollback", environment, "/toolchain").record, record);
        assert.equal(readSettings("plan", environment, "/toolchain").record, undefined);
    });

    it("name the pipeline and the build, and the cluster to take a snapshot of before a deployment", () => {
        const environment = {
            ...complete,
            CODEBUILD_INITIATOR: "codepipeline/orders",
            CODEBUILD_BUILD_ID: "orders-deploy:1",
            SNAPSHOT_CLUSTER: "orders",
        };
        const { pipeline, buildId, snapshotCluster } = readSettings("deploy", environment, "/toolchain");
        assert.deepEqual([pipeline, buildId, snapshotCluster], ["orders", "orders-deploy:1", "orders"]);
        assert.equal(readSettings("plan", environment, "/toolchain").snapshotCluster, undefined);
        const byHand = { ...complete, CODEBUILD_INITIATOR: "somebody" };
        assert.equal(readSettings("deploy", byHand, "/toolchain").pipeline, undefined);
    });

    it("include other authorities, an approved plan and a tag to roll back to", () => {
        const settings = readSettings(
            "rollback",
            {
                ...complete,
                PGSSLROOTCERT: "/ca.pem",
                CODEBUILD_SRC_DIR_RollbackPlan: "/plan",
                ROLLBACK_TO: "release-1",
            },
            "/toolchain",
        );
        assert.equal(settings.database.caBundle, "/ca.pem");
        assert.equal(settings.approvedPlan, "/plan");
        assert.equal(settings.rollbackTo, "release-1");
    });

    it("distinguish a plan approved in the same stage from an unapproved one", () => {
        const plans = (environment: Record<string, string>) => {
            const { approvedPlan, forecast } = readSettings("deploy", { ...complete, ...environment }, "/toolchain");
            return { approvedPlan, forecast };
        };
        const forecast = { CODEBUILD_SRC_DIR_Plan: "/plan" };
        const binding = { CODEBUILD_SRC_DIR_DeployPlan: "/approved" };
        assert.deepEqual(plans(forecast), { approvedPlan: undefined, forecast: "/plan" });
        assert.deepEqual(plans(binding), { approvedPlan: "/approved", forecast: undefined });
        const approval = { APPROVAL_PIPELINE: "orders" };
        assert.deepEqual(plans({ ...binding, ...approval }).approvedPlan, "/approved");
        assert.match(
            refusal("deploy", { ...complete, ...forecast, ...approval }),
            /the input artifact Plan is a plan that was not approved; in a stage with an approval, allowed: DeployPlan or RollbackPlan/,
        );
    });

    it("say how long a plan waits for the bootstrap beside it", () => {
        const wait = (text: string) => ({ ...complete, BOOTSTRAP_WAIT_SECONDS: text });
        assert.equal(readSettings("plan", wait("600"), "/toolchain").bootstrapWaitSeconds, 600);
        assert.equal(readSettings("plan", complete, "/toolchain").bootstrapWaitSeconds, undefined);
        for (const given of ["0", "-1", "soon", "1e3"]) {
            const expected = `BOOTSTRAP_WAIT_SECONDS is "${given}"; allowed: whole seconds, 1 to 99999`;
            assert.ok(refusal("plan", wait(given)).includes(expected), given);
        }
    });

    it("need no password with IAM authentication", () => {
        const environment = { ...complete, DB_PASSWORD: "", DB_AUTHENTICATION: "Iam" };
        const { database } = readSettings("plan", environment, "/toolchain");
        assert.ok(database.credential instanceof IamCredential);
        assert.match(refusal("plan", { ...complete, DB_PASSWORD: "" }), /environment variables missing: DB_PASSWORD;/);
        assert.match(
            refusal("plan", { ...complete, DB_AUTHENTICATION: "Kerberos" }),
            /DB_AUTHENTICATION is "Kerberos"; allowed: Secret, Iam/,
        );
    });

    it("name the secrets to redact from the log", () => {
        const hidden: string[] = [];
        readSettings("plan", complete, "/toolchain", (secret) => hidden.push(secret));
        assert.deepEqual(hidden, ["secret"]);
    });

    it("name everything that is missing at once", () => {
        assert.deepEqual(problemsOf(undefined, { DB_HOST: "db.example.com", DB_PORT: "seven", DB_ENGINE: "oracle" }), [
            "the action is missing; allowed: plan, rehearse, deploy, rollback (delivery.cjs ACTION)",
            "environment variables missing: DB_NAME, DB_USERNAME, MIGRATIONS_DIRECTORY, ENVIRONMENT_NAME, " +
                "PIPELINE_EXECUTION_ID, SOURCE_REVISION, DB_PASSWORD, CODEBUILD_SRC_DIR; the pipeline and its CodeBuild project set them",
            'DB_PORT is "seven"; allowed: a port number, 1 to 65535',
            'DB_ENGINE is "oracle"; allowed: aurora-postgresql, aurora-mysql',
        ]);
    });

    it("name the migration tool", () => {
        assert.equal(
            readSettings("plan", { ...complete, MIGRATION_TOOL: "Liquibase" }, "/toolchain").tool,
            "Liquibase",
        );
        assert.equal(
            refusal("plan", { ...complete, MIGRATION_TOOL: "Ant" }),
            `MIGRATION_TOOL is "Ant"; allowed: ${toolNames.join(", ")}`,
        );
        assert.equal(
            refusal("plan", { ...complete, MIGRATION_TOOL: "Flyway", DB_ENGINE: "aurora-mysql" }),
            'MIGRATION_TOOL is "Flyway", which works with aurora-postgresql only, and not with aurora-mysql',
        );
    });

    it("refuse an unknown action", () => {
        assert.equal(
            refusal("destroy", complete),
            'the action is "destroy"; allowed: plan, rehearse, deploy, rollback (delivery.cjs ACTION)',
        );
    });

    for (const port of ["0", "65536", "-1", "5432x", "1e3"]) {
        it(`refuse the port ${port}`, () => {
            assert.match(refusal("plan", { ...complete, DB_PORT: port }), /DB_PORT is .*allowed: a port number/);
        });
    }
});

describe("the silence that a build tolerates", () => {
    const problems = (SERVER_SILENCE_SECONDS: string) => () =>
        readSettings("plan", { ...complete, SERVER_SILENCE_SECONDS }, "/toolchain");

    it("is at most 45 s: the build must end within a minute", () => {
        for (const given of ["9", "46", "0", "1e1", "10s"]) {
            const problem = `SERVER_SILENCE_SECONDS is "${given}"; allowed: whole seconds, 10 to 45`;
            assert.throws(problems(given), new inputErrors.SettingsRefused({ problems: [problem] }));
        }
        assert.equal(problems("10")().database.silenceSeconds, 10);
    });
});

describe("the release id", () => {
    it("is a tag and an application name for every revision and execution", () => {
        fc.assert(
            fc.property(anyText(), anyText(), (revision, execution) => {
                assert.match(releaseId(revision, execution), /^release-[A-Za-z0-9._-]{1,7}-[A-Za-z0-9._-]{1,8}$/);
            }),
        );
    });

    it("reads a commit and a version of S3", () => {
        assert.equal(releaseId("abcdef0123", "11112222-3333"), "release-abcdef0-11112222");
        assert.equal(releaseId("3/L4kqtJl+cpXroDTDmJ", "11112222-3333"), "release-3L4kqtJ-11112222");
    });
});

describe("the form of a build's input", () => {
    const everything = {
        ...complete,
        RECORD_BUCKET: "artifacts",
        APPROVAL_PIPELINE: "orders",
        SNAPSHOT_CLUSTER: "orders",
    };
    /** Values that end a text in JSON, in a shell, in a path, in a line of a log. */
    const hostile = [
        'none","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--require ./x.js',
        "release-1\n::error::",
        "$(id)",
        "../../etc",
        "\u001b[31m",
    ];
    const formed = [
        ...["ROLLBACK_TO", "SOURCE_REVISION", "PIPELINE_EXECUTION_ID", "ENVIRONMENT_NAME", "MIGRATIONS_DIRECTORY"],
        ...["DB_HOST", "RECORD_BUCKET", "APPROVAL_PIPELINE", "SNAPSHOT_CLUSTER"],
    ];

    it("is checked for every variable, all of them at once", () => {
        const wrong = Object.fromEntries(formed.map((name) => [name, hostile[0]!]));
        const problems = problemsOf("deploy", { ...everything, ...wrong });
        assert.deepEqual(problems.map((problem) => problem.split(" ")[0]).sort(), [...formed].sort());
        assert.equal(
            refusal("deploy", { ...everything, ROLLBACK_TO: 'a"b' }),
            'ROLLBACK_TO is "a\\"b"; allowed: a release id (release-…) or a tag: letters, digits, dots, hyphens and underscores',
        );
    });

    for (const name of formed) {
        it(`rejects hostile values of ${name}`, () => {
            for (const value of hostile) {
                // Two dots and slashes are harmless in a version of S3.
                if (name === "SOURCE_REVISION" && value === "../../etc") continue;
                assert.match(refusal("deploy", { ...everything, [name]: value }), new RegExp(`^${name} is `, "m"));
            }
        });
    }

    for (const name of ["DB_NAME", "DB_USERNAME"]) {
        it(`accepts any name in ${name} without control characters`, () => {
            readSettings("deploy", { ...everything, [name]: 'Ünsere "Daten"; --' }, "/toolchain");
            assert.match(
                refusal("deploy", { ...everything, [name]: "a\nb" }),
                new RegExp(`${name} is "a\\\\nb"; allowed`),
            );
        });
    }

    it("accepts the values that AWS and the pipeline write", () => {
        for (const values of [
            { SOURCE_REVISION: "0123456789abcdef0123456789abcdef01234567" },
            { SOURCE_REVISION: "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRcxf3vjVBH40Nr8X8gdRQBpUMLUo" },
            { PIPELINE_EXECUTION_ID: "01234567-89ab-cdef-0123-456789abcdef" },
            { ROLLBACK_TO: releaseId("0123456789abcdef", "01234567-89ab-cdef") },
            { DB_HOST: "orders.cluster-abc.eu-central-1.rds.amazonaws.com" },
        ]) {
            readSettings("deploy", { ...everything, ...values }, "/toolchain");
        }
    });

    it("is that of every release id", () => {
        fc.assert(
            fc.property(anyText(), anyText(), (revision, execution) => {
                const { rollbackTo } = readSettings(
                    "plan",
                    { ...complete, ROLLBACK_TO: releaseId(revision, execution) },
                    "/toolchain",
                );
                assert.equal(rollbackTo, releaseId(revision, execution));
            }),
        );
    });
});
