import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { authVariables } from "./auth";
import { bootstrapVariables } from "./bootstrap";
import { EnvironmentVariables } from "../contract";
import { snapshotOf } from "./guards";
import { pullCredentials } from "./image";
import { options } from "../options";
import { optionVariables } from "./options";
import { type Settings, Tool } from "./args";
import { cloneValues } from "./rehearsal";

/** The machine and the variables of a build. */
export function buildEnvironment(
    settings: Settings,
    cloneGroupId: pulumi.Input<string> | undefined,
): aws.types.input.codebuild.ProjectEnvironment {
    const { database } = settings;
    const login = authVariables(settings);
    const users = bootstrapVariables(settings);
    const values = { ...cloneValues(settings, cloneGroupId), snapshotCluster: snapshotOf(settings)?.cluster };
    return {
        type: "LINUX_CONTAINER",
        computeType: settings.computeType,
        image: settings.image,
        imagePullCredentialsType: pullCredentials(settings.image),
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
            ...(settings.tool === Tool.Custom ? [] : [plaintext(options.tool.variable, settings.tool)]),
            ...optionVariables(settings, values).map(([name, value]) => plaintext(name, value)),
            // CodeBuild adds it to a project that lacks it; the next preview would then show its removal.
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
