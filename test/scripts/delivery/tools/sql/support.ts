import type { FolderFiles, Layout, SqlFolder } from "../../../../../scripts/delivery/tools/sql/migration";

/** Reads files that are given as texts. */
export function readFolder(layout: Layout, files: Record<string, string>, base = ""): SqlFolder {
    const given: FolderFiles = { base, paths: Object.keys(files).sort(), read: (path) => files[path]! };
    return layout.read(given);
}
