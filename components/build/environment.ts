import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { authenticationVariables } from "./authentication";
import { bootstrapVariables } from "./bootstrap";
import { codeVariables } from "./code";
import { EnvironmentVariables } from "../contract";
import { guardVariables } from "./guards";
import { lintVariables } from "./lint";
import type { Settings } from "./args";
import { rehearsalVariables } from "./rehearsal";

/** The machine of a build, and what it is told. */
export function buildEnvironment(
    settings: Settings,
    cloneGroupId: pulumi.Input<string> | undefined,
): aws.types.input.codebuild.ProjectEnvironment {
    const { database } = settings;
    const login = authenticationVariables(settings);
    const users = bootstrapVariables(settings);
    return {
        type: "LINUX_CONTAINER",
        computeType: settings.computeType,
        image: settings.image,
        imagePullCredentialsType: "CODEBUILD",
        privilegedMode: false,
        environmentVariables: [
            plaintext(EnvironmentVariables.databaseEngine, database.engine),
            plaintext(EnvironmentVariables.databaseHost, database.endpoint),
            plaintext(EnvironmentVariables.databasePort, pulumi.output(database.port).apply(String)),
            plaintext(EnvironmentVariables.databaseName, database.databaseName),
            ...[...login.plaintext, ...users.plaintext].map(([name, value]) => plaintext(name, value)),
            ...[...login.fromSecret, ...users.fromSecret].map(([name, value]) => fromSecret(name, value)),
            plaintext(EnvironmentVariables.migrationsDirectory, settings.migrationsDirectory),
            plaintext(EnvironmentVariables.environmentName, settings.environmentName),
            ...rehearsalVariables(settings, cloneGroupId).map(([name, value]) => plaintext(name, value)),
            ...codeVariables(settings).map(([name, value]) => plaintext(name, value)),
            ...guardVariables(settings).map(([name, value]) => plaintext(name, value)),
            ...lintVariables(settings).map(([name, value]) => plaintext(name, value)),
            // CodeBuild adds it to a project that lacks it: the next preview would want to take it out again.
            plaintext("CODEBUILD_CONFIG_AUTO_DISCOVER", "false"),
        ],
    };
}

function plaintext(
    name: string,
    value: pulumi.Input<string>,
): aws.types.input.codebuild.ProjectEnvironmentEnvironmentVariable {
    return { name, value, type: "PLAINTEXT" };
}

function fromSecret(
    name: string,
    value: pulumi.Input<string>,
): aws.types.input.codebuild.ProjectEnvironmentEnvironmentVariable {
    return { name, value, type: "SECRETS_MANAGER" };
}
