import { comment, htmlForm } from "../comment";
import { readReview } from "../data";
import { caller, findIn, newerFollows } from "./host";

/** A merge request, and how to reach GitLab. */
export interface Where {
    api: string;
    /** The ID of the project that the merge request is in, which is not the fork. */
    project: string;
    /** The number of the merge request in its project. */
    number: string;
    /** The head of its branch. */
    commit: string;
    /** Of a project or a group, with the scope `api` and the role Reporter. */
    token: string;
}

export const variables: Record<keyof Where, string> = {
    ...{ api: "CI_API_V4_URL", project: "CI_MERGE_REQUEST_PROJECT_ID", number: "CI_MERGE_REQUEST_IID" },
    ...{ commit: "CI_COMMIT_SHA", token: "REVIEW_TOKEN" },
};

interface Note {
    id: number;
    body: string;
    author: { id: number };
}

/**
 * Puts the review of a review.json on its merge request, in one note that is updated in place; returns what was done, in a
 * sentence. https://docs.gitlab.com/api/notes/#merge-requests
 */
export async function post({ api, project, number, commit, token }: Where, review: string): Promise<string> {
    const call = caller("GitLab", api, { "private-token": token });
    const body = comment(readReview("review.json", review));
    const path = `/projects/${encodeURIComponent(project)}/merge_requests/${number}`;
    const request = await call<{ sha: string; state: string }>({ method: "GET", path });
    if (request.state !== "opened" || request.sha !== commit) {
        return newerFollows;
    }
    // The token's own: anyone can write the marker into a note.
    const { id } = await call<{ id: number }>({ method: "GET", path: "/user" });
    const own = await findIn<Note>(
        call,
        (page) => `${path}/notes?sort=asc&${page}`,
        ({ body: old, author }) => author.id === id && old.startsWith(htmlForm.marker),
    );
    if (own === undefined) {
        await call({ method: "POST", path: `${path}/notes`, content: { body } });
        return `Commented on !${number}.`;
    }
    await call({ method: "PUT", path: `${path}/notes/${own.id}`, content: { body } });
    return `Updated the comment on !${number}.`;
}
