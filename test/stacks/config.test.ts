import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import { type Settings, settingsFrom } from "../../stacks/config";
import { configKeys, docOf } from "../../stacks/configKeys";
import { dev } from "../../stacks/dev";
import { prod } from "../../stacks/prod";

const project = "aurora-pipeline";

function settings(values: Record<string, string>, stack = "dev"): Settings {
    const prefixed = Object.entries(values).map(([key, value]) => [
        key.includes(":") ? key : `${project}:${key}`,
        value,
    ]);
    return settingsFrom({ project, stack, values: Object.fromEntries(prefixed) as Record<string, string> });
}

/** Config that will do, apart from what a test adds. */
const enough = { repository: "my-org/my-repository" };

const existingVpc = {
    vpcId: "vpc-0123456789abcdef0",
    privateSubnetIds: '["subnet-0123456789abcdef0"]',
    isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
};

function message(values: Record<string, string>, stack = "dev"): string {
    try {
        settings(values, stack);
    } catch (error) {
        return (error as Error).message;
    }
    return "no error";
}

/** The lines of the failures. */
const failures = (values: Record<string, string>, stack = "dev") => message(values, stack).split("\n").slice(1, -1);

describe("config", () => {
    describe("the defaults", () => {
        it("is the profile that the stack is named after", () => {
            assert.equal(settings(enough, "dev").environment, "dev");
            assert.equal(settings(enough, "prod").environment, "prod");
            assert.deepEqual(settings(enough, "prod"), {
                ...prod,
                environment: "prod",
                sourceProvider: "GitHub",
                tool: "Liquibase",
                sourceKey: "source.zip",
                engine: "aurora-postgresql",
                instanceClass: "db.serverless",
                repository: "my-org/my-repository",
            });
        });

        it("is the profile that the key environment names, whatever the stack is called", () => {
            assert.equal(settings({ ...enough, environment: "prod" }, "europe").environment, "prod");
            assert.equal(settings({ ...enough, environment: "dev" }, "prod").approval, false);
        });
    });

    describe("what overrides the profile", () => {
        it("is read from text", () => {
            const given = settings({
                ...enough,
                instances: "3",
                minCapacity: "0.5",
                maxCapacity: "16",
                approval: "true",
                approvalEmails: '["dba@example.com"]',
                tags: '{"team":"payments"}',
                engineVersion: "16.8",
            });
            assert.equal(given.instances, 3);
            assert.equal(given.minCapacity, 0.5);
            assert.equal(given.maxCapacity, 16);
            assert.equal(given.approval, true);
            assert.deepEqual(given.approvalEmails, ["dba@example.com"]);
            assert.deepEqual(given.tags, { team: "payments" });
            assert.equal(given.engineVersion, "16.8");
        });

        it("keeps a version text, also where it looks like a number", () => {
            assert.equal(settings({ ...enough, engineVersion: "17" }).engineVersion, "17");
        });

        it("drops the profile's pause when the cluster no longer scales to zero", () => {
            assert.equal(settings(enough).secondsUntilAutoPause, dev.secondsUntilAutoPause);
            assert.equal("secondsUntilAutoPause" in settings({ ...enough, minCapacity: "1" }), false);
        });

        it("ignores other namespaces", () => {
            assert.deepEqual(
                settings({ ...enough, "aws:region": "eu-central-1", "pulumi:tags": "{}" }),
                settings(enough),
            );
        });

        it("accepts any override that the schema accepts, and keeps every other value", () => {
            fc.assert(
                fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 35 }), (instances, days) => {
                    const given = { ...enough, instances: `${instances}`, backupRetentionDays: `${days}` };
                    assert.deepEqual(settings(given), { ...settings(enough), instances, backupRetentionDays: days });
                }),
            );
        });
    });

    describe("rejected config", () => {
        it("is reported all at once", () => {
            assert.equal(
                message({
                    repository: "https://github.com/my-org/my-repository",
                    instances: "two",
                    maxCapcity: "4",
                    egress: "Nat",
                    minCapacity: "8",
                    vpcId: "vpc-0123456789abcdef0",
                }),
                [
                    'AP2001: The config of the stack "dev" has 7 problems; nothing was created:',
                    '  - AP2105: repository: given "https://github.com/my-org/my-repository". Allowed: owner/name, or the name of a CodeCommit repository, without a host. For example: pulumi config set repository my-org/my-repository',
                    '  - AP2102: instances: given "two". Allowed: a whole number from 1 to 16 instances. For example: pulumi config set instances 2',
                    '  - AP2104: egress: given "Nat". Allowed: "NatPerAz", "SingleNat", "Endpoints". For example: pulumi config set egress Endpoints',
                    "  - AP2109: aurora-pipeline:maxCapcity: unknown config key. Did you mean aurora-pipeline:maxCapacity? Rename it, or remove it: pulumi config rm aurora-pipeline:maxCapcity",
                    `  - AP2107: minCapacity, maxCapacity: given {"minCapacity":8,"maxCapacity":${dev.maxCapacity}}. Allowed: minCapacity at most maxCapacity. Raise maxCapacity (pulumi config set maxCapacity 8) or lower minCapacity`,
                    '  - AP2101: privateSubnetIds, vpcId: given {"privateSubnetIds":null,"vpcId":"vpc-0123456789abcdef0"}. Allowed: vpcId, privateSubnetIds and isolatedSubnetIds together, or none of them. Set privateSubnetIds too, or remove the others to have a network created',
                    '  - AP2101: isolatedSubnetIds, vpcId: given {"isolatedSubnetIds":null,"vpcId":"vpc-0123456789abcdef0"}. Allowed: vpcId, privateSubnetIds and isolatedSubnetIds together, or none of them. Set isolatedSubnetIds too, or remove the others to have a network created',
                    "Correct it, and run the command again.",
                ].join("\n"),
            );
        });

        it("counts one as one", () => {
            assert.match(message({}), /^AP2001: The config of the stack "dev" has 1 problem; nothing was created:\n/);
        });

        // Each row: what is given beside `enough`, and the whole line that answers it.
        const refused: [string, Record<string, string>, string, string?][] = [
            [
                "a missing repository",
                { repository: "" },
                '  - AP2105: repository: given "". Allowed: owner/name, or the name of a CodeCommit repository, without a host. For example: pulumi config set repository my-org/my-repository',
            ],
            [
                "a repository without its owner",
                { repository: "my-repository" },
                '  - AP2107: repository, sourceProvider: given {"repository":"my-repository","sourceProvider":"GitHub"}. Allowed: owner/name, as GitHub calls its repositories. Add the owner: pulumi config set repository my-org/my-repository',
            ],
            [
                "an owner for CodeCommit",
                { sourceProvider: "CodeCommit" },
                '  - AP2107: repository, sourceProvider: given {"repository":"my-org/my-repository","sourceProvider":"CodeCommit"}. Allowed: the name alone; a CodeCommit repository has no owner. Remove the owner: pulumi config set repository my-repository',
            ],
            [
                "a connection for CodeCommit",
                {
                    repository: "my-repository",
                    sourceProvider: "CodeCommit",
                    connectionArn: "arn:aws:codeconnections:eu-west-1:123456789012:connection/abc",
                },
                '  - AP2107: connectionArn, sourceProvider: given {"connectionArn":"arn:aws:codeconnections:eu-west-1:123456789012:connection/abc","sourceProvider":"CodeCommit"}. Allowed: nothing; CodeCommit needs no connection. Remove it: pulumi config rm connectionArn',
            ],
            [
                "a bucket for GitHub",
                { sourceBucket: "my-source-bucket" },
                '  - AP2107: sourceBucket, sourceProvider: given {"sourceBucket":"my-source-bucket","sourceProvider":"GitHub"}. Allowed: nothing; only S3 has a bucket, and the source is GitHub. Remove it (pulumi config rm sourceBucket), or pulumi config set sourceProvider S3',
            ],
            [
                "a repository for S3",
                { sourceProvider: "S3", sourceBucket: "my-source-bucket" },
                '  - AP2107: repository, sourceProvider: given {"repository":"my-org/my-repository","sourceProvider":"S3"}. Allowed: nothing; a source in S3 has a bucket and a key. Remove it (pulumi config rm repository), or choose another sourceProvider',
            ],
            [
                "an unknown provider",
                { sourceProvider: "Gitea" },
                '  - AP2104: sourceProvider: given "Gitea". Allowed: "GitHub", "GitLab", "Bitbucket", "CodeCommit", "S3". For example: pulumi config set sourceProvider GitHub',
            ],
            [
                "a pattern for a branch",
                { branch: "release/*" },
                '  - AP2105: branch: given "release/*". Allowed: the name of a branch. For example: pulumi config set branch main',
            ],
            [
                "a directory outside the repository",
                { migrationsDirectory: "../migrations" },
                '  - AP2105: migrationsDirectory: given "../migrations". Allowed: a path relative to the root of the repository, without . or .. in it. For example: pulumi config set migrationsDirectory migrations',
            ],
            [
                "a version of the other engine",
                { engine: "aurora-mysql", engineVersion: "17" },
                '  - AP2107: engineVersion, engine: given {"engineVersion":"17","engine":"aurora-mysql"}. Allowed: a version of aurora-mysql, best the major one: 8.0, 8.4. Set the version of this engine, or leave it to the default: pulumi config rm engineVersion',
            ],
            [
                "one instance in prod",
                { instances: "1" },
                '  - AP2107: instances, environment: given {"instances":1,"environment":"prod"}. Allowed: at least 2: prod survives the loss of a zone. Set it: pulumi config set instances 2, or use the environment dev',
                "prod",
            ],
            [
                "prod without approval",
                { approval: "false" },
                '  - AP2107: approval, environment: given {"approval":false,"environment":"prod"}. Allowed: true; in prod a person approves every change. Remove it: pulumi config rm approval, or use the environment dev',
                "prod",
            ],
            [
                "somebody to ask where nobody is asked",
                { approvalEmails: '["dba@example.com"]' },
                '  - AP2107: approvalEmails, approval: given {"approvalEmails":["dba@example.com"],"approval":false}. Allowed: nothing; without approval no approval request is sent. Remove it (pulumi config rm approvalEmails), or pulumi config set approval true',
            ],
            [
                "a lock budget that nobody measures",
                { lockBudgetMilliseconds: "500" },
                '  - AP2107: lockBudgetMilliseconds, rehearsal: given {"lockBudgetMilliseconds":500,"rehearsal":false}. Allowed: nothing; only a rehearsal measures locks. Remove it (pulumi config rm lockBudgetMilliseconds), or pulumi config set rehearsal true',
            ],
            [
                "what is no e-mail address",
                { approval: "true", approvalEmails: '["dba"]' },
                '  - AP2105: approvalEmails: given "[\\"dba\\"]". Allowed: a list of e-mail addresses. For example: pulumi config set approvalEmails \'["dba@example.com"]\'',
            ],
            [
                "a pause of a cluster that never scales to zero",
                { minCapacity: "1", secondsUntilAutoPause: "600" },
                '  - AP2107: secondsUntilAutoPause, minCapacity: given {"secondsUntilAutoPause":600,"minCapacity":1}. Allowed: a pause only with minCapacity 0; a cluster with a higher minCapacity never pauses. Remove it (pulumi config rm secondsUntilAutoPause), or pulumi config set minCapacity 0',
            ],
            [
                "a capacity of a class with a fixed size",
                { instanceClass: "db.r7g.large", maxCapacity: "4" },
                '  - AP2107: maxCapacity, instanceClass: given {"maxCapacity":4,"instanceClass":"db.r7g.large"}. Allowed: nothing; only db.serverless scales, a provisioned class has a fixed size. Remove it (pulumi config rm maxCapacity), or pulumi config rm instanceClass',
            ],
            [
                "a capacity between Aurora's steps",
                { minCapacity: "0.7" },
                '  - AP2103: minCapacity: given "0.7". Allowed: a number of ACU from 0 to 256 in steps of 0.5. For example: pulumi config set minCapacity 0.5',
            ],
            [
                "a network that is too small",
                { cidrBlock: "10.0.0.0/25" },
                '  - AP2105: cidrBlock: given "10.0.0.0/25". Allowed: a private IPv4 block on its boundary, from /16 to /24: it has to hold 4 zones. For example: pulumi config set cidrBlock 10.0.0.0/16',
            ],
            [
                "a single zone",
                { availabilityZones: "1" },
                '  - AP2103: availabilityZones: given "1". Allowed: a whole number from 2 to 4 zones. For example: pulumi config set availabilityZones 3',
            ],
            [
                "addresses for an existing VPC",
                { ...existingVpc, cidrBlock: "10.0.0.0/16" },
                '  - AP2107: cidrBlock, vpcId: given {"cidrBlock":"10.0.0.0/16","vpcId":"vpc-0123456789abcdef0"}. Allowed: nothing; the existing VPC already has its addresses and zones. Remove it (pulumi config rm cidrBlock), or remove vpcId to have a network created',
            ],
            [
                "an existing VPC without internet and without endpoints",
                { ...existingVpc, egress: "Endpoints" },
                '  - AP2101: endpointSecurityGroupId, egress, vpcId: given {"endpointSecurityGroupId":null,"egress":"Endpoints","vpcId":"vpc-0123456789abcdef0"}. Allowed: the group of the existing VPC\'s endpoints; builds without internet reach nothing else. Set it: pulumi config set endpointSecurityGroupId sg-0123456789abcdef0',
            ],
            [
                "endpoints of a network that is created",
                { egress: "Endpoints", endpointSecurityGroupId: "sg-0123456789abcdef0" },
                '  - AP2107: endpointSecurityGroupId, egress, vpcId: given {"endpointSecurityGroupId":"sg-0123456789abcdef0","egress":"Endpoints","vpcId":null}. Allowed: nothing; only an existing VPC with egress Endpoints has endpoints to name. Remove it (pulumi config rm endpointSecurityGroupId), or give vpcId and egress Endpoints',
            ],
            [
                "subnets in one zone",
                {
                    vpcId: "vpc-0123456789abcdef0",
                    privateSubnetIds: '["subnet-0123456789abcdef0"]',
                    isolatedSubnetIds: '["subnet-0123456789abcdef1"]',
                },
                '  - AP2105: isolatedSubnetIds: given "[\\"subnet-0123456789abcdef1\\"]". Allowed: a list of at least 2 subnet ids. For example: pulumi config set isolatedSubnetIds \'["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]\'',
            ],
            [
                "a rotation that AWS would not call one",
                { rotationDays: "180" },
                '  - AP2103: rotationDays: given "180". Allowed: a whole number from 1 to 90 days. For example: pulumi config set rotationDays 30',
            ],
            [
                "what is neither true nor false",
                { deletionProtection: "yes" },
                '  - AP2102: deletionProtection: given "yes". Allowed: true or false. For example: pulumi config set deletionProtection true',
            ],
            [
                "an unknown environment",
                { environment: "staging" },
                '  - AP2104: environment: given "staging". Allowed: "dev", "prod". For example: pulumi config set environment dev',
            ],
            [
                "a stack that is named after no environment",
                {},
                '  - AP2101: environment: given nothing. Allowed: "dev", "prod"; it defaults to the stack\'s name, and "europe" is neither. Set it: pulumi config set environment dev',
                "europe",
            ],
            ...["my_stack", "Production", "eu--1", "eu-", "x".repeat(85)].map(
                (name): [string, Record<string, string>, string, string] => [
                    `a stack's name that AWS does not take: ${name}`,
                    { environment: "prod" },
                    `  - AP2105: stack: given ${JSON.stringify(name)}. Allowed: a name of lower-case letters, digits and single hyphens, at most 84 characters beside the project's name "aurora-pipeline". Rename it: pulumi stack rename <name>`,
                    name,
                ],
            ),
            ...["aurora-pipelin", "aurora"].map((namespace): [string, Record<string, string>, string] => [
                `a key of its own in the namespace ${namespace}`,
                { [`${namespace}:instances`]: "2" },
                `  - AP2109: ${namespace}:instances: unknown config key. Did you mean aurora-pipeline:instances? Rename it, or remove it: pulumi config rm ${namespace}:instances`,
            ]),
            [
                "a version that YAML has shortened",
                { engineVersion: "16.1" },
                '  - AP2107: engineVersion: given {"engineVersion":"16.1"}. Allowed: a version in quotes: without them, YAML reads 16.10 as 16.1. Write it in quotes in Pulumi.<stack>.yaml, for example "16.10", or give the major version alone',
            ],
        ];

        for (const [what, given, line, stack] of refused) {
            it(what, () => {
                assert.deepEqual(failures({ ...enough, ...given }, stack), [line]);
            });
        }

        it("a source in S3 without its bucket", () => {
            assert.deepEqual(failures({ sourceProvider: "S3" }), [
                '  - AP2101: sourceBucket, sourceProvider: given {"sourceBucket":null,"sourceProvider":"S3"}. Allowed: the versioned bucket, which a pipeline from S3 starts from. Set it: pulumi config set sourceBucket my-source-bucket',
            ]);
        });

        it("no repository at all", () => {
            assert.deepEqual(failures({}), [
                '  - AP2101: repository, sourceProvider: given {"repository":null,"sourceProvider":"GitHub"}. Allowed: the repository, which a pipeline from GitHub starts from. Set it: pulumi config set repository my-org/my-repository',
            ]);
        });

        it("never prints the value of an unknown key, which may be a secret", () => {
            const text = message({ ...enough, masterPassword: "hunter2" });
            assert.match(text, /aurora-pipeline:masterPassword/);
            assert.doesNotMatch(text, /hunter2/);
        });

        it("finds the nearest key for any slip of one letter", () => {
            const slips = fc
                .constantFrom(...configKeys.filter((key) => key.length > 5))
                .chain((key) => fc.tuple(fc.constant(key), fc.integer({ min: 0, max: key.length - 1 })));
            fc.assert(
                fc.property(slips, ([key, at]) => {
                    const slip = key.slice(0, at) + key.slice(at + 1);
                    assert.ok(message({ ...enough, [slip]: "x" }).includes(`Did you mean aurora-pipeline:${key}?`));
                }),
            );
        });

        it("does not report conflicts of settings that are invalid on their own", () => {
            assert.deepEqual(failures({ ...enough, minCapacity: "many", maxCapacity: "1" }), [
                '  - AP2102: minCapacity: given "many". Allowed: a number of ACU from 0 to 256 in steps of 0.5. For example: pulumi config set minCapacity 0.5',
            ]);
        });

        it("no message shows an unfilled template or an undefined value", () => {
            for (const [, given, , stack] of refused) {
                assert.doesNotMatch(message({ ...enough, ...given }, stack), /\$\{|undefined|\[object/);
            }
        });
    });

    describe("its documentation", () => {
        it("has a valid example for every key", () => {
            for (const key of configKeys) {
                const { example } = docOf(key);
                assert.doesNotMatch(message({ ...enough, [key]: example }), new RegExp(`- ${key}: `), key);
            }
        });

        it("is the same in Pulumi.yaml", () => {
            const file = readFileSync(path.join(__dirname, "..", "..", "Pulumi.yaml"), "utf8");
            const { template, config } = parse(file) as {
                template: { config: Record<string, { description: string }> };
                config?: unknown;
            };
            // Below `config:` the CLI would demand a value of every key without a default.
            assert.equal(config, undefined);
            const expected = configKeys.map((key) => [`${project}:${key}`, { description: docOf(key).description }]);
            assert.deepEqual(template.config, {
                "aws:region": { description: "The AWS region to deploy into." },
                ...(Object.fromEntries(expected) as object),
            });
        });

        it("names the defaults that the profiles have", () => {
            for (const key of configKeys) {
                const { description } = docOf(key);
                const [, devDefault, prodDefault] = /Default: dev (\S+), prod (\S+)\.$/.exec(description) ?? [];
                if (devDefault !== undefined && key in prod) {
                    const shown = (value: unknown) =>
                        value === undefined ? "never" : `${value as number | string | boolean}`;
                    assert.equal(devDefault, shown(dev[key as keyof typeof dev]), key);
                    assert.equal(prodDefault, shown(prod[key as keyof typeof prod]), key);
                }
            }
        });
    });
});
