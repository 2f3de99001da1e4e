import { lintFloorVariable } from "../contract";
import { lintFloorAllowed, lintFloorProblems } from "../lintRules";
import type { Rule } from "../shared/validation";

/** The part of a build's args that the linter depends on. */
interface LintingBuild {
    action: string;
    tool?: string;
    lintFloor?: { [key: string]: string };
}

export function lintRules(build: LintingBuild): Rule[] {
    const { lintFloor } = build;
    return [
        {
            arg: "lintFloor",
            given: lintFloor,
            valid: lintFloor === undefined || lints(build),
            allowed: 'nothing but with action "Plan" or "Deploy" and tool "Liquibase"',
            fix: "Leave it out: no other build lints.",
        },
        {
            arg: "lintFloor",
            given: lintFloor,
            valid: lintFloor === undefined || lintFloorProblems(lintFloor).length === 0,
            allowed: lintFloorAllowed,
            fix: 'For example { locking: "warning", "ban-drop-table": "error" }.',
        },
    ];
}

/** Variables of a build that lints; none of others, nor where nothing is pinned. */
export function lintVariables(build: LintingBuild): [name: string, value: string][] {
    const { lintFloor = {} } = build;
    return lints(build) && Object.keys(lintFloor).length > 0 ? [[lintFloorVariable, JSON.stringify(lintFloor)]] : [];
}

/** A deployment lints where nobody planned it. */
function lints({ action, tool }: LintingBuild): boolean {
    return (action === "Plan" || action === "Deploy") && tool !== "Custom";
}
