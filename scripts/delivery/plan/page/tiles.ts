import { count } from "../../changesets";
import { countsText, lintCounts } from "../../lint";
import type { Rehearsal } from "../../rehearsal/model";
import { type Plan, undoVerdict } from "../model";
import { html, type Markup } from "./markup";
import { duration, longestExclusive } from "./locks";

type Mood = "good" | "warn" | "bad" | "plain";

interface Tile {
    name: string;
    value: string;
    more?: string;
    mood: Mood;
}

/** What an approver asks first, a glance each. */
export function tiles(plan: Plan, rehearsal: Rehearsal | undefined): Markup {
    const shown = [
        changesTile(plan),
        ...(plan.lint ? [lintTile(plan.lint)] : []),
        ...(plan.kind === "deploy" ? [lockTile(rehearsal), rollbackTile(plan, rehearsal)] : []),
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
    const outside = changes.filter(({ runInTransaction }) => !runInTransaction).length;
    return {
        name: kind === "deploy" ? "Will be applied" : "Will be undone",
        value: count(changes.length, "changeset"),
        more: outside > 0 ? `${outside} outside a transaction` : undefined,
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
    return counts.warnings > 0
        ? { name: "Lint", value: count(counts.warnings, "warning"), more, mood: "warn" }
        : { name: "Lint", value: "Clean", more, mood: "good" };
}

function lockTile(rehearsal: Rehearsal | undefined): Tile {
    const name = "Exclusive lock";
    if (rehearsal === undefined || rehearsal.status === "NotRehearsed") {
        return { name, value: "Not measured", more: "no rehearsal", mood: "plain" };
    }
    const longest = longestExclusive(rehearsal);
    const over = rehearsal.changesets.some(({ overBudget }) => overBudget.length > 0);
    return {
        name,
        value: longest === 0 ? "None" : duration(longest),
        more: `budget ${duration(rehearsal.lockBudgetMilliseconds)}`,
        mood: over ? "bad" : "good",
    };
}

const proofs: Record<Rehearsal["rollback"]["result"], Pick<Tile, "value" | "more" | "mood"> | undefined> = {
    Proven: { value: "Proven", more: "undone on a copy", mood: "good" },
    NotProven: { value: "In part", more: "earlier forms do not come back", mood: "warn" },
    Impossible: { value: "Impossible", mood: "bad" },
    Failed: { value: "Failed", more: "on a copy", mood: "bad" },
    NotTried: undefined,
};

function rollbackTile({ changes }: Plan, rehearsal: Rehearsal | undefined): Tile {
    const proof = rehearsal && proofs[rehearsal.rollback.result];
    if (proof) {
        return { name: "Rollback", ...proof };
    }
    const without = changes.filter((change) => undoVerdict(change) === "no").length;
    if (without > 0) {
        return { name: "Rollback", value: "Impossible", more: `for ${without} of ${changes.length}`, mood: "bad" };
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
