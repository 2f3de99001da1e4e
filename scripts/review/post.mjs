// Puts the review on its pull request, in one comment that is updated in place. It runs with a token that may write, from
// the default branch: never from the pull request, of which it reads the text of the review alone. Plain JavaScript
// without dependencies, so that nothing has to be installed beside the token.
import { readFileSync } from "node:fs";
import { MachineError } from "../machine/errors.cjs";

const marker = "<!-- aurora-pipeline review -->";
/** GitHub's limit; the review stays well below, but whoever made the file may not have. */
const limit = 65_000;

/**
 * Finds the pull request by its head: the artifact comes from the pull request's own code, so a number in it could be
 * that of another.
 */
export async function post({ api, repository, token, owner, branch, commit }, text) {
    if (!text.startsWith(marker)) {
        return "The file is no review: nothing was posted.";
    }
    const head = encodeURIComponent(`${owner}:${branch}`);
    const pulls = await call("GET", `/repos/${repository}/pulls?state=open&per_page=100&head=${head}`);
    const pull = pulls.find((candidate) => candidate.head.sha === commit);
    if (pull === undefined) {
        return "No open pull request has this commit as its head: a newer review follows.";
    }
    const body = text.slice(0, limit);
    const comment = await findComment(pull.number);
    if (comment === undefined) {
        await call("POST", `/repos/${repository}/issues/${pull.number}/comments`, { body });
        return `Commented on #${pull.number}.`;
    }
    await call("PATCH", `/repos/${repository}/issues/comments/${comment.id}`, { body });
    return `Updated the comment on #${pull.number}.`;

    /** The workflow's own: anyone can write the marker into a comment. */
    async function findComment(number) {
        for (let page = 1; ; page++) {
            const comments = await call(
                "GET",
                `/repos/${repository}/issues/${number}/comments?per_page=100&page=${page}`,
            );
            const found = comments.find(({ body: old, user }) => user?.type === "Bot" && old?.startsWith(marker));
            if (found !== undefined || comments.length < 100) {
                return found;
            }
        }
    }

    async function call(method, path, content) {
        const response = await globalThis.fetch(`${api}${path}`, {
            method,
            headers: {
                accept: "application/vnd.github+json",
                authorization: `Bearer ${token}`,
                ...(content !== undefined && { "content-type": "application/json" }),
            },
            ...(content !== undefined && { body: JSON.stringify(content) }),
        });
        if (!response.ok) {
            throw new MachineError("ReviewNotPosted", { status: response.status, request: `${method} ${path}` });
        }
        return response.json();
    }
}

if (import.meta.filename === process.argv[1]) {
    const { GITHUB_API_URL, GITHUB_REPOSITORY, GH_TOKEN, HEAD_OWNER, HEAD_BRANCH, HEAD_COMMIT } = process.env;
    const where = {
        ...{ api: GITHUB_API_URL, repository: GITHUB_REPOSITORY, token: GH_TOKEN },
        ...{ owner: HEAD_OWNER, branch: HEAD_BRANCH, commit: HEAD_COMMIT },
    };
    console.log(await post(where, readFileSync(process.argv[2], "utf8")));
}
