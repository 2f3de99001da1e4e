import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new place for a server that leaves nothing behind. */
export function temporaryPlace(): { place: string; remove: () => void } {
    const home = mkdtempSync(join(tmpdir(), "aurora-pipeline-check-"));
    const place = join(home, "server");
    const remove = () => {
        // If the server's user cannot reach this directory, the data is elsewhere and this is a link to it.
        const data = join(place, "data");
        for (const path of [...(existsSync(data) ? [realpathSync(data)] : []), home]) {
            rmSync(path, { recursive: true, force: true });
        }
    };
    return { place, remove };
}
