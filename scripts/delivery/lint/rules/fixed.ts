import { insteadOfCode } from "../../tools/code";

/** Rules that are always errors: `lint.yaml` cannot set them, and no waiver covers them. */
export const fixedRules = {
    "runs-code": {
        why: "It would run in the build, with the build's privileges, before anyone has approved it, and its SQL does not show what it does.",
        instead: insteadOfCode,
    },
} as const satisfies Record<string, { why: string; instead: string }>;
export type FixedRule = keyof typeof fixedRules;

export function isFixed(name: string): name is FixedRule {
    return Object.hasOwn(fixedRules, name);
}
