import { type Resource, type Stack, get, hasUnknown, list, refersTo } from "../resource";
import { type Rule, findings, stackRule } from "../rule";
import { allowing, statementsOf } from "./policyDocument";
import { Types } from "./types";

interface Variable {
    name: unknown;
    type?: unknown;
    value: unknown;
}

/** A build with this action creates the database's users. */
const createsUsers = "BOOTSTRAP_MIGRATOR";

export const databaseUserRules: Rule[] = [
    stackRule({
        id: "codebuild-no-administrator",
        controls: ["least privilege"],
        title: "Only the build that creates the database's users logs in as its administrator",
        types: [Types.project],
        allowed: "the secret of a user who is not the cluster's masterUsername",
        fix: "Create a MigrationBuild with action \"Bootstrap\", and pass its migrator's or planner's credential to the others.",
        check(project, _environment, stack) {
            const variables = variablesOf(project);
            if (variables.some(({ name }) => name === createsUsers)) {
                return [];
            }
            const secrets = administratorsSecrets(stack);
            return variables
                .filter(({ value }) => secrets.some((secret) => names(value, secret)))
                .flatMap(({ name, value }) =>
                    findings({ what: `variable ${String(name)}`, given: value, valid: false }),
                );
        },
    }),
    stackRule({
        id: "codebuild-own-secrets",
        controls: ["least privilege"],
        title: "A build's role reads only the secrets of its variables",
        types: [Types.project],
        allowed: "the secrets of the project's own variables",
        fix: "Give each build a role of its own; MigrationBuild does.",
        check(project, _environment, stack) {
            const taken = variablesOf(project)
                .filter(({ type }) => type === "SECRETS_MANAGER")
                .map(({ value }) => value);
            if (taken.some(hasUnknown)) {
                return [];
            }
            const given = readableSecrets(project, stack).filter(
                (arn) => !taken.some((value) => typeof value === "string" && value.startsWith(`${arn}:`)),
            );
            return findings({ what: "secrets that its role may read", given, valid: given.length === 0 });
        },
    }),
];

function variablesOf({ properties }: Resource): Variable[] {
    return list<Variable>(properties, "environment.environmentVariables");
}

/** Secrets whose value names the master user of a PostgreSQL cluster; with MySQL there are no other users. */
function administratorsSecrets(stack: Stack): Resource[] {
    const administrators = stack
        .all(Types.cluster)
        .filter(({ properties }) => get(properties, "engine") === "aurora-postgresql")
        .map(({ properties }) => get(properties, "masterUsername"));
    const versions = stack
        .all(Types.secretVersion)
        .filter(({ properties }) => administrators.includes(usernameIn(get(properties, "secretString"))));
    return stack
        .all(Types.secret)
        .filter((secret) => versions.some((version) => refersTo(version, "secretId", secret)));
}

function usernameIn(secretString: unknown): unknown {
    try {
        return typeof secretString === "string" ? get(JSON.parse(secretString), "username") : {};
    } catch {
        // A secret that is not JSON is not a database credential.
        return {};
    }
}

/** Whether the value of a variable is the secret's ARN, or a part of the secret. */
function names(value: unknown, secret: Resource): boolean {
    const arns = [...secret.identifiers].map(String).filter((id) => id.startsWith("arn:"));
    return typeof value === "string" && arns.some((arn) => `${value}:`.startsWith(`${arn}:`));
}

function readableSecrets(project: Resource, stack: Stack): string[] {
    return stack
        .all(Types.role)
        .filter((role) => refersTo(project, "serviceRole", role))
        .flatMap((role) => stack.referring(Types.rolePolicy, "role", role))
        .flatMap(({ properties }) => allowing(statementsOf(get(properties, "policy"))))
        .filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue"))
        .flatMap(({ resources }) => resources);
}
