import { applicationVariables, BootstrapVariables, EnvironmentVariables } from "../../../components/contract";
import {
    type ApplicationUser,
    conflictsOf,
    type GroupRole,
    parseGrant,
    roleData,
    type RoleDataKey,
} from "../../../components/databaseRoles";
import { options } from "../../../components/options";
import type { Hide } from "../credential";
import { IamCredential } from "../aws/credentials/iam";
import { SecretCredential } from "../aws/credentials/secret";
import { inputErrors } from "../errors";
import type { BootstrapSettings, BootstrapUser, DeclaredRole } from "../settings";
import type { Environment } from "../settings";
import { readLookSettings } from "./settings";

const { variable: owner } = options.ownerName;
const { variable: migrator } = options.migratorName;
const { variable: planner } = options.plannerName;

export function readBootstrapSettings(environment: Environment, toolchain: string, hide: Hide): BootstrapSettings {
    const user = (name: string, password: string, secret: string): BootstrapUser => {
        const { [password]: current, [secret]: arn } = environment;
        return current
            ? { name, iam: false, credential: new SecretCredential(current, arn || undefined, hide) }
            : { name, iam: true, credential: new IamCredential(name, hide) };
    };
    const named = (variable: string) => environment[variable] ?? "";
    const settings = readLookSettings(environment, toolchain, hide, [owner, migrator, planner]);
    const { extensions, groupRoles, applicationUsers, takeOverFrom } = readRoles(environment);
    return {
        ...settings,
        releaseId: "aurora-pipeline-bootstrap",
        owner: named(owner),
        executionId: environment[EnvironmentVariables.pipelineExecutionId] || undefined,
        migrator: user(named(migrator), BootstrapVariables.migratorPassword, BootstrapVariables.migratorSecret),
        planner: user(named(planner), BootstrapVariables.plannerPassword, BootstrapVariables.plannerSecret),
        extensions,
        takeOverFrom,
        groups: groupRoles.map(declared),
        applications: applicationUsers.map((application) => {
            const { password, secret } = applicationVariables(application.name);
            const { memberOf = [] } = application;
            return { ...user(application.name, password, secret), ...declared(application), memberOf };
        }),
    };
}

interface Roles {
    extensions: string[];
    groupRoles: GroupRole[];
    applicationUsers: ApplicationUser[];
    takeOverFrom: string[];
}

/** The roles of the stack's config, from the project's variables; throws one error that lists everything wrong. */
function readRoles(environment: Environment): Roles {
    const given = (key: RoleDataKey) => environment[options[key].variable];
    const keys = Object.keys(roleData) as RoleDataKey[];
    const problems = keys.flatMap((key) => {
        const { problems: problemsOf, allowed } = roleData[key];
        const { variable } = options[key];
        return problemsOf(parsed(given(key))).map(
            (problem) => `${variable} is ${given(key)}: ${problem}; allowed: ${allowed}, as JSON`,
        );
    });
    refuse(problems);
    const roles = Object.fromEntries(keys.map((key) => [key, parsed(given(key))])) as unknown as Roles;
    const { groupRoles, applicationUsers } = roles;
    const taken = [...[owner, migrator, planner].map((variable) => environment[variable] ?? ""), ...roles.takeOverFrom];
    const conflicts = conflictsOf(groupRoles, applicationUsers, taken);
    refuse([
        ...[...conflicts.groupRoles, ...conflicts.applicationUsers],
        ...applicationUsers
            .filter(({ name, auth }) => (auth !== "Iam") !== Boolean(environment[applicationVariables(name).password]))
            .map(
                ({ name, auth }) =>
                    `${applicationVariables(name).password} is ${auth === "Iam" ? "set, and" : "missing:"} ${name} authenticates with ${auth === "Iam" ? "IAM" : "a password"}`,
            ),
    ]);
    return roles;
}

function declared({ name, grants = [] }: GroupRole): DeclaredRole {
    return { name, grants: grants.flatMap((grant) => parseGrant(grant) ?? []) };
}

function parsed(text: string | undefined): unknown {
    try {
        return text ? JSON.parse(text) : [];
    } catch {
        return undefined;
    }
}

function refuse(problems: string[]): void {
    if (problems.length > 0) {
        throw new inputErrors.SettingsRefused({ problems });
    }
}
