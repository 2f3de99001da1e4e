import { InputError } from "../errors";
import type { Finding, LintReport } from "../lint";
import { fixedRules } from "../lint/rules/fixed";
import { type CodeUse, describeUse, whatRuns } from "./model";

/** The repository wants to run code, and the environment does not allow it. */
export class CodeRefusal extends InputError {
    constructor(readonly uses: CodeUse[]) {
        super(
            [
                "The changelog runs code of the repository, which this environment does not allow; nothing was changed:",
                ...uses.map((use) => `  - ${describeUse(use)}`),
                fixedRules["runs-code"].instead,
            ].join("\n"),
        );
    }
}

/** The same as findings: of level error, whatever `lint.yaml` and waivers say. */
export function codeFindings(uses: CodeUse[]): Finding[] {
    const { why, instead } = fixedRules["runs-code"];
    return uses.map((use) => ({
        rule: "runs-code",
        level: "error",
        file: use.file,
        ...(use.changeset !== undefined && { changeset: use.changeset }),
        what: `It runs code: ${whatRuns(use)}.`,
        why,
        instead,
    }));
}

export function codeReport({ uses }: CodeRefusal, environment: string): LintReport {
    return { environment, changesets: 0, findings: codeFindings(uses), dismissals: [], lowered: [] };
}
