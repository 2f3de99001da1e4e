import { type CodeRefusal, type CodeUse, type CodeWords } from "../tools/code";
import type { Finding, LintReport } from "./finding";
import { fixedRules } from "./rules/fixed";

/**
 * Reports code that the environment does not allow as findings at error level, whatever `lint.yaml` and waivers say.
 */
export function codeFindings(uses: CodeUse[], words: CodeWords): Finding[] {
    const { why, instead } = fixedRules["runs-code"];
    return uses.map((use) => ({
        rule: "runs-code",
        level: "error",
        file: use.file,
        ...(use.changeset !== undefined && { changeset: use.changeset }),
        what: `It runs code: ${words.describeCode(use)}.`,
        why,
        instead,
    }));
}

export function codeReport({ uses }: CodeRefusal, words: CodeWords, environment: string): LintReport {
    return { environment, changesets: 0, findings: codeFindings(uses, words), dismissals: [], lowered: [] };
}
