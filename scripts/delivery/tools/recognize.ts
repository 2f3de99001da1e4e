import * as path from "node:path";
import { entriesBelow } from "../files";
import type { MigrationTool } from "./tool";

/** A tool that a directory may be meant for, and the files that say so. */
export interface Candidate<Tool> {
    tool: Tool;
    files: string[];
}

type Recognizing = Pick<MigrationTool, "filesOf">;

/** The tools that a directory may be meant for, by the names of the files in it. */
export function candidatesFor<Tool extends Recognizing>(directory: string, tools: readonly Tool[]): Candidate<Tool>[] {
    const names = entriesBelow(directory)
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
        .sort();
    return tools.map((tool) => ({ tool, files: tool.filesOf(names) })).filter(({ files }) => files.length > 0);
}
