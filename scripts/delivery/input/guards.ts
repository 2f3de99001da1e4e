import {
    guardDefaults,
    GuardVariables,
    takeoverGraceDefault,
    takeoverGraceVariable,
} from "../../../components/contract";

/** What keeps a deployment from hurting the database. */
export interface GuardSettings {
    /** Longest that a statement waits for a lock. */
    lockTimeoutMilliseconds: number;
    /** Longest that a statement runs; 0 for as long as it needs. */
    statementTimeoutMilliseconds: number;
    /** How long a changeset is tried again that did not get its locks. */
    lockRetryBudgetSeconds: number;
    /** How long a build waits for another deployment to end. */
    deploymentWaitSeconds: number;
    /** How long the holder of the lock must have no session before it is taken for dead. */
    takeoverGraceSeconds: number;
}

type Environment = Record<string, string | undefined>;

const variables: Record<keyof GuardSettings, { name: string; least: number; unit: string }> = {
    // Without one a statement that waits makes everybody behind it wait.
    lockTimeoutMilliseconds: { name: GuardVariables.lockTimeout, least: 1, unit: "milliseconds" },
    statementTimeoutMilliseconds: { name: GuardVariables.statementTimeout, least: 0, unit: "milliseconds" },
    lockRetryBudgetSeconds: { name: GuardVariables.lockRetryBudget, least: 0, unit: "seconds" },
    deploymentWaitSeconds: { name: GuardVariables.deploymentWait, least: 0, unit: "seconds" },
    takeoverGraceSeconds: { name: takeoverGraceVariable, least: 1, unit: "seconds" },
};
/** What PostgreSQL's time-outs can hold. */
const greatest = 2 ** 31 - 1;

export function guardProblems(environment: Environment): string[] {
    return Object.values(variables).flatMap(({ name, least, unit }) => {
        const { [name]: given } = environment;
        const valid = !given || (/^\d{1,10}$/.test(given) && Number(given) >= least && Number(given) <= greatest);
        return valid ? [] : [`${name} is "${given}"; allowed: whole ${unit}, ${least} to ${greatest}`];
    });
}

export function guardSettings(environment: Environment): GuardSettings {
    const settings: GuardSettings = { ...guardDefaults, takeoverGraceSeconds: takeoverGraceDefault };
    for (const [key, { name }] of Object.entries(variables)) {
        if (environment[name]) {
            settings[key as keyof GuardSettings] = Number(environment[name]);
        }
    }
    return settings;
}
