import { Copies, type CopyName, RehearsalVariables } from "../../../components/contract";
import { InputError } from "../errors";
import { formProblems } from "./forms";

/** What a rehearsal knows beside a build's other settings. */
export interface RehearsalSettings {
    copy: CopyName;
    /** Identifier of the cluster that is cloned. */
    sourceCluster: string;
    /** Id of the security group that clones get. */
    securityGroup: string;
    /** Minutes after which the reaper may delete the clone. */
    cloneLifetimeMinutes: number;
    /** Longest that a changeset may hold an ACCESS EXCLUSIVE lock on a table that was there before. */
    lockBudgetMilliseconds: number;
}

type Environment = Record<string, string | undefined>;

const { sourceCluster, copy, securityGroup, cloneLifetime, lockBudget } = RehearsalVariables;

/** What is wrong with the variables of a rehearsal; nothing if they can be read. */
export function rehearsalProblems(environment: Environment): string[] {
    const copies = Object.values(Copies);
    const given = environment[copy];
    const wholeNumber = (name: string, least: number, what: string) =>
        /^\d{1,9}$/.test(environment[name] ?? "") && Number(environment[name]) >= least
            ? []
            : [`${name} is ${quoted(environment[name])}; allowed: ${what}`];
    return [
        ...((copies as (string | undefined)[]).includes(given)
            ? []
            : [`${copy} is ${quoted(given)}; allowed: ${copies.join(", ")}`]),
        ...(given === Copies.auroraClone && !environment[sourceCluster]
            ? [`${sourceCluster} is missing; allowed: the identifier of the cluster to clone`]
            : []),
        ...(given === Copies.auroraClone && !environment[securityGroup]
            ? [`${securityGroup} is missing; allowed: the id of the security group of clones`]
            : []),
        ...wholeNumber(cloneLifetime, 1, "whole minutes, at least 1"),
        ...wholeNumber(lockBudget, 0, "whole milliseconds, at least 0"),
    ];
}

export function rehearsalSettings(environment: Environment): RehearsalSettings {
    return {
        copy: environment[copy] as CopyName,
        sourceCluster: environment[sourceCluster] ?? "",
        securityGroup: environment[securityGroup] ?? "",
        cloneLifetimeMinutes: Number(environment[cloneLifetime]),
        lockBudgetMilliseconds: Number(environment[lockBudget]),
    };
}

/** The cluster whose clones the reaper deletes. */
export function reaperSource(environment: Environment): string {
    const source = environment[sourceCluster];
    if (!source) {
        throw new InputError(`${sourceCluster} is missing: the reaper deletes clones of that cluster only.`);
    }
    const problems = formProblems(environment);
    if (problems.length > 0) {
        throw new InputError(problems.join("\n"));
    }
    return source;
}

function quoted(value: string | undefined): string {
    return value === undefined || value === "" ? "missing" : `"${value}"`;
}
