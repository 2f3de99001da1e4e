import { guardDefaults, GuardVariables } from "./contract";
import { type Rule, wholeNumber } from "./validation";

/** What keeps a deployment or a rollback from hurting a database that is in use. A change is made in place. */
export interface GuardArgs {
    /**
     * Milliseconds that a statement waits for a lock, and everybody else behind it, 1 to 600000; one that does not get it
     * is tried again. Changesets outside a transaction (`CREATE INDEX CONCURRENTLY`) wait as long as it takes. Default: 5000.
     */
    lockTimeoutMilliseconds?: number;
    /**
     * Milliseconds that a statement in a transaction may run, 0 to 86400000; 0 for as long as it needs. One that runs
     * longer fails the deployment, which is undone. Default: 0.
     */
    statementTimeoutMilliseconds?: number;
    /** Seconds that a changeset is tried again that did not get its locks, 0 to 3600. Default: 120. */
    lockRetryBudgetSeconds?: number;
    /** Seconds to wait for another deployment that holds Liquibase's lock, and is alive, 0 to 3600. Default: 300. */
    deploymentWaitSeconds?: number;
}

/** The part of a build's args that the guards depend on. */
interface GuardedBuild {
    action: string;
    tool?: string;
    guards?: GuardArgs;
}

export function guardRules(build: GuardedBuild): Rule[] {
    const { guards = {} } = build;
    const range = (arg: keyof GuardArgs, min: number, max: number, unit: string) =>
        wholeNumber(`guards.${arg}`, guards[arg], { min, max, unit }, `Leave it out for ${guardDefaults[arg]}.`);
    return [
        {
            arg: "guards",
            given: build.guards,
            valid: build.guards === undefined || isGuarded(build),
            allowed: 'nothing but with action "Deploy" or "Rollback" and tool "Liquibase"',
            fix: "Leave it out: no other build changes the database by itself.",
        },
        range("lockTimeoutMilliseconds", 1, 600_000, "milliseconds"),
        range("statementTimeoutMilliseconds", 0, 86_400_000, "milliseconds"),
        range("lockRetryBudgetSeconds", 0, 3600, "seconds"),
        range("deploymentWaitSeconds", 0, 3600, "seconds"),
    ];
}

/** Variables of a build that is guarded; none of others. */
export function guardVariables(build: GuardedBuild): [name: string, value: string][] {
    if (!isGuarded(build)) {
        return [];
    }
    const given = Object.entries(build.guards ?? {}).filter(([, value]) => value !== undefined);
    const guards: Required<GuardArgs> = { ...guardDefaults, ...(Object.fromEntries(given) as GuardArgs) };
    return [
        [GuardVariables.lockTimeout, String(guards.lockTimeoutMilliseconds)],
        [GuardVariables.statementTimeout, String(guards.statementTimeoutMilliseconds)],
        [GuardVariables.lockRetryBudget, String(guards.lockRetryBudgetSeconds)],
        [GuardVariables.deploymentWait, String(guards.deploymentWaitSeconds)],
    ];
}

function isGuarded({ action, tool }: GuardedBuild): boolean {
    return (action === "Deploy" || action === "Rollback") && tool !== "Custom";
}
