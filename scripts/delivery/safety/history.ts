import type { Context } from "../context";
import type { HistoryRow } from "../history";

/** What has run, according to the database. */
export function readHistory({
    settings,
    engine,
    tool,
}: Pick<Context, "settings" | "engine" | "tool">): Promise<HistoryRow[]> {
    return engine.withDatabase(settings, tool.tracking, (database) => database.history());
}
