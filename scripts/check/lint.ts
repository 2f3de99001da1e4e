import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Toolchain } from "../../components/contract";
import { prod } from "../../stacks/prod";
import { type ChangesetName, count, keyOf, without } from "../delivery/changesets";
import { engineNamed } from "../delivery/engines/registry";
import { Catalogue, lintPlan, type LintReport, loadLintConfig } from "../delivery/lint";
import { appliedBy } from "../delivery/plan/model";
import { changesIn } from "../delivery/plan/make";
import { liquibase as tool } from "../delivery/tools/liquibase";
import { readProject } from "../delivery/tools/liquibase/project";
import type { Preview } from "../delivery/tools/tool";
import type { Sources } from "../delivery/tools/sources";
import { commitNamed, extractCommitted, headCommit, upstreamOf } from "../local/source/git";
import { engineName } from "./changelog";
import type { State } from "./state";

/** The strict one: what passes there is deployed anywhere. */
const environment = "prod";

/** What the changelog is compared with, to know what is new. */
export interface Base {
    commit: string;
    /** As a person names it. */
    name: string;
    /** It is only the last commit: what it has may not have been pushed. */
    unpushed?: true;
}

/** `since`, else the branch that a push goes to, else the last commit; undefined if Git knows none. */
export async function baseOf(directory: string, since?: string): Promise<Base | undefined> {
    const name = since ?? (await upstreamOf(directory));
    if (name !== undefined) return { name, commit: await commitNamed(directory, name) };
    const commit = await headCommit(directory);
    return commit === undefined ? undefined : { name: "the last commit", commit, unpushed: true };
}

/** The changesets that the next push adds, as far as Git knows. */
export interface NextRelease {
    changesets: ChangesetName[];
    /** In words: which ones, and why those. */
    which: string;
}

/** What the base does not have. Where that cannot be known, all changesets are one release into an empty database. */
export async function nextRelease(directory: string, all: ChangesetName[], base?: Base): Promise<NextRelease> {
    const asOne = (reason: string) => ({
        changesets: all,
        which: `all ${count(all.length, "changeset")} as one release: ${reason}`,
    });
    if (base === undefined) return asOne("no Git repository with a commit says which ones are new");
    const known = await changesetsIn(directory, base.commit);
    if (known === undefined) return asOne(`${base.name} has no changelog that can be read`);
    const changesets = without(all, known);
    const noUpstream = "the branch has no upstream, and no --since was given";
    if (changesets.length > 0) {
        const which = `${count(changesets.length, "changeset")} that ${base.name} does not have`;
        return { changesets, which: base.unpushed ? `${which}: ${noUpstream}` : which };
    }
    return base.unpushed ? asOne(noUpstream) : { changesets, which: `no changeset: ${base.name} has them all` };
}

/** The changesets of another commit; undefined if it has no such changelog. */
async function changesetsIn(directory: string, commit: string): Promise<ChangesetName[] | undefined> {
    const target = mkdtempSync(join(tmpdir(), "aurora-pipeline-pushed-"));
    try {
        await extractCommitted(directory, commit, target);
        return readProject(target).sources().changesets;
    } catch {
        return undefined;
    } finally {
        rmSync(target, { recursive: true, force: true });
    }
}

/** Lints a release as its plan would, with the levels of `lint.yaml` and the stack's minimum. */
export async function lintRelease(
    { changesets }: NextRelease,
    preview: Preview,
    { directory, sources, before, server, toolchain }: LintScene,
): Promise<LintReport> {
    const engine = engineNamed(engineName);
    const release = new Set(changesets.map(keyOf));
    const all = changesIn(preview);
    const changes = all.filter((change) => release.has(keyOf(change)));
    return lintPlan({
        ...{ engine, tool, directory, environment },
        sources: () => sources,
        program: join(toolchain, Toolchain.linter),
        config: loadLintConfig(new Catalogue(engine.linter, tool), directory, environment, prod.lintFloor),
        changes: appliedBy({ changes }),
        applied: without(all, changes),
        known: preview.known,
        catalog: [...before.catalog.values()].flat(),
        serverVersion: server.split(".")[0],
        defaultSchema: "public",
    });
}

export interface LintScene {
    directory: string;
    sources: Sources;
    /** The database before the first of them. */
    before: State;
    /** Version of the server. */
    server: string;
    toolchain: string;
}
