import type { Action, MigrationBuildArgs } from "../components";
import { hasOption } from "../components/optionRow";
import { optionRows } from "../components/options";
import type { Settings } from "./config";

/**
 * The args of a build that config or the profile sets, from the table in components/options.ts; the return type lists
 * only the groups with other fields as well.
 */
export function buildOptions(action: Action, settings: Settings): Pick<MigrationBuildArgs, "guards" | "rehearsal"> {
    const decided = settings as unknown as Partial<Record<string, unknown>>;
    const args: Record<string, unknown> = {};
    for (const [key, row] of optionRows()) {
        if (row.arg !== undefined && row.config && hasOption(row, { action }) && decided[key] !== undefined) {
            const [name = "", inGroup] = row.arg.split(".");
            args[name] = inGroup === undefined ? decided[key] : { ...(args[name] as object), [inGroup]: decided[key] };
        }
    }
    return args;
}
