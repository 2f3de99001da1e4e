import { posix } from "node:path";
import { engineName } from "../check/changelog";
import type { CheckReport } from "../check/report";
import { keyOf, nameOf } from "../delivery/changesets";
import { engineNamed } from "../delivery/engines/registry";
import { type Finding, isWaived, lintPlan } from "../delivery/lint";
import type { Sources } from "../delivery/tools/sources";
import type { MigrationTool } from "../delivery/tools/tool";
import { installedLinter } from "../local/linter";
import type { ReviewedChange } from "../check/changes";
import type { ReviewFinding } from "./findings";

export interface LintSources {
    tool: MigrationTool;
    /** The migrations directory of the pull request, for its lint.yaml, and its path in the repository. */
    directory: string;
    place: string;
    sources: Sources;
    base: Sources;
    /** Its levels apply. */
    environment: string;
}

/**
 * What the linter has against the pull request's changes, as against the plan of a database on which the base branch was
 * deployed. It judges the SQL that the migration tool generated for `npm run check`; what is in the tables it cannot know.
 */
export async function lintFindings(
    changes: readonly ReviewedChange[],
    report: Pick<CheckReport, "changes" | "server">,
    { tool, directory, place, sources, base, environment }: LintSources,
): Promise<ReviewFinding[]> {
    const run = new Set(
        changes.filter(({ kind }) => kind === "new" || kind === "runs again").map(({ changeset }) => keyOf(changeset)),
    );
    const { findings } = await lintPlan({
        engine: engineNamed(engineName),
        ...{ tool, directory, environment },
        sources: () => sources,
        changes: report.changes.filter((change) => run.has(keyOf(change))),
        applied: base.changesets.filter((changeset) => !run.has(keyOf(changeset))).map(nameOf),
        program: installedLinter(),
        serverVersion: /^\d+/.exec(report.server)?.[0],
    });
    return findings.filter((finding) => !isWaived(finding)).map((finding) => reviewed(finding, place));
}

function reviewed({ level, rule, file, line = 1, what, why, instead }: Finding, place: string): ReviewFinding {
    return { level, rule, file: posix.join(place, file), line, message: [what, why, instead].join("\n") };
}
