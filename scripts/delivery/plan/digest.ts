import * as crypto from "node:crypto";
import { keyOf } from "../changesets";
import type { CodeUse } from "../tools/code";
import type { FileRead } from "../tools/files";
import { Plan, PlannedChange } from "./model";

/**
 * The same for the same changes to the same catalog, whenever they are planned: a plan is approved for the state that
 * it found, which may be what made it harmless.
 */
export function digestOf(plan: Omit<Plan, "digest">): string {
    const { kind, rollbackTo, preconditions, changes, catalog, code, hooks } = plan;
    const content = [
        kind,
        rollbackTo ?? null,
        catalog,
        preconditions ?? null,
        changes.map((change) => Object.values(partsOf(change))),
        ...(code ? [code.map(codeOf)] : []),
        ...(hooks ? [hooksOf({ hooks })] : []),
    ];
    return crypto.createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Whether the same code runs with it. */
export function sameCode({ code: one = [] }: Pick<Plan, "code">, { code: other = [] }: Pick<Plan, "code">): boolean {
    return JSON.stringify(one.map(codeOf)) === JSON.stringify(other.map(codeOf));
}

/** What runs and what it is made of: the SQL of a change that runs code shows neither. */
function codeOf({ kind, name, arguments: given, file, changeset, files = [] }: CodeUse): unknown[] {
    return [kind, name, given ?? [], file, changeset ?? null, files.map(({ path, sha256 }) => [path, sha256])];
}

/** What runs before or after the changes, each with its name and its SQL. */
export function hooksOf({ hooks = [] }: Pick<Plan, "hooks">): { name: string; sql: string[] }[] {
    return hooks.map(({ sql, ...name }) => ({ name: keyOf(name), sql }));
}

const checksum = "checksum";

/** Describes how two plans of one changeset differ; empty if the same would run. */
export function differingParts(one: PlannedChange, other: PlannedChange): string[] {
    const [parts, others] = [partsOf(one), partsOf(other)];
    const differing = Object.keys(parts).filter((part) => JSON.stringify(parts[part]) !== JSON.stringify(others[part]));
    // It adds nothing if something else differs.
    return differing.length > 1 ? differing.filter((part) => part !== checksum) : differing;
}

/** Everything in a change that decides what runs, by display name. */
function partsOf(change: PlannedChange): Record<string, unknown> {
    const { id, author, file, runInTransaction, mayFail, again, contexts, labels, tag } = change;
    return {
        name: [id, author, file],
        transaction: runInTransaction,
        preconditions: change.preconditions ?? null,
        // Whether it runs; unknown facts decide nothing.
        ...(change.decision?.outcome === "Marked" && { decision: change.decision.outcome }),
        attributes: [mayFail !== true, again, contexts ?? null, labels ?? null, tag ?? null],
        SQL: change.sql,
        files: filesOf(change.files),
        undo: [change.undo ?? null, change.undoError ?? null, filesOf(change.undoFiles)],
        [checksum]: change.checksum ?? null,
    };
}

function filesOf(files: FileRead[] = []): unknown[] {
    return files.map(({ path, bytes, sha256 }) => [path, bytes, sha256]);
}
