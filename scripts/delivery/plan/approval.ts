import * as fs from "node:fs";
import * as path from "node:path";
import { Outputs } from "../../../components/contract";
import {
    differences,
    type Fingerprint,
    incomparable,
    renderDifferences,
    type ServerVersions,
} from "../engines/fingerprint";
import { type CodeUse, describeUse } from "../tools/code";
import { count, keyOf, listOf, shortened, without } from "../changesets";
import { messageOf, planErrors } from "../errors";
import type { PlanWords } from "../tools/tool";
import { differingParts, hooksOf, sameCode } from "./digest";
import { MadePlan, Plan, PlannedChange } from "./model";

/** What made the plans. */
export interface Makers {
    engine: ServerVersions;
    tool: PlanWords;
}

/** Refuses to continue if the approved plan differs from what would run now. */
export function refuseUnapproved(current: MadePlan, approvedPlan: string | undefined, makers: Makers): void {
    if (approvedPlan === undefined) {
        return;
    }
    const approved = readPlan(approvedPlan);
    if (approved.digest === current.digest) {
        return;
    }
    throw new planErrors.NotTheApprovedPlan({
        approved: summary(approved),
        current: summary(current),
        differences: whatDiffers(approved, current, { directory: approvedPlan, word: "Approved", makers }).join("\n"),
    });
}

/** Refuses code that differs from the approved plan's, before any of it runs: some tools run it to make a plan. */
export function refuseUnapprovedCode(
    code: CodeUse[] | undefined,
    approvedPlan: string | undefined,
    tool: PlanWords,
): void {
    if (code === undefined || approvedPlan === undefined) {
        return;
    }
    const approved = readPlan(approvedPlan);
    const differences = codeDifferences(approved, { code }, "Approved", tool);
    if (differences.length > 0) {
        const current = "not planned: other code would run";
        throw new planErrors.NotTheApprovedPlan({
            ...{ approved: summary(approved), current, differences: differences.join("\n") },
        });
    }
}

function summary({ digest, changes }: Plan): string {
    return `${digest}, ${count(changes.length, "change")}`;
}

/** What has changed since a plan without approval was made; undefined if it still holds. */
export function sinceForecast(
    current: MadePlan,
    directory: string,
    makers: Makers,
): { digest: string; lines: string[] } | undefined {
    const forecast = readPlan(directory);
    return forecast.digest === current.digest
        ? undefined
        : { digest: forecast.digest, lines: whatDiffers(forecast, current, { directory, word: "Planned", makers }) };
}

/** The plan that another build made. */
export function readPlan(directory: string): Plan {
    return readJson<Plan>(path.join(directory, Outputs.planJson));
}

type Word = "Approved" | "Planned";

interface Comparison {
    /** The directory of the earlier plan. */
    directory: string;
    word: Word;
    makers: Makers;
}

function whatDiffers(earlier: Plan, current: MadePlan, { directory, word, makers }: Comparison): string[] {
    const lines = [
        ...preconditionDifferences(earlier, current, word, makers.tool),
        ...codeDifferences(earlier, current, word, makers.tool),
        ...changeDifferences(earlier, current, word),
        ...hookDifferences(earlier, current, word),
        ...catalogDifferences(earlier, current, directory, makers.engine),
    ];
    return lines.length > 0 ? lines : ["The changes are the same, but in a different order or of a different kind."];
}

function codeDifferences(
    earlier: Pick<Plan, "code">,
    current: Pick<Plan, "code">,
    word: Word,
    tool: PlanWords,
): string[] {
    if (sameCode(earlier, current)) {
        return [];
    }
    const section = (title: string, { code = [] }: Pick<Plan, "code">) => [
        title,
        ...(code.length > 0 ? code.map((use) => `  - ${describeUse(use, tool)}`) : ["  none"]),
    ];
    return [
        ...section(`Code that was ${word.toLowerCase()}:`, earlier),
        ...section("Code that would run now:", current),
    ];
}

function preconditionDifferences(earlier: Plan, current: Plan, word: Word, tool: PlanWords): string[] {
    const [before, now] = [earlier, current].map(({ preconditions }) =>
        preconditions === undefined ? "none" : tool.describePrecondition(preconditions),
    );
    return before === now
        ? []
        : [
              `Preconditions of the ${tool.source}, ${word.toLowerCase()}: ${before}`,
              `Preconditions of the ${tool.source} now: ${now}`,
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
    const section = (title: string, changes: PlannedChange[], file?: string) =>
        changes.length > 0 ? [title, listOf(changes, file)] : [];
    return [
        ...section(`${word}, but would not run now:`, without(earlier.changes, current.changes), Outputs.planJson),
        ...section(`Would run now, but not ${was}:`, without(current.changes, earlier.changes)),
        ...(edited.length > 0 ? [`Different from what was ${was}:`, ...shortened(edited)] : []),
    ];
}

function hookDifferences(earlier: Plan, current: Plan, word: Word): string[] {
    const [before, now] = [earlier, current].map(
        (plan) => new Map(hooksOf(plan).map(({ name, sql }) => [name, JSON.stringify(sql)])),
    );
    const names = [...new Set([...before!.keys(), ...now!.keys()])];
    const differing = names.filter((name) => before!.get(name) !== now!.get(name));
    return differing.length === 0
        ? []
        : [
              `Runs before or after them, and differs from what was ${word.toLowerCase()}:`,
              ...differing.map((name) => `  - ${name}`),
          ];
}

function catalogDifferences(
    earlier: Plan,
    { catalog, starting }: MadePlan,
    directory: string,
    versions: ServerVersions,
): string[] {
    if (earlier.catalog === catalog) {
        return [];
    }
    const before = readJson<Fingerprint>(path.join(directory, Outputs.catalogJson));
    const reason = incomparable(before, starting.catalog, versions);
    return [
        "The database's catalog is not the one that the plan was made for:",
        ...shortened(reason === undefined ? renderDifferences(differences(before, starting.catalog)) : [reason]).map(
            (line) => `  ${line}`,
        ),
    ];
}

function readJson<T>(file: string): T {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as T;
    } catch (error) {
        throw new planErrors.PlanUnreadable({ file, reason: messageOf(error) });
    }
}
