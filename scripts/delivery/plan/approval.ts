import * as fs from "node:fs";
import * as path from "node:path";
import { Outputs } from "../../../components/contract";
import { differences, type Fingerprint, incomparable, renderDifferences } from "../catalog";
import { describeUse } from "../code/model";
import { count, keyOf, listOf, without } from "../changesets";
import { InputError, messageOf } from "../errors";
import { describePrecondition } from "../liquibase/preconditions";
import { differingParts, sameCode } from "./digest";
import { MadePlan, Plan, PlannedChange } from "./model";

/** Refuses to go on when somebody approved another plan than the one that would run now. */
export function refuseUnapproved(current: MadePlan, approvedPlan: string | undefined): void {
    if (approvedPlan === undefined) {
        return;
    }
    const approved = readPlan(approvedPlan);
    if (approved.digest === current.digest) {
        return;
    }
    throw new InputError(
        [
            "This is not the plan that was approved: the source or the database has changed since.",
            `  approved ${approved.digest}, ${count(approved.changes.length, "change")}`,
            `  now      ${current.digest}, ${count(current.changes.length, "change")}`,
            ...whatDiffers(approved, current, approvedPlan, "Approved"),
            "Nothing was run. Start the pipeline again to plan and approve what is there now.",
        ].join("\n"),
    );
}

/** What has changed since a plan that nobody approved was made; undefined where it still holds. */
export function sinceForecast(current: MadePlan, directory: string): { digest: string; lines: string[] } | undefined {
    const forecast = readPlan(directory);
    return forecast.digest === current.digest
        ? undefined
        : { digest: forecast.digest, lines: whatDiffers(forecast, current, directory, "Planned") };
}

/** The plan that another build made. */
export function readPlan(directory: string): Plan {
    return readJson<Plan>(path.join(directory, Outputs.planJson));
}

type Word = "Approved" | "Planned";

function whatDiffers(earlier: Plan, current: MadePlan, directory: string, word: Word): string[] {
    const lines = [
        ...preconditionDifferences(earlier, current, word),
        ...codeDifferences(earlier, current, word),
        ...changeDifferences(earlier, current, word),
        ...catalogDifferences(earlier, current, directory),
    ];
    return lines.length > 0 ? lines : ["The changes are the same, but in another order or of another kind."];
}

function codeDifferences(earlier: Plan, current: Plan, word: Word): string[] {
    if (sameCode(earlier, current)) {
        return [];
    }
    const section = (title: string, { code = [] }: Plan) => [
        title,
        ...(code.length > 0 ? code.map((use) => `  - ${describeUse(use)}`) : ["  none"]),
    ];
    return [
        ...section(`Code that was ${word.toLowerCase()}:`, earlier),
        ...section("Code that would run now:", current),
    ];
}

function preconditionDifferences(earlier: Plan, current: Plan, word: Word): string[] {
    const [before, now] = [earlier, current].map(({ preconditions }) =>
        preconditions === undefined ? "none" : describePrecondition(preconditions),
    );
    return before === now
        ? []
        : [
              `Preconditions of the changelog, ${word.toLowerCase()}: ${before}`,
              `Preconditions of the changelog now: ${now}`,
          ];
}

function changeDifferences(earlier: Plan, current: Plan, word: Word): string[] {
    const was = word.toLowerCase();
    const earlierChanges = new Map(earlier.changes.map((change) => [keyOf(change), change]));
    const edited = current.changes.flatMap((change) => {
        const before = earlierChanges.get(keyOf(change));
        const parts = before ? differingParts(before, change) : [];
        return parts.length > 0 ? [`  - ${keyOf(change)}: ${parts.join(", ")}`] : [];
    });
    const section = (title: string, changes: PlannedChange[]) => (changes.length > 0 ? [title, listOf(changes)] : []);
    return [
        ...section(`${word}, but not to run now:`, without(earlier.changes, current.changes)),
        ...section(`To run now, but not ${was}:`, without(current.changes, earlier.changes)),
        ...(edited.length > 0 ? [`Not as ${was}:`, ...edited] : []),
    ];
}

function catalogDifferences(earlier: Plan, { catalog, starting }: MadePlan, directory: string): string[] {
    if (earlier.catalog === catalog) {
        return [];
    }
    const before = readJson<Fingerprint>(path.join(directory, Outputs.catalogJson));
    const reason = incomparable(before, starting.catalog);
    return [
        "The database's catalog is not the one that the plan was made for:",
        ...(reason === undefined ? renderDifferences(differences(before, starting.catalog)) : [reason]).map(
            (line) => `  ${line}`,
        ),
    ];
}

function readJson<T>(file: string): T {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as T;
    } catch (error) {
        throw new InputError(`The plan cannot be read: ${file} (${messageOf(error)}).`);
    }
}
