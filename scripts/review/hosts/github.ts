import { comment, htmlForm } from "../comment";
import { readReview } from "../data";
import { caller, findIn, newerFollows } from "./host";

/** The head of a pull request, and how to reach GitHub. */
export interface Where {
    api: string;
    repository: string;
    token: string;
    owner: string;
    branch: string;
    commit: string;
}

export const variables: Record<keyof Where, string> = {
    ...{ api: "GITHUB_API_URL", repository: "GITHUB_REPOSITORY", token: "GH_TOKEN" },
    ...{ owner: "HEAD_OWNER", branch: "HEAD_BRANCH", commit: "HEAD_COMMIT" },
};

interface Comment {
    id: number;
    body?: string;
    user?: { type: string };
}

/**
 * Puts the review of a review.json on its pull request, in one comment that is updated in place; returns what was done,
 * in a sentence. It runs with a token that may write, from the default branch. Of the pull request it reads data alone:
 * the text is made here. The pull request is found by its head, because a number in the data could be that of another.
 */
export async function post({ api, repository, token, owner, branch, commit }: Where, review: string): Promise<string> {
    const call = caller("GitHub", api, {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
    });
    const body = comment(readReview("review.json", review));
    const head = encodeURIComponent(`${owner}:${branch}`);
    const pulls = await call<{ number: number; head: { sha: string } }[]>({
        method: "GET",
        path: `/repos/${repository}/pulls?state=open&per_page=100&head=${head}`,
    });
    const pull = pulls.find((candidate) => candidate.head.sha === commit);
    if (pull === undefined) {
        return newerFollows;
    }
    // The workflow's own: anyone can write the marker into a comment.
    const own = await findIn<Comment>(
        call,
        (page) => `/repos/${repository}/issues/${pull.number}/comments?${page}`,
        ({ body: old, user }) => user?.type === "Bot" && old?.startsWith(htmlForm.marker) === true,
    );
    if (own === undefined) {
        await call({ method: "POST", path: `/repos/${repository}/issues/${pull.number}/comments`, content: { body } });
        return `Commented on #${pull.number}.`;
    }
    await call({ method: "PATCH", path: `/repos/${repository}/issues/comments/${own.id}`, content: { body } });
    return `Updated the comment on #${pull.number}.`;
}
