import { readFileSync } from "node:fs";
import { Log } from "../delivery/report/log";
import { reportOf } from "../local/errors";
import { comment as textOf, marker } from "./comment";
import { readReview } from "./data";
import { reviewErrors } from "./errors";

/** The head of a pull request, and how to reach GitHub. */
export interface Where {
    api: string;
    repository: string;
    token: string;
    owner: string;
    branch: string;
    commit: string;
}

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
    const body = textOf(readReview("review.json", review));
    const head = encodeURIComponent(`${owner}:${branch}`);
    const pulls = await call<{ number: number; head: { sha: string } }[]>(
        "GET",
        `/repos/${repository}/pulls?state=open&per_page=100&head=${head}`,
    );
    const pull = pulls.find((candidate) => candidate.head.sha === commit);
    if (pull === undefined) {
        return "No open pull request has this commit as its head: a newer review follows.";
    }
    const comment = await findComment(pull.number);
    if (comment === undefined) {
        await call("POST", `/repos/${repository}/issues/${pull.number}/comments`, { body });
        return `Commented on #${pull.number}.`;
    }
    await call("PATCH", `/repos/${repository}/issues/comments/${comment.id}`, { body });
    return `Updated the comment on #${pull.number}.`;

    /** The workflow's own: anyone can write the marker into a comment. */
    async function findComment(number: number): Promise<Comment | undefined> {
        for (let page = 1; ; page++) {
            const comments = await call<Comment[]>(
                "GET",
                `/repos/${repository}/issues/${number}/comments?per_page=100&page=${page}`,
            );
            const found = comments.find(({ body: old, user }) => user?.type === "Bot" && old?.startsWith(marker));
            if (found !== undefined || comments.length < 100) {
                return found;
            }
        }
    }

    async function call<T>(method: string, path: string, content?: object): Promise<T> {
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
            throw new reviewErrors.ReviewNotPosted({ status: response.status, request: `${method} ${path}` });
        }
        return (await response.json()) as T;
    }
}

async function main(): Promise<number> {
    const variable = (name: string) => process.env[name] ?? "";
    try {
        const where = {
            ...{ api: variable("GITHUB_API_URL"), repository: variable("GITHUB_REPOSITORY") },
            ...{ token: variable("GH_TOKEN"), owner: variable("HEAD_OWNER") },
            ...{ branch: variable("HEAD_BRANCH"), commit: variable("HEAD_COMMIT") },
        };
        new Log().line(await post(where, readFileSync(process.argv[2] ?? "", "utf8")));
        return 0;
    } catch (error) {
        new Log().failure(reportOf(error));
        return 1;
    }
}

if (require.main === module) {
    void main().then((status) => (process.exitCode = status));
}
