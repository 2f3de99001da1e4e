import * as crypto from "node:crypto";
import type { CodeUse } from "../code/model";
import { Plan, PlannedChange } from "./model";

/**
 * The same for the same changes of the same catalog, whenever they are planned: a plan is approved for what it found,
 * and what it found may be what made it harmless.
 */
export function digestOf({ kind, rollbackTo, changes, catalog, code }: Omit<Plan, "digest">): string {
    const content = [kind, rollbackTo ?? null, catalog, changes.map(contentOf), ...(code ? [code.map(codeOf)] : [])];
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

/** Whether the same runs. */
export function sameContent(one: PlannedChange, other: PlannedChange): boolean {
    return JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(other));
}

function contentOf({ id, author, file, runInTransaction, sql, undo, undoError }: PlannedChange): unknown[] {
    return [id, author, file, runInTransaction, sql, undo ?? null, undoError ?? null];
}
