import { LiveProgress } from "./live";
import { PlainProgress } from "./plain";
import type { Progress } from "./progress";

/** A live display for a terminal; otherwise a log that reads well in a file. */
export function createProgress(): Promise<Progress> {
    const watched = process.stdout.isTTY && !process.env["CI"];
    return watched ? LiveProgress.create() : Promise.resolve(new PlainProgress());
}
