import assert from "node:assert/strict";
import type { OptionRow } from "../../components/optionRow";
import { type ConfigOption, optionRows } from "../../components/options";
import { environments } from "../../policy/rule";
import { type ConfigKey, configKeys, docOf } from "../../stacks/configKeys";
import { record } from "../support/mocks";
import { loadAnew } from "../support/program";
import { contradictions, type Values } from "./contradictions";
import { messageOf } from "./support";

// Every key by itself, in both environments, and conflicting keys: through the program, as the Pulumi CLI starts it.
// The messages of each key are in stacks/configKeys.ts; test/stacks/config.test.ts has some verbatim.

const project = "aurora-pipeline";

async function refusal(stack: string, values: Values): Promise<{ message: string; registered: string[] }> {
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`${project}:${key}`, value]));
    const { result, resources } = await record(() => messageOf(() => loadAnew("index.ts")), { project, stack, config });
    return { message: result, registered: resources.map(({ name }) => name) };
}

const numbers = ["many", "1e9", "-1", "true", "[1]", ""];
const ids = ["", "my-id", "5", "vpc-", "sg-XYZ"];
const lists = ["", "subnet-0123456789abcdef0", "[]", '[""]', "[5]", "{}", '["subnet-"]'];
const roleNames = ["pg_owner", "1st", "a-b", "a".repeat(64), ""];
const flags = ["yes", "1", "TRUE", "", '"true"'];

/** What a build option rejects, from its row in components/options.ts; the others below have more cases. */
function refusedBy(row: OptionRow): string[] {
    switch (row.type) {
        case "wholeNumber":
            return [`${row.range[0] - 1}`, `${row.range[1] + 1}`, `${row.range[0]}.5`, ...numbers];
        case "flag":
            return flags;
        case "roleName":
            return roleNames;
        default:
            return ["", "\n"];
    }
}

/** What each key rejects. A key without a row fails the test below. */
const refused: { [key in ConfigKey]: string[] } = {
    ...(Object.fromEntries(optionRows().flatMap(([key, row]) => (row.config ? [[key, refusedBy(row)]] : []))) as {
        [key in ConfigOption]: string[];
    }),
    environment: ["staging", "Prod", "", "5"],
    sourceProvider: ["github", "Gitea", ""],
    repository: ["https://github.com/a/b", "git@github.com:a/b", "a/", "a b", ""],
    branch: ["release/*", "a b", "a^", ""],
    connectionArn: ["my-connection", "arn:aws:s3:::bucket", ""],
    sourceBucket: ["My_Bucket", "a", "s3://bucket", ""],
    sourceKey: ["source.tar", "source", ""],
    migrationsDirectory: ["/migrations", "..", "../x", "./x", "a//b", ""],
    engine: ["postgres", "Aurora-MySQL", ""],
    engineVersion: ["17.4.1", "latest", "17.", "v17", ""],
    databaseName: ["1app", "my-app", "a".repeat(64), ""],
    allowMajorVersionUpgrade: flags,
    applyChanges: ["immediately", "true", ""],
    preferredMaintenanceWindow: [
        "Sun:03:00-Sun:04:00",
        "03:00-04:00",
        "sun:03:00-sun:03:29",
        "sun:24:00-mon:01:00",
        "",
    ],
    preferredBackupWindow: ["sun:03:00-sun:04:00", "2:00-3:00", "02:00-02:29", "23:45-24:30", "02:00", ""],
    instanceClass: ["large", "r7g.large", "db.", "db.R7G.large", ""],
    instances: ["0", "17", "1.5", ...numbers],
    minCapacity: ["0.7", "256.5", ...numbers],
    maxCapacity: ["0", "0.5", "257", ...numbers],
    secondsUntilAutoPause: ["299", "86401", "300.5", ...numbers],
    restoreFrom: [
        "1st",
        "snap shot",
        "arn:aws:rds:eu-west-1:1:cluster-snapshot:x",
        "arn:aws:rds:eu-west-1:123456789012:snapshot:x",
        "",
    ],
    backupRetentionDays: ["0", "36", "7.5", ...numbers],
    backtrackHours: ["73", "0.5", ...numbers],
    deletionProtection: flags,
    vpcId: ids,
    privateSubnetIds: lists,
    isolatedSubnetIds: ['["subnet-0123456789abcdef0"]', ...lists],
    endpointSecurityGroupId: ids,
    cidrBlock: [
        "8.8.0.0/16",
        "172.32.0.0/16",
        "100.128.0.0/16",
        "10.0.0.0/25",
        "10.0.0.0/15",
        "10.0.0.1/16",
        "10.0.0.0",
        "fd00::/16",
        "",
    ],
    availabilityZones: ["1", "5", "2.5", ...numbers],
    egress: ["Nat", "endpoints", ""],
    approval: flags,
    approvalEmails: ["dba@example.com", "[]", '["dba"]', "[5]", ""],
    approvalFor: ["destructive", "{}", '["risky"]', '["code","code"]', "[1]", ""],
    bakeMinutes: ["0", "1441", "1.5", ...numbers],
    bakeAlarms: ["api-errors", "[]", '["a","b","c","d","e","f"]', "[5]", '[""]', ""],
    deploymentWindow: ["9-17", "* * 9-16 * * MON-THU", "* * 24 ? * *", "cron(* * * ? * *)", ""],
    deploymentWindowTimeZone: ["Europe Berlin", "../UTC", "+01:00", ""],
    rehearsal: flags,
    lintFloor: [
        '{"lock":"warning"}',
        '{"locking":"fatal"}',
        '{"locking":true}',
        '["locking"]',
        "locking",
        "warning",
        "[]",
        "null",
        "",
    ],
    snapshotBeforeDeploy: flags,
    driftSchedule: ["daily", "rate(0 days)", "rate(1 week)", "cron(0 5 * * ?)", ""],
    tool: ["liquibase", "Custom", ""],
    databaseAuth: ["Password", "IAM", "iam", ""],
    extensions: ["pg_trgm", "{}", "[1]", '["a b"]', '["a;b"]', '["cube","cube"]', "null", ""],
    groupRoles: [
        ...["reporting", "{}", "[1]", '["reporting"]', '[{"grants":[]}]', "null", ""],
        ...['[{"name":"Reporting"}]', '[{"name":"pg_reporting"}]', '[{"name":"rds_reporting"}]', '[{"name":"a-b"}]'],
        ...['[{"name":"a"},{"name":"a"}]', '[{"name":"a","memberOf":[]}]', '[{"name":"a","grants":"SELECT"}]'],
        ...[
            "SELECT",
            "ALL ON TABLES",
            "TRIGGER ON TABLES",
            "USAGE ON TABLES",
            "select on tables",
            "SELECT ON TABLES IN SCHEMA a.b",
            "SELECT ON TABLES; DROP TABLE x",
            "SELECT ON TABLE a.b.c",
            "SELECT ON TABLES IN SCHEMA a\n",
        ].map((grant) => JSON.stringify([{ name: "a", grants: [grant] }])),
    ],
    takeOverFrom: ["legacy", "{}", "[1]", '[""]', '["a","a"]', "null", ""],
    applicationUsers: [
        ...['[{"name":"a","auth":"iam"}]', '[{"name":"a","memberOf":"b"}]', '[{"name":"a","password":"x"}]'],
        ...[
            '[{"name":"a","grants":["SELECT ON TABLES","SELECT ON TABLES"]}]',
            '[{"name":"__proto__x","constructor":1}]',
        ],
        ...["shop", "{}", '[{"name":5}]', ""],
    ],
    rotationDays: ["0", "91", "1.5", ...numbers],
    proxySecretArns: ["api", "[]", '["api"]', '["arn:aws:secretsmanager:eu-west-1:1:secret:api"]', "[5]", ""],
    notificationEmails: ["oncall@example.com", "[]", '["oncall"]', ""],
    chatChannelArn: ["#oncall", "arn:aws:sns:eu-west-1:123456789012:x", ""],
    alarms: flags,
    vaultRetentionDays: ["0", "3651", "1.5", ...numbers],
    tags: ["team", "[]", '{"team":1}', `{"team":"${"x".repeat(257)}"}`, '{"":"x"}', ""],
};

