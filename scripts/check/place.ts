import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server in a temporary directory, of which nothing is left when it is disposed of or does not start. */
export async function startTemporarily<Server extends { stop(): Promise<void> }>(
    start: (place: string) => Promise<Server>,
): Promise<{ server: Server; place: string; dispose: () => Promise<void> }> {
    const home = mkdtempSync(join(tmpdir(), "aurora-pipeline-check-"));
    const place = join(home, "server");
    const remove = () => {
        // If the server's user cannot reach this directory, the data is elsewhere and this is a link to it.
        const data = join(place, "data");
        for (const path of [...(existsSync(data) ? [realpathSync(data)] : []), home]) {
            rmSync(path, { recursive: true, force: true });
        }
    };
    try {
        const server = await start(place);
        const dispose = async () => {
            await server.stop();
            remove();
        };
        return { server, place, dispose };
    } catch (error) {
        remove();
        throw error;
    }
}
