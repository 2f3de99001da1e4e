import { setImmediate } from "node:timers/promises";
import type { Sources } from "../tools/sources";
import type { Project } from "../tools/tool";

const read = new WeakMap<Pick<Project, "sources">, Sources>();

/** The project's source files, read once in a build. */
export function sourcesOf(project: Pick<Project, "sources">): Sources {
    const known = read.get(project) ?? project.sources();
    read.set(project, known);
    return known;
}

/** Reads them when everything that waits for something else has begun. */
export async function readSourcesAhead(project: Pick<Project, "sources">): Promise<void> {
    await setImmediate();
    sourcesOf(project);
}
