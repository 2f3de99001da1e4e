import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readChangelog } from "../../../../../scripts/delivery/tools/liquibase/changelog/changelog";
import type { SourceChangeset } from "../../../../../scripts/delivery/tools/sources";

/** Functions that write and read changelogs in a temporary directory, for the tests of the suite that calls this. */
export function changelogFiles() {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "lint-source-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

    function write(files: Record<string, string>): void {
        for (const [name, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), text);
        }
    }
    const read = (files: Record<string, string>, root = Object.keys(files)[0]!) => {
        write(files);
        return readChangelog(directory, root, { folder: "parts" });
    };
    const places = (changesets: SourceChangeset[]) =>
        changesets.map(({ id, path: file, line }) => `${id} ${file}:${line}`);

    return { read, places };
}
