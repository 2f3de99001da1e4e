import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Name of the archive that `archiveForSuite` makes. */
export const archiveName = "toolchain-0123456789abcdef.zip";

/** Makes an archive for the time of the suite and returns its path: to a component a toolchain is a file with a name. */
export function archiveForSuite(): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "toolchain-test-"));
    const archive = path.join(directory, archiveName);
    before(() => fs.writeFileSync(archive, "archive"));
    after(() => fs.rmSync(directory, { recursive: true }));
    return archive;
}
