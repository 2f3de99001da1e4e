import { atLeast, between, equals, given, orAbsent, satisfies } from "../conditions";
import { type Resource, get, list, refersTo, unknown } from "../resource";
import { type Rule, findings, property, resourceRule, stackRule } from "../rule";
import { Types } from "./types";

interface Variable {
    name: string;
    type?: string;
}

const secretName = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY|API_?KEY/i;

const secrecy: Rule[] = [
    resourceRule({
        id: "codebuild-source-without-credentials",
        controls: ["CodeBuild.1"],
        title: "No credentials in the address of the source",
        types: [Types.project],
        allowed: "an address without user and password",
        fix: "Use a connection.",
        check({ properties }) {
            const locations = [get(properties, "source.location"), ...sourcesOf(properties, "secondarySources")];
            const wrong = locations.filter((location) => typeof location === "string" && /\/\/[^/]*@/.test(location));
            // The address is not shown, because it contains the password.
            return findings({ what: "source.location", given: "an address with a user", valid: wrong.length === 0 });
        },
    }),
    resourceRule({
        id: "codebuild-secret-variables",
        controls: ["CodeBuild.2"],
        title: "Secrets reach the build from Secrets Manager only",
        types: [Types.project],
        allowed: "type SECRETS_MANAGER",
        fix: "Keep the value in a secret; MigrationBuild does.",
        check({ properties }) {
            const variables = list<Variable>(properties, "environment.environmentVariables");
            const plain = variables.filter(
                ({ name, type }) =>
                    typeof name === "string" &&
                    secretName.test(name) &&
                    // The ARN of a secret is not a secret value.
                    !name.endsWith("_ARN") &&
                    type !== "SECRETS_MANAGER",
            );
            return plain.flatMap(({ name, type }) =>
                findings({ what: `variable ${name}, type`, given: type, valid: (type as unknown) === unknown }),
            );
        },
    }),
];

const logs: Rule[] = [
    property({
        id: "codebuild-logs",
        controls: ["CodeBuild.4"],
        title: "The build's log goes to CloudWatch",
        type: Types.project,
        property: "logsConfig.cloudwatchLogs.status",
        both: orAbsent(equals("ENABLED")),
        fix: "Leave the status out; MigrationBuild does.",
    }),
    stackRule({
        id: "codebuild-own-log-group",
        controls: ["CodeBuild.4"],
        title: "The project has its own log group",
        types: [Types.project],
        allowed: "the name of a LogGroup of this stack that no other project writes to",
        fix: "Set logsConfig.cloudwatchLogs.groupName; MigrationBuild creates a group.",
        check(project, _environment, stack) {
            const groups = stack.all(Types.logGroup).filter((group) => writesTo(project, group));
            const sharedWith = stack
                .all(Types.project)
                .filter((other) => other !== project && groups.some((group) => writesTo(other, group)));
            return findings({
                what: "logsConfig.cloudwatchLogs.groupName",
                given: get(project.properties, "logsConfig.cloudwatchLogs.groupName"),
                valid: groups.length > 0 && sharedWith.length === 0,
            });
        },
    }),
    property({
        id: "codebuild-s3-logs-encrypted",
        controls: ["CodeBuild.3"],
        title: "Logs in S3 are encrypted",
        type: Types.project,
        property: "logsConfig.s3Logs.encryptionDisabled",
        both: orAbsent(equals(false)),
        fix: "Remove encryptionDisabled.",
    }),
];

const encryption: Rule[] = [
    property({
        id: "codebuild-artifacts-encrypted",
        controls: ["CodeBuild.7", "CB4"],
        title: "The build's artifacts are encrypted",
        type: Types.project,
        property: "artifacts.encryptionDisabled",
        both: orAbsent(equals(false)),
        fix: "Remove encryptionDisabled.",
    }),
    property({
        id: "codebuild-key",
        controls: ["CB4"],
        title: "A customer managed key encrypts the build's artifacts",
        type: Types.project,
        property: "encryptionKey",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn of MigrationBuild.",
    }),
    property({
        id: "codebuild-reports-encrypted",
        controls: ["CodeBuild.7"],
        title: "Exported reports are encrypted",
        type: Types.reportGroup,
        property: "exportConfig.s3Destination.encryptionDisabled",
        both: orAbsent(equals(false)),
        fix: "Remove encryptionDisabled.",
    }),
];

