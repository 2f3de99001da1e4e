import type { GuardSettings } from "../settings";
import type { Environment } from "../settings";
import { optionProblems, optionValues } from "./options";

/** The most that a server takes for a timeout: 32 bits. */
const greatest = 2 ** 31 - 1;

export function guardProblems(environment: Environment): string[] {
    return optionProblems("guards", environment, { greatest });
}

export function guardSettings(environment: Environment): GuardSettings {
    return optionValues("guards", environment);
}
