import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { comment, htmlForm } from "../../../scripts/review/comment";
import type { ReviewData } from "../../../scripts/review/data";
import * as bitbucket from "../../../scripts/review/hosts/bitbucket";
import * as gitlab from "../../../scripts/review/hosts/gitlab";
import { post } from "../../../scripts/review/post";

interface Asked {
    method: string;
    url: URL;
    headers: IncomingHttpHeaders;
    content: unknown;
}
type Answer = { status: number; content: unknown } | undefined;

const of = (id: string, findings = 1): ReviewData => ({
    changes: [{ kind: "new", author: "ana", id, path: "a.sql", sql: "SELECT 1;", proof: "proven", evidence: [] }],
    findings: Array.from({ length: findings }, (_, line) => ({
        ...{
            level: "error",
            rule: "rollback-proof",
            file: "a b.sql",
            line,
            message: `It fails.\n\u001b[31m@team ${line}`,
        },
    })),
    previews: [],
});
const json = (id: string, findings?: number) => JSON.stringify(of(id, findings));

// Servers that answer as the hosts document it. What they do not prove: that the hosts do.
describe("posting a review", () => {
    let server: Server;
    let asked: Asked[];
    let answer: (asked: Asked) => Answer;
    let port: number;

    before(async () => {
        server = createServer((request, response) => {
            void text(request).then((body) => {
                const one = {
                    method: request.method ?? "",
                    url: new URL(request.url ?? "", "http://host"),
                    headers: request.headers,
                    content: body === "" ? undefined : (JSON.parse(body) as unknown),
                };
                asked.push(one);
                const { status, content } = answer(one) ?? { status: 404, content: {} };
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        ({ port } = server.address() as AddressInfo);
    });
    after(() => server.close());
    beforeEach(() => (asked = []));
    const writes = () => asked.filter(({ method }) => method !== "GET");

    describe("to GitLab", () => {
        interface Note {
            id: number;
            body: string;
            author: { id: number };
        }
        let notes: Note[];
        const where = (more: object = {}) => ({
            ...{ api: `http://127.0.0.1:${port}/api/v4`, project: "12", number: "7", commit: "new", token: "token" },
            ...more,
        });
        beforeEach(() => {
            notes = [];
            answer = ({ method, url: { pathname, searchParams }, headers, content }) => {
                if (headers["private-token"] !== "token") return { status: 401, content: {} };
                const path = /^\/api\/v4(.*)$/.exec(pathname)?.[1] ?? "";
                if (path === "/user") return { status: 200, content: { id: 5 } };
                if (path === "/projects/12/merge_requests/7")
                    return { status: 200, content: { sha: "new", state: "opened" } };
                const { body } = (content ?? {}) as Note;
                if (path === "/projects/12/merge_requests/7/notes") {
                    if (method === "POST") notes.push({ id: notes.length, body, author: { id: 5 } });
                    const from = (Number(searchParams.get("page")) - 1) * 100;
                    return { status: 200, content: notes.slice(from, from + 100) };
                }
                const [, id] = /^\/projects\/12\/merge_requests\/7\/notes\/(\d+)$/.exec(path) ?? [];
                const note = notes.find((candidate) => method === "PUT" && candidate.id === Number(id));
                if (note === undefined) return undefined;
                note.body = body;
                return { status: 200, content: note };
            };
        });

        it("comments once, and updates that comment", async () => {
            assert.equal(await gitlab.post(where(), json("one")), "Commented on !7.");
            assert.equal(await gitlab.post(where(), json("two")), "Updated the comment on !7.");
            assert.deepEqual(
                notes.map(({ body }) => body),
                [comment(of("two"))],
            );
        });

        it("finds its comment behind a hundred others, and takes nobody else's for it", async () => {
            const forged = { body: `${htmlForm.marker}\nforged`, author: { id: 6 } };
            notes = Array.from({ length: 150 }, (_, id) => ({ id, ...forged }));
            notes[120] = { id: 120, body: `${htmlForm.marker}\nold`, author: { id: 5 } };
            assert.equal(await gitlab.post(where(), json("new")), "Updated the comment on !7.");
            assert.deepEqual(
                notes.flatMap(({ id, body }) => (body === forged.body ? [] : [id])),
                [120],
            );
        });

        it("posts nothing for an older commit, or a file that is no review", async () => {
            assert.match(await gitlab.post(where({ commit: "old" }), json("one")), /a newer review follows/);
            await assert.rejects(gitlab.post(where(), "Approved by @owner"), { code: "AP3901" });
            assert.deepEqual(notes, []);
        });

        it("fails if GitLab refuses", async () => {
            await assert.rejects(gitlab.post(where({ token: "other" }), json("one")), {
                code: "AP3903",
                message: /GitLab answered 401 to GET \/projects\/12\/merge_requests\/7\./,
            });
        });

        it("is chosen by the variables of its pipelines, of which all that are missing are named", async () => {
            const variables = {
                ...{ GITLAB_CI: "true", CI_API_V4_URL: where().api, CI_MERGE_REQUEST_PROJECT_ID: "12" },
                ...{ CI_MERGE_REQUEST_IID: "7", REVIEW_TOKEN: "token", CI_COMMIT_SHA: "merged" },
            };
            assert.match(await post(variables, json("one")), /a newer review follows/);
            const head = { CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "new" };
            assert.equal(await post({ ...variables, ...head }, json("one")), "Commented on !7.");
            assert.throws(() => void post({ GITLAB_CI: "true", CI_COMMIT_SHA: "new" }, json("one")), {
                message:
                    /GitLab needs CI_API_V4_URL, CI_MERGE_REQUEST_PROJECT_ID, CI_MERGE_REQUEST_IID, REVIEW_TOKEN, which/,
            });
        });
    });

    describe("to Bitbucket", () => {
        interface Comment {
            id: number;
            content: { raw: string };
            deleted?: boolean;
            foreign?: boolean;
        }
        let comments: Comment[];
        const commit = "0123456789abcdef0123456789abcdef01234567";
        const where = (more: object = {}) => ({
            ...{ repository: "my/orders", number: "7", commit, token: "token", api: `http://127.0.0.1:${port}` },
            ...{ proxy: { host: "127.0.0.1", port } },
            ...more,
        });
        beforeEach(() => {
            comments = [];
            answer = ({ method, url: { host, pathname, searchParams }, headers, content }) => {
                const path = /^\/2\.0\/repositories\/my\/orders(.*)$/.exec(pathname)?.[1] ?? "";
                if (path.startsWith(`/commit/${commit}/reports/aurora-pipeline-review`))
                    return { status: host === "api.bitbucket.org" && !headers.authorization ? 200 : 401, content: {} };
                if (headers.authorization !== "Bearer token") return { status: 401, content: {} };
                if (path === "/pullrequests/7")
                    return {
                        status: 200,
                        content: { state: "OPEN", source: { commit: { hash: commit.slice(0, 12) } } },
                    };
                const given = (content as Comment | undefined)?.content;
                if (path === "/pullrequests/7/comments") {
                    if (given !== undefined) comments.push({ id: comments.length, content: given });
                    const to = Number(searchParams.get("page")) * 100;
                    const next = to < comments.length ? { next: "https://elsewhere.example" } : {};
                    return { status: 200, content: { values: comments.slice(to - 100, to), ...next } };
                }
                const [, id] = /^\/pullrequests\/7\/comments\/(\d+)$/.exec(path) ?? [];
                const found = comments.find((candidate) => method === "PUT" && candidate.id === Number(id));
                if (found === undefined || given === undefined) return undefined;
                if (found.foreign) return { status: 403, content: {} };
                found.content = given;
                return { status: 200, content: {} };
            };
        });

        it("comments once without HTML, and updates that comment", async () => {
            assert.equal(await bitbucket.post(where(), json("one")), "Commented on #7.");
            assert.equal(await bitbucket.post(where(), json("two")), "Updated the comment on #7.");
            const [{ content }, ...others] = comments as [Comment];
            assert.deepEqual([content.raw, others], [comment(of("two"), bitbucket.form), []]);
            assert.match(content.raw, /^\*\*aurora-pipeline review\*\*\n\nWhat the pull request's own run reported/);
            assert.match(content.raw, /\nnew: `ana:two` in `a\.sql`, rollback proven\n\n```sql\nSELECT 1;\n```\n/);
            assert.doesNotMatch(content.raw, /<\/?(details|summary)|<!--/);
        });

        it("finds its comment behind a hundred others, and leaves deleted ones and somebody else's", async () => {
            const raw = `${bitbucket.form.marker}\nold`;
            comments = Array.from({ length: 150 }, (_, id) => ({ id, content: { raw: "hello" } }));
            comments[3] = { id: 3, content: { raw }, foreign: true };
            comments[4] = { id: 4, content: { raw }, deleted: true };
            comments[120] = { id: 120, content: { raw } };
            assert.equal(await bitbucket.post(where(), json("new")), "Updated the comment on #7.");
            assert.deepEqual(
                comments.flatMap(({ id, content }) => (content.raw.includes("ana:new") ? [id] : [])),
                [120],
            );
        });

        it("stays within a comment, whatever the data is", () => {
            const long = "`@x` ".repeat(40_000);
            const data = of(long);
            const many = comment(
                {
                    changes: Array.from({ length: 200 }, () => ({ ...data.changes[0]!, path: long, sql: long })),
                    findings: Array.from({ length: 200 }, () => ({ ...data.findings[0]!, message: long, rule: long })),
                    previews: Array.from({ length: 200 }, () => ({ environment: long, changes: [] })),
                    since: [long, long],
                },
                bitbucket.form,
            );
            assert.ok(many.length <= 32_768, String(many.length));
        });

        it("reports the findings on their lines through the pipeline's proxy, also without a token", async () => {
            const said = await bitbucket.post(where({ token: undefined }), json("one", 250));
            assert.equal(said, "Reported the findings. Without a token there is no comment.");
            assert.deepEqual(comments, []);
            const [report, ...annotations] = writes();
            assert.equal(
                report?.url.href,
                `http://api.bitbucket.org/2.0/repositories/my/orders/commit/${commit}/reports/aurora-pipeline-review`,
            );
            assert.equal((report?.content as { result: string }).result, "FAILED");
            assert.deepEqual(
                annotations.map(({ content }) => (content as object[]).length),
                [100, 100, 50],
            );
            assert.deepEqual((annotations[1]?.content as object[])[1], {
                external_id: "aurora-pipeline-review-101",
                annotation_type: "BUG",
                summary: "rollback-proof: It fails.",
                details: "It fails.\n\\u{1b}[31m@team 101",
                severity: "HIGH",
                path: "a b.sql",
                line: 101,
            });
        });

        it("comments nothing for an older commit", async () => {
            const old = { state: "OPEN", source: { commit: { hash: "fedcba987654" } } };
            const answered = answer;
            answer = (one) =>
                one.url.pathname.endsWith("/pullrequests/7") ? { status: 200, content: old } : answered(one);
            assert.match(await bitbucket.post(where(), json("one")), /a newer review follows/);
            assert.deepEqual(comments, []);
        });

        it("fails if Bitbucket refuses the comment or the report", async () => {
            await assert.rejects(bitbucket.post(where({ token: "other" }), json("one")), {
                code: "AP3903",
                message: /Bitbucket answered 401 to GET \/2\.0\/repositories\/my\/orders\/pullrequests\/7\./,
            });
            answer = () => ({ status: 403, content: {} });
            await assert.rejects(bitbucket.post(where(), json("one")), {
                message: /Bitbucket answered 403 to PUT \S+\/reports\/aurora-pipeline-review\./,
            });
        });

        it("is chosen by the variables of its pipelines", () => {
            assert.throws(() => void post({ BITBUCKET_BUILD_NUMBER: "3", BITBUCKET_PR_ID: "7" }, json("one")), {
                message: /Bitbucket needs BITBUCKET_REPO_FULL_NAME, BITBUCKET_COMMIT, which are not set/,
            });
        });
    });

    it("to GitHub is chosen where no other host's variables are there", () => {
        assert.throws(() => void post({ GITHUB_REPOSITORY: "my/orders" }, json("one")), {
            message: /GitHub needs GITHUB_API_URL, GH_TOKEN, HEAD_OWNER, HEAD_BRANCH, HEAD_COMMIT, which/,
        });
    });
});
