import type { EngineCapabilities } from "../../engines/engine";
import { count } from "../../changesets";
import { countsText, isLoss, lintCounts } from "../../lint";
import type { Rehearsal } from "../../safety/rehearsal/model";
import { appliedBy, type Plan, undoVerdict } from "../model";
import { html, type Markup } from "./markup";
import { duration, longestExclusive } from "./locks";

type Mood = "good" | "warn" | "bad" | "plain";

interface Tile {
    name: string;
    value: string;
    more?: string;
    mood: Mood;
}

/** What an approver wants to know first, one tile each. */
export function tiles(plan: Plan, capabilities: EngineCapabilities, rehearsal: Rehearsal | undefined): Markup {
    const shown = [
        changesTile(plan),
        ...(plan.lint ? [lintTile(plan.lint)] : []),
        ...(plan.kind === "deploy" ? [...lockTiles(capabilities, rehearsal), rollbackTile(plan, rehearsal)] : []),
        ...(plan.drift ? [driftTile(plan.drift)] : []),
    ];
    return html`<dl class="tiles">
        ${shown.map(
            ({ name, value, more, mood }) =>
                html`<div class="tile ${mood}">
                    <dt>${name}</dt>
                    <dd>${value}${more !== undefined && html`<small>${more}</small>`}</dd>
                </div>`,
        )}
    </dl>`;
}

function changesTile({ changes, kind }: Plan): Tile {
    const applied = appliedBy({ changes });
    const outside = applied.filter(({ runInTransaction }) => !runInTransaction).length;
    const marked = changes.filter(({ decision }) => decision?.outcome === "Marked").length;
    const more = [
        ...(outside > 0 ? [`${outside} outside a transaction`] : []),
        ...(marked > 0 ? [`${marked} only marked as run`] : []),
    ];
    return {
        name: kind === "deploy" ? "Will be applied" : "Will be undone",
        value: count(applied.length, "changeset"),
        more: more.length > 0 ? more.join("; ") : undefined,
        mood: outside > 0 ? "warn" : "plain",
    };
}

function lintTile(report: NonNullable<Plan["lint"]>): Tile {
    const counts = lintCounts(report);
    const lowered = report.lowered.length;
    const more = [countsText(counts), ...(lowered > 0 ? [`lowered or waived by the repository: ${lowered}`] : [])].join(
        "; ",
    );
    if (counts.errors > 0) {
        return { name: "Lint", value: count(counts.errors, "error"), more, mood: "bad" };
    }
    if (counts.warnings > 0) {
        return { name: "Lint", value: count(counts.warnings, "warning"), more, mood: "warn" };
    }
    return counts.waived > 0
        ? { name: "Lint", value: `${counts.waived} waived`, more, mood: "warn" }
        : { name: "Lint", value: "Clean", more, mood: "good" };
}

function lockTiles({ lockModes, lockSampling }: EngineCapabilities, rehearsal: Rehearsal | undefined): Tile[] {
    const name = "Exclusive lock";
    if (lockSampling === "None") {
        return [];
    }
    if (rehearsal === undefined || rehearsal.status === "NotRehearsed") {
        return [{ name, value: "Not measured", more: "no rehearsal", mood: "plain" }];
    }
    const longest = longestExclusive(rehearsal, lockModes);
    const over = rehearsal.changesets.some(({ overBudget }) => overBudget.length > 0);
    return [
        {
            name,
            value: longest === 0 ? "None" : duration(longest),
            more: `budget ${duration(rehearsal.lockBudgetMilliseconds)}`,
            mood: over ? "bad" : "good",
        },
    ];
}

const proofs: Record<Rehearsal["rollback"]["result"], Pick<Tile, "value" | "more" | "mood"> | undefined> = {
    Proven: { value: "Proven", more: "undone on a copy", mood: "good" },
    NotProven: { value: "In part", more: "earlier forms are not restored", mood: "warn" },
    Impossible: { value: "Impossible", mood: "bad" },
    Failed: { value: "Failed", more: "on a copy", mood: "bad" },
    NotTried: undefined,
};

function rollbackTile({ changes, lint }: Plan, rehearsal: Rehearsal | undefined): Tile {
    const proof = rehearsal && proofs[rehearsal.rollback.result];
    if (proof) {
        return { name: "Rollback", ...proof };
    }
    const without = changes.filter((change) => undoVerdict(change) === "no").length;
    if (without > 0) {
        return { name: "Rollback", value: "Impossible", more: `for ${without} of ${changes.length}`, mood: "bad" };
    }
    const losing = changes.filter(
        (change) => undoVerdict(change, { loses: isLoss(change, lint) }) === "structure only",
    );
    if (losing.length > 0) {
        const more = `data is lost by ${losing.length} of ${changes.length}`;
        return { name: "Rollback", value: "Structure only", more, mood: "warn" };
    }
    return { name: "Rollback", value: "Written", more: "not proven on a copy", mood: "plain" };
}

function driftTile({ result, differences, since }: NonNullable<Plan["drift"]>): Tile {
    switch (result) {
        case "None":
            return { name: "Drift", value: "None", more: since && `since ${since.releaseId}`, mood: "good" };
        case "Unknown":
            return { name: "Drift", value: "Unknown", more: "reason below", mood: "plain" };
        case "Found":
            return { name: "Drift", value: count(differences.length, "object"), more: "changed by hand", mood: "warn" };
    }
}
