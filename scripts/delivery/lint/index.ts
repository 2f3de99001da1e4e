import { ChangesetName } from "../changesets";
import { LintConfig, loadLintConfig } from "./config";
import { EditedChangeset } from "./edited";
import { LintChangeset, LintContext, LintReport } from "./finding";
import { examine } from "./lint";
import { waivedRules } from "./lowered";
import { readChangelog, SourceChangelog } from "./source/changelog";
import { runSquawk } from "./squawk";

export { loadLintConfig, type LintConfig } from "./config";
export { editedChangesets } from "./edited";
export type { Finding, LintReport, Lowering } from "./finding";
export { isWaived } from "./finding";
export { loweredLines, loweredRows, loweredTitle } from "./lowered";
export { blocks, countsText, lintCases, lintCounts, lintLines, lintObjection, lintSummary } from "./render";
export { readChangelog, type SourceChangelog } from "./source/changelog";

/** What `lintPlan` needs. */
export interface LintOptions {
    /** The migrations directory, its root changelog and its parameters: those of `readMigrations`. */
    directory: string;
    changelogFile: string;
    parameters?: Record<string, string>;
    environment: string;
    /** What is pending: the `changes` of a plan. */
    changes: LintChangeset[];
    /** What the database has run: its history. */
    applied: ChangesetName[];
    /** What is in the database: entries of its catalog's fingerprint. */
    catalog?: LintContext["catalog"];
    /** Of a plan that Liquibase refused: `editedChangesets` of its messages. */
    edited?: EditedChangeset[];
    /** Path of squawk's binary. */
    squawk: string;
    /** Major version of the server: `17`. */
    postgresVersion?: string;
    /** Schema of names without one; `public` unless told. */
    defaultSchema?: string;
    /** Read unless given: who waits for Liquibase anyway can read it meanwhile. */
    changelog?: SourceChangelog;
    /** Read from `lint.yaml` unless given. */
    config?: LintConfig;
}

/** Lints what a deployment will run, as it will run; a rollback undoes what was linted before. */
export async function lintPlan(options: LintOptions): Promise<LintReport> {
    const { directory, environment, changes, applied, edited = [], defaultSchema, catalog } = options;
    const { levels, pinned, lowered } = options.config ?? loadLintConfig(directory, environment);
    if (changes.length === 0 && edited.length === 0) {
        return { environment, changesets: 0, findings: [], dismissals: [], lowered };
    }
    // squawk runs beside the reading of the changelog.
    const { squawk: binary, postgresVersion } = options;
    const run = (of: LintChangeset[]) => runSquawk(of, { binary, levels, postgresVersion });
    const squawk = run(changes);
    const source = options.changelog ?? readChangelog(directory, options.changelogFile, options.parameters);
    const { changesets: changelog, unread } = source;
    const context = {
        ...{ levels, pinned, changelog, unread, applied, edited, defaultSchema, catalog },
        squawk: await squawk,
        runSquawk: run,
    };
    const verdict = await examine(changes, context);
    return {
        environment,
        changesets: changes.length,
        ...verdict,
        lowered: [...lowered, ...waivedRules(verdict.findings, levels)],
    };
}