const enough: Values = { repository: "my-org/my-repository" };

describe("bad config", () => {
    it("has cases for every key", () => {
        assert.deepEqual(Object.keys(refused).sort(), [...configKeys].sort());
    });

    for (const stack of environments) {
        describe(`of ${stack}`, () => {
            for (const key of configKeys) {
                for (const given of refused[key]) {
                    it(`${key}: ${JSON.stringify(given)}`, async () => {
                        const { message, registered } = await refusal(stack, { ...enough, [key]: given });
                        const { allowed, example } = docOf(key);
                        const quoted = /[\s"[{]/.test(example) ? `'${example}'` : example;
                        const code = /^ {2}- (AP210[2-5]): /m.exec(message)?.[1];
                        assert.equal(
                            message,
                            `AP2001: The config of the stack "${stack}" has 1 problem; nothing was created:\n` +
                                `  - ${code}: ${key}: given ${JSON.stringify(given)}. Allowed: ${allowed}. ` +
                                `For example: pulumi config set ${key} ${quoted}\n` +
                                "Correct it, and run the command again.",
                        );
                        assert.deepEqual(registered, []);
                    });
                }
            }

            for (const { title, values, keys, only = stack } of contradictions) {
                if (only === stack) {
                    it(`conflicting: ${title}`, async () => {
                        const { message, registered } = await refusal(stack, { ...enough, ...values });
                        const [heading, ...lines] = message.split("\n").slice(0, -1);
                        assert.equal(
                            heading,
                            `AP2001: The config of the stack "${stack}" has 1 problem; nothing was created:`,
                        );
                        assert.equal(lines.length, 1, message);
                        // What, given, allowed, fix.
                        assert.match(
                            lines[0] ?? "",
                            new RegExp(`^  - AP2\\d{3}: ${keys}: given \\{.+\\}\\. Allowed: .+\\. .*[A-Z].+$`),
                        );
                        assert.doesNotMatch(message, /undefined|\[object|\$\{/);
                        assert.deepEqual(registered, []);
                    });
                }
            }

            it("unknown keys, suggesting the nearest known one", async () => {
                const { message, registered } = await refusal(stack, { ...enough, instnces: "2" });
                assert.equal(
                    message,
                    `AP2001: The config of the stack "${stack}" has 1 problem; nothing was created:\n` +
                        `  - AP2109: ${project}:instnces: unknown config key. ` +
                        `Did you mean ${project}:instances? Rename it, or remove it: pulumi config rm ${project}:instnces\n` +
                        "Correct it, and run the command again.",
                );
                assert.deepEqual(registered, []);
            });
        });
    }
});
