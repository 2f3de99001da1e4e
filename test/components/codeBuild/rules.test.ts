import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MigrationBuild } from "../../../components/migrationBuild";
import { type MigrationBuildArgs, migrationBuildDefaults } from "../../../components/codeBuild/args";
import { buildsForSuite } from "../../support/builds";
import { argDefaults } from "../../../components/codeBuild/options";
import { documentedDefaults } from "../../support/documentation";
import { record } from "../../support/mocks";

describe("the args of a MigrationBuild", () => {
    const { argsWith, failures, recordBuild } = buildsForSuite();

    it("have the documented defaults", () => {
        assert.deepEqual(documentedDefaults("codeBuild/args.ts", "MigrationBuildArgs"), {
            ...migrationBuildDefaults,
            ...argDefaults(),
        });
    });

    it("are all rejected at once, before anything is registered", async () => {
        const recording = await record(() =>
            assert.throws(
                () => new MigrationBuild("orders-plan", argsWith({ timeoutMinutes: 1, tool: "Ant" as "Custom" })),
                {
                    message:
                        'AP2002: MigrationBuild "orders-plan" has 2 invalid arguments; nothing of it was created:\n' +
                        '  - AP2104: tool: given "Ant". Allowed: "Liquibase", "Flyway", "Sql", "Command", "Custom". Leave it out for "Liquibase".\n' +
                        "  - AP2103: timeoutMinutes: given 1. Allowed: a whole number from 5 to 2160 minutes. " +
                        "Leave it out for 60.\nCorrect the program, and run the command again.",
                },
            ),
        );
        assert.deepEqual(recording.resources, []);
    });

    const refused: [string, Partial<MigrationBuildArgs>, string][] = [
        [
            "an unknown action",
            { action: "Drop" as "Plan" },
            'AP2104: action: given "Drop". Allowed: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift". Make a build for each action.',
        ],
        [
            "no action",
            { action: undefined },
            'AP2101: action: given nothing. Allowed: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift". Set it to the action that the build runs.',
        ],
        [
            "commands that nothing would run",
            { customCommands: ["./migrate"] },
            'AP2107: customCommands: given ["./migrate"]. Allowed: nothing without tool "Custom". ' +
                'Leave it out, or set tool to "Custom".',
        ],
        [
            "a custom tool without commands",
            { tool: "Custom" },
            "AP2101: customCommands: given []. Allowed: at least one command. Give the commands that the build runs.",
        ],
        [
            "an environment's name with a space",
            { environmentName: "my dev" },
            'AP2105: environmentName: given "my dev". Allowed: 1 to 100 letters, digits, hyphens and underscores. Shorten it.',
        ],
        [
            "a directory outside the source",
            { migrationsDirectory: "../other" },
            'AP2105: migrationsDirectory: given "../other". Allowed: a directory inside the source, relative to its root. ' +
                'For example "migrations".',
        ],
        [
            "an absolute directory",
            { migrationsDirectory: "/migrations" },
            'AP2105: migrationsDirectory: given "/migrations". Allowed: a directory inside the source, relative to its root. ' +
                'For example "migrations".',
        ],
        [
            "a toolchain that is not there",
            { toolchain: "/missing/toolchain.zip" },
            'AP2101: toolchain: given "/missing/toolchain.zip". Allowed: the path of a ZIP archive that exists. ' +
                "Build it with `npm run toolchain`.",
        ],
        [
            "a machine that does not exist",
            { computeType: "HUGE" },
            'AP2104: computeType: given "HUGE". Allowed: "BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", ' +
                '"BUILD_GENERAL1_LARGE", "BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE". ' +
                "Leave it out for the smallest.",
        ],
        [
            "an unknown egress",
            { egress: "Nat" as "SingleNat" },
            'AP2104: egress: given "Nat". Allowed: "NatPerAz", "SingleNat", "Endpoints". Take the network\'s.',
        ],
        [
            "a key's alias",
            { kmsKeyArn: "alias/logs" },
            'AP2105: kmsKeyArn: given "alias/logs". Allowed: the ARN of a KMS key ' +
                "(arn:aws:kms:<region>:<account>:key/<id>). Give the key's ARN, not its id or alias.",
        ],
    ];
    for (const [what, args, line] of refused) {
        it(`cannot be ${what}`, () => {
            assert.deepEqual(failures(args), [`  - ${line}`]);
        });
    }

    it("require the network's endpoints if there is no internet access", () => {
        const network = { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"], isolatedSubnetIds: ["subnet-2"] };
        const fix = 'Pass a Network made with egress "Endpoints", or choose another egress.';
        assert.deepEqual(failures({ egress: "Endpoints", network }), [
            `  - AP2101: network.endpointSecurityGroupId: given nothing. Allowed: an id. ${fix}`,
            `  - AP2101: network.s3PrefixListId: given nothing. Allowed: an id. ${fix}`,
        ]);
    });

    it("include a name that is short enough for AWS", () => {
        const name = "a".repeat(119);
        assert.deepEqual(failures({}, name), [
            `  - AP2105: name: given "${name}". Allowed: 1 to 118 letters, digits and hyphens. Change it.`,
        ]);
    });

    it("are not checked if they are unknown", async () => {
        const network = {
            vpcId: pulumi.output("vpc-1"),
            privateSubnetIds: pulumi.output(["subnet-1"]),
            isolatedSubnetIds: pulumi.output(["subnet-2"]),
            endpointSecurityGroupId: pulumi.output("sg-endpoints"),
            s3PrefixListId: pulumi.output("pl-s3"),
        };
        const kmsKeyArn = pulumi.output("arn:aws:kms:eu-central-1:123456789012:key/logs");
        const recording = await recordBuild({ egress: "Endpoints", network, kmsKeyArn });
        assert.equal(recording.all("aws:codebuild/project:Project").length, 1);
    });
});
