import * as fs from "node:fs";
import * as path from "node:path";
import { linterVariable, Toolchain } from "../../../components/contract";
import type { Context } from "../context";
import { InputError, messageOf } from "../errors";
import { editedChangesets, type LintConfig, type LintOptions, lintPlan, type LintReport } from "../lint";
import type { MadePlan } from "./model";

/** Lints what a plan will run, as it will run. */
export function lintChanges(
    context: Context,
    { changes, starting }: MadePlan,
    config: LintConfig,
): Promise<LintReport> {
    return lintPlan({
        ...common(context, config),
        changes,
        applied: starting.history,
        catalog: starting.catalog.entries,
        postgresVersion: String(Math.floor(starting.catalog.server / 10_000)),
        defaultSchema: starting.schema,
    });
}

/** Of a plan that Liquibase refused: says where the edited changesets are. */
export function lintEdited(context: Context, messages: string[], config: LintConfig): Promise<LintReport> {
    return lintPlan({ ...common(context, config), changes: [], applied: [], edited: editedChangesets(messages) });
}

function common({ settings, migrations }: Context, config: LintConfig): Omit<LintOptions, "changes" | "applied"> {
    return {
        directory: migrations.directory,
        changelogFile: migrations.changelogFile,
        parameters: migrations.parameters,
        environment: settings.environmentName,
        squawk: process.env[linterVariable] || executable(path.join(settings.toolchain, Toolchain.linter)),
        config,
    };
}

/** Not everything that unpacks an archive restores the modes of its files. */
function executable(binary: string): string {
    try {
        fs.accessSync(binary, fs.constants.X_OK);
    } catch {
        try {
            fs.chmodSync(binary, 0o755);
        } catch (error) {
            throw new InputError(
                `The SQL linter ${binary} is missing or cannot be made executable (${messageOf(error)}). It belongs to the toolchain; build that again: npm run toolchain`,
            );
        }
    }
    return binary;
}
