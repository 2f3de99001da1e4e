import * as path from "node:path";
import { linterVariable, Toolchain } from "../../../components/contract";
import type { Context } from "../context";
import { Catalogue, type LintConfig, type LintOptions, lintPlan, type LintReport, loadLintConfig } from "../lint";
import type { EditedChangeset } from "../tools/sources";
import { appliedBy, type MadePlan } from "./model";
import { sourcesOf } from "./sources";

/** The levels of the environment's rules. */
export function lintConfigOf({ settings, engine, tool }: Pick<Context, "settings" | "engine" | "tool">): LintConfig {
    const { migrations, environmentName, lintFloor } = settings;
    return loadLintConfig(new Catalogue(engine.linter, tool), migrations, environmentName, lintFloor);
}

/** Lints what a plan will run. */
export function lintChanges(
    context: Context,
    { changes, hooks, starting }: MadePlan,
    config: LintConfig,
): Promise<LintReport> {
    return lintPlan({
        ...common(context, config),
        changes: appliedBy({ changes }),
        hooks,
        applied: starting.history,
        known: starting.known,
        otherHistories: starting.otherHistories,
        catalog: starting.catalog.entries,
        serverVersion: String(context.engine.majorVersion(starting.catalog.server)),
        defaultSchema: starting.schema,
    });
}

/** For a plan that the migration tool refused: reports where the edited changesets are. */
export function lintEdited(context: Context, edited: EditedChangeset[], config: LintConfig): Promise<LintReport> {
    return lintPlan({ ...common(context, config), changes: [], applied: [], edited });
}

function common(
    { settings, engine, tool, migrations }: Context,
    config: LintConfig,
): Omit<LintOptions, "changes" | "applied"> {
    return {
        engine,
        tool,
        directory: migrations.directory,
        sources: () => sourcesOf(migrations.project),
        environment: settings.environmentName,
        program: process.env[linterVariable] || path.join(settings.toolchain, Toolchain.linter),
        config,
    };
}
