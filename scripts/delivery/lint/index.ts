import type { Engine } from "../engines/engine";
import type { SqlLintOptions } from "../engines/linter";
import type { MigrationTool } from "../tools/tool";
import { trackingNames } from "../tracking";
import { Catalogue } from "./catalogue";
import { LintConfig, loadLintConfig } from "./config";
import { LintChangeset, LintReport } from "./finding";
import { examine } from "./lint";
import { waivedRules } from "./lowered";
import type { HistoryContext } from "./history";
import type { Hook } from "../tools/events";
import type { SuspectedEdit, Sources } from "../tools/sources";

export { loadLintConfig, type LintConfig } from "./config";
export { Catalogue } from "./catalogue";
export { codeReport } from "./code";
export type { Finding, LintReport, Lowering } from "./finding";
export { isWaived, placeOf } from "./finding";
export { isLoss, lossLines } from "./losses";
export { loweredLines, loweredRows, loweredTitle } from "./lowered";
export { blocks, countsText, lintCases, lintCounts, lintLines, lintObjection, lintSummary } from "./render";

/** The options of `lintPlan`. */
export interface LintOptions extends HistoryContext {
    engine: Pick<Engine, "linter">;
    tool: MigrationTool;
    /** The migrations directory, for its `lint.yaml`. */
    directory: string;
    /** Reads the source files while the external linter runs. */
    sources: () => Sources;
    environment: string;
    /** The pending changesets: the `changes` of a plan. */
    changes: LintChangeset[];
    /** What runs before or after them: judged by its SQL alone. */
    hooks?: Hook[];
    /** What is in the database: entries of its catalog's fingerprint. */
    catalog?: SqlLintOptions["catalog"];
    /** For a plan that the tool refused. */
    edited?: SuspectedEdit[];
    /** Path of the external SQL linter. */
    program: string;
    /** Major version of the server: `17`. */
    serverVersion?: string;
    /** The schema that unqualified names resolve to. Default: the engine's. */
    defaultSchema?: string;
    /** Read from `lint.yaml` by default. */
    config?: LintConfig;
}

/** Lints what a deployment will run; a rollback undoes what was linted before. */
export async function lintPlan(options: LintOptions): Promise<LintReport> {
    const { engine, tool, directory, environment, applied, known, otherHistories, edited = [], hooks = [] } = options;
    // After the changesets: SQL that runs with each of them may name what they create.
    const changes = [...options.changes, ...hooks.map((hook) => ({ ...hook, runInTransaction: true }))];
    const { program, serverVersion, defaultSchema, catalog } = options;
    const config = options.config ?? loadLintConfig(new Catalogue(engine.linter, tool), directory, environment);
    const { catalogue, levels, pinned, lowered } = config;
    const pending = changes.length > 0 || edited.length > 0;
    // The external linter runs while the source files are read.
    const trackingTables = trackingNames(tool.tracking);
    const sql = engine.linter.begin(changes, {
        ...{ levels, program, serverVersion, defaultSchema, catalog, trackingTables },
    });
    const { changesets: sources, unread, issues, parameters } = options.sources();
    const { unstorable } = engine.linter;
    const read = { sources, issues, parameters, ...(pending && { unread }) };
    const context = {
        tool,
        catalogue,
        levels,
        pinned,
        ...read,
        applied,
        known,
        otherHistories,
        edited,
        unstorable,
        sql: await sql,
    };
    const verdict = await examine(changes, context);
    return {
        environment,
        changesets: options.changes.length,
        ...verdict,
        lowered: [...lowered, ...waivedRules(verdict.findings, levels)],
    };
}
