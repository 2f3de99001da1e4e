import { setTimeout as wait } from "node:timers/promises";
import { isOpen, opensAfter } from "../../../components/cronWindow";
import type { AlarmRule, Condition, Operator, VariableCheck, WindowRule } from "./model";
import type { Variables } from "./variables";

const comparisons: Record<Operator, (variable: string, value: string) => boolean> = {
    EQ: (variable, value) => variable === value,
    NE: (variable, value) => variable !== value,
    CONTAINS: (variable, value) => variable.includes(value),
    // Must match the whole text, like Java's `matches`.
    MATCHES: (variable, value) => new RegExp(`^(?:${value})$`, "s").test(variable),
};

/** What rules are checked against. */
export interface World {
    variables: Variables;
    /** Names of the alarms that go off. */
    alarms: ReadonlySet<string>;
    now: () => Date;
    say: (line: string) => void;
    signal: AbortSignal;
}

/**
 * Why a condition does not pass: describes its first failed rule; undefined if all pass. A closed deployment window is
 * waited for, until the signal rejects that.
 */
export async function failureIn(condition: Condition, world: World): Promise<string | undefined> {
    const failure = failureOf(condition, world.variables);
    if (failure !== undefined) return failure;
    for (const rule of condition.rules) {
        if (rule.provider === "DeploymentWindow") await windowOpens(rule, world);
        const raised = rule.provider === "CloudWatchAlarm" ? alarmFailure(rule, world) : undefined;
        if (raised !== undefined) return raised;
    }
    return undefined;
}

/** Why its checks of variables do not pass; undefined if all pass. */
export function failureOf(condition: Condition, variables: Variables): string | undefined {
    const failed = firstFailed(condition, variables);
    return failed && describe(failed, variables);
}

/** Why a stage is skipped, for the user who started the execution; undefined if it is not. */
export function skipReasonOf(condition: Condition, variables: Variables): string | undefined {
    const failed = firstFailed(condition, variables);
    return failed && (skipReasons[failed.name] ?? describe(failed, variables));
}

/** By the names of the rules that `DbPipeline` makes. */
const skipReasons: Record<string, string> = {
    RollbackAskedFor: "none was requested",
    NoRollbackAskedFor: "this execution rolls back",
    ChangesArePlanned: "nothing is pending",
    ApprovalIsNeeded: "this plan needs no approval",
    ApprovalIsUnneeded: "a person is asked",
};

function firstFailed({ rules }: Condition, variables: Variables): VariableCheck | undefined {
    return rules.filter((rule) => rule.provider === "VariableCheck").find((rule) => !passes(rule, variables));
}

/** How often a closed window is looked at. */
const lookMillis = 1000;

async function windowOpens({ window }: WindowRule, { now, say, signal }: World): Promise<void> {
    const shown = `${window.cron} (${window.timeZone})`;
    if (isOpen(window, now())) return;
    const opens = opensAfter(window, now());
    say(
        `Waiting for the deployment window ${shown}, which opens ${opens ? `at ${opens.toISOString()}` : "in over a week"}.`,
    );
    while (!isOpen(window, now())) await wait(lookMillis, undefined, { signal });
}

/**
 * Nothing measures a local database, so the state of an alarm cannot change while its rule would wait: the state that the
 * run was started with decides at once.
 */
function alarmFailure({ name, alarm, minutes }: AlarmRule, { alarms, say }: World): string | undefined {
    if (alarms.has(alarm)) return `rule ${name}: the alarm ${alarm} went off within ${minutes} minutes`;
    say(
        `The alarm ${alarm} is watched for ${minutes} minutes on AWS; here it does not go off (--alarm ${alarm} makes it).`,
    );
    return undefined;
}

function describe(failed: VariableCheck, variables: Variables): string {
    const value = JSON.stringify(variables.resolve(failed.variable));
    return `rule ${failed.name}: ${failed.variable} is ${value}, not ${failed.operator} ${JSON.stringify(failed.value)}`;
}

function passes({ variable, operator, value }: VariableCheck, variables: Variables): boolean {
    return comparisons[operator](variables.resolve(variable), variables.resolve(value));
}
