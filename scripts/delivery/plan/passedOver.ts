import { count, keyOf, someOf } from "../changesets";
import type { Decision, PassedOver } from "../tools/events";
import type { Plan } from "./model";

/** Of one reason; the rest is in plan.json. */
const mostNames = 5;
const mostReasons = 20;

const texts: Record<Decision["outcome"], string> = {
    Marked: "will only be marked as run",
    Halts: "would stop the release",
    Unknown: "may not run",
};

/** The result of a changeset's preconditions, in words. */
export function decisionText({ outcome, reason }: Decision): string {
    return `${texts[outcome]}: ${reason}`;
}

/** Those with the same reason. */
export interface PassedOverGroup {
    reason: string;
    changesets: PassedOver[];
}

export function passedOverGroups({ passedOver = [] }: Pick<Plan, "passedOver">): PassedOverGroup[] {
    const groups = new Map<string, PassedOver[]>();
    for (const changeset of passedOver) {
        const those = groups.get(changeset.reason);
        if (those) {
            those.push(changeset);
        } else {
            groups.set(changeset.reason, [changeset]);
        }
    }
    return [...groups].map(([reason, changesets]) => ({ reason, changesets }));
}

/** The title of the list. */
export function passedOverTitle({ passedOver = [] }: Pick<Plan, "passedOver">): string {
    return `${count(passedOver.length, "changeset")} will not run`;
}

/** What is not going to run, a line for each reason; empty if there is nothing. */
export function passedOverReasons(plan: Pick<Plan, "passedOver">): string[] {
    const groups = passedOverGroups(plan);
    const hidden = groups.slice(mostReasons).flatMap(({ changesets }) => changesets).length;
    return [
        ...groups
            .slice(0, mostReasons)
            .map(({ reason, changesets }) => `${someOf(changesets.map(keyOf), mostNames)}: ${reason}`),
        ...(hidden > 0 ? [`${count(hidden, "changeset")} for other reasons, in plan.json`] : []),
    ];
}

/** For the build's log. */
export function passedOverLines(plan: Pick<Plan, "passedOver">): string[] {
    const reasons = passedOverReasons(plan);
    return reasons.length === 0 ? [] : [`${passedOverTitle(plan)}:`, ...reasons.map((line) => `  ${line}`)];
}
