import { rmSync } from "node:fs";
import { join } from "node:path";
import { stopServerIn } from "./database/localEngines";
import { deleteServerOf } from "./database/server";
import type { LocalDirectory } from "./directories";
import { forgetAllWaiting } from "./waiting";

/**
 * Deletes a local database, and what was noted for it alone: the changelog that it has run, and the plans that wait for
 * approval. The records of its releases stay, and so do generated passwords and the logs of its runs.
 */
export async function resetDatabase(local: LocalDirectory, server: string): Promise<{ plans: number }> {
    await stopServerIn(join(local.postgres, server));
    await deleteServerOf(join(local.postgres, server));
    rmSync(join(local.deployed, server), { recursive: true, force: true });
    return { plans: forgetAllWaiting(local.runs, server) };
}
