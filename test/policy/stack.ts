import type { Environment } from "../../policy/rule";
import { type Recorded, record } from "../support/mocks";
import { configOf, loadAnew } from "../support/program";

/** Config of what a stack has on request only, and rules judge. */
export const options = {
    proxySecretArns: '["arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf"]',
    minCapacity: "0.5",
};

/** The resources of an environment, as the program registers them with its sample config and what is added to it. */
export async function recordStack(
    environment: Environment,
    config: Record<string, string> = {},
    preview = false,
): Promise<Recorded[]> {
    const project = "aurora-pipeline";
    const added = Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]));
    const { resources } = await record(() => loadAnew("index.ts"), {
        project,
        stack: environment,
        config: { ...configOf(environment), ...added },
        preview,
    });
    return resources;
}