const isolation: Rule[] = [
    property({
        id: "codebuild-not-privileged",
        controls: ["CodeBuild.5"],
        title: "The build does not run in privileged mode",
        type: Types.project,
        property: "environment.privilegedMode",
        both: orAbsent(equals(false)),
        fix: "Leave privilegedMode out; nothing builds images here.",
    }),
    property({
        id: "codebuild-inline-buildspec",
        controls: ["buildspec"],
        title: "The repository cannot change what the build does",
        type: Types.project,
        property: "source.buildspec",
        both: satisfies(
            "the specification itself, not the path of a file in the source",
            (text) => typeof text === "string" && /^\s*(\{|version:)/m.test(text),
        ),
        fix: "Write the specification into the project; MigrationBuild does.",
    }),
    property({
        id: "codebuild-one-at-a-time",
        controls: ["build safety"],
        title: "A project that changes the database without the pipeline's lock never runs two builds at once",
        type: Types.project,
        property: "concurrentBuildLimit",
        when: (project) => !plans(project) && !takesLock(project),
        both: equals(1),
        fix: "Set concurrentBuildLimit to 1; MigrationBuild does with custom commands.",
    }),
    property({
        id: "codebuild-abandoned-build",
        controls: ["build safety"],
        title: "A new execution can build while an abandoned one's build still runs; the lock in the database serialises what changes it",
        type: Types.project,
        property: "concurrentBuildLimit",
        when: (project) => plans(project) || takesLock(project),
        // CodeBuild rejects a build beyond its project's limit; it queues builds only in projects without one.
        both: orAbsent(atLeast(2, "builds")),
        fix: "Set concurrentBuildLimit to 2; MigrationBuild does.",
    }),
    property({
        id: "codebuild-no-retry",
        controls: ["build safety"],
        title: "A failed build is not retried automatically",
        type: Types.project,
        property: "autoRetryLimit",
        both: orAbsent(equals(0)),
        fix: "Leave autoRetryLimit out.",
    }),
    property({
        id: "codebuild-timeout",
        controls: ["build safety"],
        title: "A build that hangs is stopped",
        type: Types.project,
        property: "buildTimeout",
        both: between(5, 480, "minutes"),
        fix: "Set timeoutMinutes of MigrationBuild.",
    }),
    property({
        id: "codebuild-queued-timeout",
        controls: ["build safety"],
        title: "A build that does not start is cancelled",
        type: Types.project,
        property: "queuedTimeout",
        both: between(5, 480, "minutes"),
        fix: "Set queuedTimeout; MigrationBuild does.",
    }),
];

export const codebuildRules: Rule[] = [...secrecy, ...logs, ...encryption, ...isolation];

/** Whether it is the project of the builds that plan, which change nothing. */
function plans(project: Resource): boolean {
    return runs(project, /delivery\.cjs\S* plan\b/);
}

/** Projects whose builds can wait for each other in the database. */
function takesLock(project: Resource): boolean {
    return runs(project, /delivery\.cjs\S* (bootstrap|rehearse|deploy|rollback)\b/);
}

function runs({ properties }: Resource, command: RegExp): boolean {
    const specification = get(properties, "source.buildspec");
    return typeof specification === "string" && command.test(specification);
}

function sourcesOf(properties: Record<string, unknown>, path: string): unknown[] {
    return list(properties, path).map((source) => get(source, "location"));
}

function writesTo(project: Resource, group: Resource): boolean {
    return refersTo(project, "logsConfig.cloudwatchLogs.groupName", group);
}
