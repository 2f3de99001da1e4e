import * as fs from "node:fs";
import * as path from "node:path";
import { Outputs } from "../../../components/contract";
import { count, keyOf, listOf, without } from "../changesets";
import { InputError, messageOf } from "../errors";
import { digestOf } from "./digest";
import { Plan, PlannedChange } from "./model";

/** Refuses to go on when somebody approved another plan than the one that would run now. */
export function refuseUnapproved(current: Plan, approvedPlan: string | undefined): void {
    if (approvedPlan === undefined) {
        return;
    }
    const approved = readPlan(path.join(approvedPlan, Outputs.planJson));
    if (approved.digest === current.digest) {
        return;
    }
    throw new InputError(
        [
            "This is not the plan that was approved: the source or the database has changed since.",
            `  approved ${approved.digest}, ${count(approved.changes.length, "change")}`,
            `  now      ${current.digest}, ${count(current.changes.length, "change")}`,
            ...differences(approved, current),
            "Nothing was run. Start the pipeline again to plan and approve what is there now.",
        ].join("\n"),
    );
}

function differences(approved: Plan, current: Plan): string[] {
    const approvedChanges = new Map(approved.changes.map((change) => [keyOf(change), change]));
    const edited = current.changes.filter((change) => {
        const before = approvedChanges.get(keyOf(change));
        return before && digestOf("deploy", undefined, [before]) !== digestOf("deploy", undefined, [change]);
    });
    const section = (title: string, changes: PlannedChange[]) => (changes.length > 0 ? [title, listOf(changes)] : []);
    const lines = [
        ...section("Approved, but not to run now:", without(approved.changes, current.changes)),
        ...section("To run now, but not approved:", without(current.changes, approved.changes)),
        ...section("With other SQL than approved:", edited),
    ];
    return lines.length > 0 ? lines : ["The changes are the same, but in another order or of another kind."];
}

function readPlan(file: string): Plan {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
    } catch (error) {
        throw new InputError(`The approved plan cannot be read: ${file} (${messageOf(error)}).`);
    }
}
