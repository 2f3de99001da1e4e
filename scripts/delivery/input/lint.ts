import { lintFloorVariable } from "../../../components/contract";
import { type LintFloor, lintFloorAllowed, lintFloorProblems } from "../../../components/lintRules";

type Environment = Record<string, string | undefined>;

export function lintProblems({ [lintFloorVariable]: text }: Environment): string[] {
    return text
        ? lintFloorProblems(parsed(text)).map(
              (problem) => `${lintFloorVariable} is ${text}: ${problem}; allowed: ${lintFloorAllowed}, as JSON`,
          )
        : [];
}

/** The levels that the stack's config pins; none where it pins none. */
export function lintFloorOf({ [lintFloorVariable]: text }: Environment): LintFloor | undefined {
    return text ? (parsed(text) as LintFloor) : undefined;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
