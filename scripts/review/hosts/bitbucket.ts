import { request } from "node:http";
import { text } from "node:stream/consumers";
import { visible, visibleBlock } from "../../delivery/report/text/visible";
import { comment, type CommentForm } from "../comment";
import { readReview, type ReviewData } from "../data";
import { reviewErrors } from "../errors";
import { caller, newerFollows, type Request, refused } from "./host";

/** A pull request, and how to reach Bitbucket. */
export interface Where {
    /** `<workspace>/<repository>`. */
    repository: string;
    number: string;
    /** The commit that is built. */
    commit: string;
    /** Of the repository, with the scope `pullrequest:write`. Without it there is no comment. */
    token?: string;
    /** Default: Bitbucket Cloud's. */
    api?: string;
    /** Through it, Code Insights takes what a pipeline reports, without a token. Default: that of each pipeline. */
    proxy?: { host: string; port: number };
}

export const variables = {
    ...{ repository: "BITBUCKET_REPO_FULL_NAME", number: "BITBUCKET_PR_ID", commit: "BITBUCKET_COMMIT" },
};
export const tokenVariable = "REVIEW_TOKEN";

/** A comment can have 32,768 characters, and its HTML is shown as text. */
export const form: CommentForm = { limit: 30_000, html: false, marker: "**aurora-pipeline review**" };

const report = "aurora-pipeline-review";
/** Of a report; a request takes 100. */
const mostAnnotations = 1000;
const inOneRequest = 100;
/** Of an annotation, in characters. */
const [longestSummary, longestDetails] = [450, 2000];

interface Comment {
    id: number;
    deleted?: boolean;
    content?: { raw?: string };
}

/**
 * Reports the findings of a review.json on the lines of its pull request, and with a token also puts the review there, in one
 * comment that is updated in place; returns what was done, in a sentence.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
 */
export async function post(
    {
        repository,
        number,
        commit,
        token,
        api = "https://api.bitbucket.org",
        proxy = { host: "localhost", port: 29418 },
    }: Where,
    review: string,
): Promise<string> {
    const data = readReview("review.json", review);
    const root = `/2.0/repositories/${repository}`;
    await reportFindings(`${root}/commit/${commit}/reports/${report}`, data, proxy);
    if (token === undefined) {
        return "Reported the findings. Without a token there is no comment.";
    }
    const call = caller("Bitbucket", api, { accept: "application/json", authorization: `Bearer ${token}` });
    const path = `${root}/pullrequests/${number}`;
    const pull = await call<{ state: string; source: { commit: { hash: string } } }>({ method: "GET", path });
    if (pull.state !== "OPEN" || !commit.startsWith(pull.source.commit.hash)) {
        return newerFollows;
    }
    const content = { content: { raw: comment(data, form) } };
    for (const { id } of await marked(path)) {
        if (await update(`${path}/comments/${id}`)) return `Updated the comment on #${number}.`;
    }
    await call({ method: "POST", path: `${path}/comments`, content });
    return `Commented on #${number}.`;

    async function marked(of: string): Promise<Comment[]> {
        const found: Comment[] = [];
        for (let page = 1; ; page++) {
            const { values, next } = await call<{ values: Comment[]; next?: string }>({
                method: "GET",
                path: `${of}/comments?pagelen=100&page=${page}`,
            });
            found.push(...values.filter(({ deleted, content: old }) => !deleted && old?.raw?.startsWith(form.marker)));
            if (next === undefined) return found;
        }
    }

    /** False for somebody else's, who wrote the marker into a comment: only its author may change it. */
    async function update(of: string): Promise<boolean> {
        try {
            await call({ method: "PUT", path: of, content });
            return true;
        } catch (error) {
            if (error instanceof reviewErrors.ReviewNotPosted && error.facts.status === 403) return false;
            throw error;
        }
    }
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/ */
async function reportFindings(path: string, { findings }: ReviewData, proxy: { host: string; port: number }) {
    const shown = findings.slice(0, mostAnnotations);
    const send = (one: Request) => throughProxy(one, proxy);
    await send({
        method: "PUT",
        path,
        content: {
            ...{ title: "Database review", reporter: "aurora-pipeline", report_type: "BUG" },
            details:
                shown.length < findings.length
                    ? `The first ${shown.length} of ${findings.length} findings.`
                    : "What the pull request would do to the database.",
            result: findings.some(({ level }) => level === "error") ? "FAILED" : "PASSED",
        },
    });
    for (let from = 0; from < shown.length; from += inOneRequest) {
        const content = shown.slice(from, from + inOneRequest).map(({ level, rule, file, line, message }, index) => ({
            external_id: `${report}-${from + index}`,
            annotation_type: "BUG",
            summary: visible(`${rule}: ${message.split("\n")[0] ?? ""}`).slice(0, longestSummary),
            details: visibleBlock(message).slice(0, longestDetails),
            severity: level === "error" ? "HIGH" : "LOW",
            path: file,
            line: Math.max(1, line),
        }));
        await send({ method: "POST", path: `${path}/annotations`, content });
    }
}

/** By plain HTTP: the proxy adds the credentials, and speaks TLS to Bitbucket. */
async function throughProxy(one: Request, { host, port }: { host: string; port: number }): Promise<void> {
    const body = JSON.stringify(one.content);
    const status = await new Promise<number>((resolve, reject) => {
        request(
            {
                ...{ host, port, method: one.method, path: `http://api.bitbucket.org${one.path}` },
                headers: {
                    host: "api.bitbucket.org",
                    "content-type": "application/json",
                    "content-length": Buffer.byteLength(body),
                },
            },
            (response) => {
                text(response).then(() => resolve(response.statusCode ?? 0), reject);
            },
        )
            .on("error", reject)
            .end(body);
    });
    if (status < 200 || status > 299) throw refused("Bitbucket", status, one);
}
