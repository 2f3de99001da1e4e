import { commitNamed, commonCommit, defaultBranch, headCommit, isFetched, upstreamOf } from "../local/source/git";

/** What the changelog is compared with, to know what is new. */
export interface Base {
    commit: string;
    /** As a person names it. */
    name: string;
    /** It is only the last commit: what it has may not have been pushed. For that, the reason, and what to do. */
    unpushed?: string;
}

/** The branch that a pull request goes to, in the variables of the services that build it. */
const targetVariables = [
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "CHANGE_TARGET",
];

/**
 * `since`, else the branch that a push goes to, else the one that the pull request goes to, else the remote's default
 * branch, else the last commit; undefined if Git knows none.
 */
export async function baseOf(directory: string, since?: string, environment = process.env): Promise<Base | undefined> {
    if (since !== undefined) {
        return { name: since, commit: await commitNamed(directory, since) };
    }
    const commit = await headCommit(directory);
    if (commit === undefined) {
        return undefined;
    }
    const target = targetOf(environment);
    const name = (await upstreamOf(directory)) ?? target ?? (await defaultBranch(directory));
    if (name !== undefined && (await isFetched(directory, name))) {
        // What the branch got meanwhile is no change of this one.
        return { name, commit: (await commonCommit(directory, name)) ?? (await commitNamed(directory, name)) };
    }
    const reason =
        target === undefined
            ? "the branch has no upstream, and the remote no known default branch; --since names what is deployed already"
            : `${target} is not fetched; fetch it with its history (git fetch --unshallow origin, or fetch-depth: 0)`;
    return { name: "the last commit", commit, unpushed: reason };
}

function targetOf(environment: NodeJS.ProcessEnv): string | undefined {
    const branch = targetVariables.map((name) => environment[name]).find((value) => value);
    return branch && `origin/${branch.replace(/^refs\/heads\//, "")}`;
}
