import { join } from "node:path";
import { Toolchain } from "../../components/contract";
import { prod } from "../../stacks/prod";
import { type ChangesetName, count, keyOf, nameOf, without } from "../delivery/changesets";
import { engineNamed } from "../delivery/engines/registry";
import { Catalogue, lintPlan, type LintReport, loadLintConfig } from "../delivery/lint";
import { appliedBy } from "../delivery/plan/model";
import { changesIn } from "../delivery/plan/make";
import { liquibase as tool } from "../delivery/tools/liquibase";
import { readProject } from "../delivery/tools/liquibase/project";
import type { Preview } from "../delivery/tools/tool";
import type { SourceChangeset, Sources } from "../delivery/tools/sources";
import { extractCommitted } from "../local/source/git";
import type { Base } from "./base";
import { type ChangeKind, changesBetween, changesetsOf } from "./changes";
import type { State } from "./state";
import type { TrialEngine } from "./trial";

/** The strict one: what passes there is deployed anywhere. */
const environment = "prod";

/** The changesets that the next push adds, as far as Git knows. */
export interface NextRelease {
    changesets: ChangesetName[];
    /** Those of them that ran before in another form. */
    again: ChangesetName[];
    /** Changesets that were pushed and edited since, although a database that has them will refuse that. */
    edited: ChangesetName[];
    /** What was pushed; some of it may be gone from the source. */
    pushed: ChangesetName[];
    /** In words: which ones, and why those. */
    which: string;
}

/** What a push goes on from. */
export interface Pushed {
    name: string;
    /** Undefined: it has no changelog that can be read. */
    changesets?: SourceChangeset[];
    /** Why it may not have been pushed at all. */
    unpushed?: string;
}

/** The changelog of the base, written to an empty directory. */
export async function pushedIn(directory: string, { commit, ...base }: Base, target: string): Promise<Pushed> {
    await extractCommitted(directory, commit, target);
    try {
        return { ...base, changesets: changesetsOf(target, readProject(target).sources()) };
    } catch {
        return base;
    }
}

/**
 * What the base does not have, and what runs again because it was edited. Where that cannot be known, all changesets are
 * one release into an empty database.
 */
export function nextRelease(all: ChangesetName[], sources: SourceChangeset[], base?: Pushed): NextRelease {
    const asOne = (reason: string): NextRelease => ({
        ...{ changesets: all, again: [], edited: [], pushed: [] },
        which: `all ${count(all.length, "changeset")} as one release: ${reason}`,
    });
    if (base === undefined) return asOne("no Git repository with a commit says which ones are new");
    if (base.changesets === undefined) return asOne(`${base.name} has no changelog that can be read`);
    const changes = changesBetween(base.changesets, sources);
    const those = (kind: ChangeKind) =>
        changes.filter((change) => change.kind === kind).map(({ changeset }) => changeset);
    const again = intersection(
        all,
        those("runs again").filter(({ repeatable }) => repeatable),
    );
    const fresh = without(all, base.changesets);
    if (fresh.length + again.length === 0 && base.unpushed !== undefined) return asOne(base.unpushed);
    const changesets = intersection(all, [...fresh, ...again]);
    return {
        changesets,
        again,
        // What was not pushed may still be edited.
        edited: base.unpushed === undefined ? those("edited").map(nameOf) : [],
        pushed: base.unpushed === undefined ? base.changesets.map(nameOf) : [],
        which: [whichOnes(base.name, fresh.length, again.length), ...(base.unpushed ? [base.unpushed] : [])].join(": "),
    };
}

function whichOnes(base: string, fresh: number, again: number): string {
    const lacking = `${count(fresh, "changeset")} that ${base} does not have`;
    const edited = `${count(again, "changeset")} that ${again === 1 ? "runs" : "run"} again, edited since ${base}`;
    if (fresh === 0) return again === 0 ? `no changeset: ${base} has them all` : edited;
    return again === 0 ? lacking : `${lacking}, and ${edited}`;
}

/** Those of the first that are among the others. */
function intersection(some: ChangesetName[], others: ChangesetName[]): ChangesetName[] {
    return without(some, without(some, others));
}

/** Lints a release as its plan would, with the levels of `lint.yaml` and the stack's minimum. */
export async function lintRelease(
    { changesets, again, edited, pushed }: NextRelease,
    preview: Preview,
    { directory, sources, before, server, toolchain, ...scene }: LintScene,
): Promise<LintReport> {
    const engine = engineNamed(scene.engine.name);
    const release = new Set(changesets.map(keyOf));
    const repeated = new Set(again.map(keyOf));
    const all = changesIn(preview);
    const changes = all
        .filter((change) => release.has(keyOf(change)))
        .map((change) => ({ ...change, again: repeated.has(keyOf(change)) }));
    const gone = preview.known === undefined ? [] : without(pushed, preview.known);
    return lintPlan({
        ...{ engine, tool, directory, environment },
        sources: () => sources,
        program: join(toolchain, Toolchain.linter),
        config: loadLintConfig(new Catalogue(engine.linter, tool), directory, environment, prod.lintFloor),
        changes: appliedBy({ changes }),
        applied: [...without(all, changes), ...gone],
        known: preview.known,
        edited,
        catalog: [...before.catalog.values()].flat(),
        serverVersion: server.split(".")[0],
        defaultSchema: scene.engine.defaultSchema,
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
    engine: Pick<TrialEngine, "name" | "defaultSchema">;
}
