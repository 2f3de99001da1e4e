import type { SecretStore } from "../cloud/secrets";
import { startErrors } from "../errors";
import type { EnvironmentVariable, Project } from "./project";

export interface BuildEnvironment {
    values: Record<string, string>;
    /** Values from the secret store: CodeBuild shows them as `***`. */
    secrets: string[];
}

/**
 * A build's environment variables, in ascending precedence: the build specification's, the project's, the action's,
 * CodeBuild's own.
 */
export function buildEnvironment(
    project: Project,
    actionVariables: EnvironmentVariable[],
    own: Record<string, string>,
    store: SecretStore,
): BuildEnvironment {
    const { variables, secrets } = project.buildSpec;
    const declared: EnvironmentVariable[] = [
        ...Object.entries(variables).map(([name, value]) => ({ name, value })),
        ...Object.entries(secrets).map(([name, value]) => ({ name, value, type: "SECRETS_MANAGER" })),
        ...project.variables,
        ...actionVariables,
    ];
    const environment: BuildEnvironment = { values: {}, secrets: [] };
    for (const { name, value, type = "PLAINTEXT" } of declared) {
        if (type === "SECRETS_MANAGER") {
            const secret = store.resolve(value);
            environment.values[name] = secret;
            environment.secrets.push(secret);
        } else if (type === "PLAINTEXT") {
            environment.values[name] = value;
        } else {
            throw new startErrors.FeaturesUnsupported({
                features: [`CodeBuild project ${project.name}: the variable ${name} of type ${type}`],
            });
        }
    }
    Object.assign(environment.values, own);
    return environment;
}

/** An action's variables: JSON in its configuration. */
export function actionVariables(configuration: Record<string, string>): EnvironmentVariable[] {
    return JSON.parse(configuration["EnvironmentVariables"] ?? "[]") as EnvironmentVariable[];
}
