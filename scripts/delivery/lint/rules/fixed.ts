/** Rules that are errors everywhere: `lint.yaml` cannot set them, and no waiver covers them. */
export const fixedRules = {
    "runs-code": {
        why: "It would run in the build, with its rights, before anybody has approved it; and what it does is not what its SQL says.",
        instead:
            "Write the change as SQL. Where it must be code, whoever owns the stack allows it (pulumi config set allowCode true); the repository cannot.",
    },
} as const satisfies Record<string, { why: string; instead: string }>;
export type FixedRule = keyof typeof fixedRules;

export function isFixed(name: string): name is FixedRule {
    return Object.hasOwn(fixedRules, name);
}
