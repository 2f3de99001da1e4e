import type { DatabaseDeliveryArgs } from "../components";
import { optionRows } from "../components/options";
import type { Settings } from "./config";

/**
 * The args of a delivery that config or the profile sets, from the table in components/options.ts; the return type
 * lists only the groups with other fields as well.
 */
export function buildOptions(settings: Settings): Pick<DatabaseDeliveryArgs, "guards" | "rehearsal"> {
    const decided = settings as unknown as Partial<Record<string, unknown>>;
    const args: Record<string, unknown> = {};
    for (const [key, row] of optionRows()) {
        if (row.arg !== undefined && row.doc !== undefined && row.config && decided[key] !== undefined) {
            const [name = "", inGroup] = row.arg.split(".");
            args[name] = inGroup === undefined ? decided[key] : { ...(args[name] as object), [inGroup]: decided[key] };
        }
    }
    return args;
}
