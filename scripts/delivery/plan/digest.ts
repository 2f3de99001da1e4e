import * as crypto from "node:crypto";
import type { CodeUse } from "../code/model";
import type { FileRead } from "../liquibase/files";
import { Plan, PlannedChange } from "./model";

/**
 * The same for the same changes of the same catalog, whenever they are planned: a plan is approved for what it found,
 * and what it found may be what made it harmless.
 */
export function digestOf(plan: Omit<Plan, "digest">): string {
    const { kind, rollbackTo, preconditions, changes, catalog, code } = plan;
    const content = [
        kind,
        rollbackTo ?? null,
        catalog,
        preconditions ?? null,
        changes.map((change) => Object.values(partsOf(change))),
        ...(code ? [code.map(codeOf)] : []),
    ];
    return crypto.createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Whether the same code runs with it. */
export function sameCode({ code: one = [] }: Pick<Plan, "code">, { code: other = [] }: Pick<Plan, "code">): boolean {
    return JSON.stringify(one.map(codeOf)) === JSON.stringify(other.map(codeOf));
}

/** What runs and of what it is made: the SQL of a change that runs code says nothing about either. */
function codeOf({ kind, name, arguments: given, file, changeset, files = [] }: CodeUse): unknown[] {
    return [kind, name, given ?? [], file, changeset ?? null, files.map(({ path, sha256 }) => [path, sha256])];
}

const checksum = "checksum";

/** What is not the same in two plans of one changeset, in words; nothing if the same runs. */
export function differingParts(one: PlannedChange, other: PlannedChange): string[] {
    const [parts, others] = [partsOf(one), partsOf(other)];
    const differing = Object.keys(parts).filter((part) => JSON.stringify(parts[part]) !== JSON.stringify(others[part]));
    // It says nothing of its own where something else does.
    return differing.length > 1 ? differing.filter((part) => part !== checksum) : differing;
}

/** All of a change that decides what runs, by what a person calls it. */
function partsOf(change: PlannedChange): Record<string, unknown> {
    const { id, author, file, runInTransaction, failOnError, again, contexts, labels, tag } = change;
    return {
        name: [id, author, file],
        transaction: runInTransaction,
        preconditions: change.preconditions ?? null,
        attributes: [failOnError ?? true, again, contexts ?? null, labels ?? null, tag ?? null],
        SQL: change.sql,
        files: filesOf(change.files),
        undo: [change.undo ?? null, change.undoError ?? null, filesOf(change.undoFiles)],
        [checksum]: change.checksum ?? null,
    };
}

function filesOf(files: FileRead[] = []): unknown[] {
    return files.map(({ path, bytes, sha256 }) => [path, bytes, sha256]);
}
