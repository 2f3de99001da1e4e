import type { Environment } from "../../policy/rule";
import type { Recorded } from "../support/mocks";
import { evaluateStack } from "../support/stack";

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
    return (await evaluateStack({ environment, config, preview })).resources;
}
