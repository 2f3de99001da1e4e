import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { comment, htmlForm } from "../../../scripts/review/comment";
import { type ReviewData, readReview } from "../../../scripts/review/data";
import { post } from "../../../scripts/review/hosts/github";
import { nonEmpty } from "../../support/nonEmpty";

interface Comment {
    id: number;
    body: string;
    user: { type: string };
}

// A server that answers as GitHub documents it. What it does not prove: that GitHub does.
describe("posting a review", () => {
    let server: Server;
    let comments: Comment[];
    let api: string;

    before(async () => {
        server = createServer((request, response) => {
            void answer(request).then(({ status, content }) => {
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());
    beforeEach(() => (comments = []));

    async function answer(request: IncomingMessage): Promise<{ status: number; content: unknown }> {
        const { method = "", headers } = request;
        const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
        if (headers.authorization !== "Bearer token") return { status: 401, content: {} };
        let text = "";
        for await (const chunk of request) text += String(chunk);
        const { body = "" } = (text === "" ? {} : JSON.parse(text)) as { body?: string };
        if (pathname === "/repos/my/orders/pulls") {
            const open = searchParams.get("head") === "ana:feature/a b";
            return { status: 200, content: open ? [{ number: 7, head: { sha: "new" } }] : [] };
        }
        if (method === "GET" && pathname === "/repos/my/orders/issues/7/comments") {
            const from = (Number(searchParams.get("page")) - 1) * 100;
            return { status: 200, content: comments.slice(from, from + 100) };
        }
        if (method === "POST" && pathname === "/repos/my/orders/issues/7/comments") {
            comments.push({ id: comments.length, body, user: { type: "Bot" } });
            return { status: 201, content: {} };
        }
        const [, id] = /^\/repos\/my\/orders\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
        const comment = comments.find((candidate) => method === "PATCH" && candidate.id === Number(id));
        if (comment === undefined) return { status: 404, content: {} };
        comment.body = body;
        return { status: 200, content: {} };
    }

    const where = (more: object = {}) => ({
        ...{ api, repository: "my/orders", token: "token", owner: "ana", branch: "feature/a b", commit: "new" },
        ...more,
    });
    const of = (id: string): ReviewData => ({
        changes: [{ kind: "new", author: "ana", id, path: "a.sql", sql: "SELECT 1;", proof: "proven", evidence: [] }],
        findings: [{ level: "error", rule: "rollback-proof", file: "a.sql", line: 1, message: "It fails." }],
        previews: [{ environment: "dev", changes: [{ does: "delete", type: "t", name: "n", because: [] }] }],
        since: ["added it"],
    });
    const json = (id: string) => JSON.stringify(of(id));
    const bodies = () => comments.map(({ body }) => body);

    it("comments once, and updates that comment", async () => {
        assert.equal(await post(where(), json("one")), "Commented on #7.");
        assert.equal(await post(where(), json("two")), "Updated the comment on #7.");
        assert.deepEqual(bodies(), [comment(of("two"))]);
    });

    it("finds its comment behind a hundred others, and takes nobody else's for it", async () => {
        comments = Array.from({ length: 150 }, (_, id) => ({
            id,
            body: `${htmlForm.marker}\nforged`,
            user: { type: "User" },
        }));
        comments[120] = { id: 120, body: `${htmlForm.marker}\nold`, user: { type: "Bot" } };
        assert.equal(await post(where(), json("new")), "Updated the comment on #7.");
        assert.equal(bodies().filter((body) => body.includes("ana:new")).length, 1);
        assert.equal(bodies()[120], comment(of("new")));
    });

    it("posts nothing for an older commit, another branch, or a file that is no review", async () => {
        assert.match(await post(where({ commit: "old" }), json("one")), /a newer review follows/);
        assert.match(await post(where({ branch: "other" }), json("one")), /No open pull request/);
        await assert.rejects(post(where(), "Approved by @owner"), { code: "AP3901" });
        assert.deepEqual(comments, []);
    });

    it("posts what it makes of the data itself, whatever text the pull request brings along", async () => {
        const hostile = "@team #1 ![](http://x) <img src=x>";
        await post(where(), JSON.stringify({ ...of(hostile), comment: hostile, body: hostile, marker: hostile }));
        assert.deepEqual(bodies(), [comment(of(hostile))]);
        assert.doesNotMatch(bodies()[0]!.replaceAll(/`[^`]+`/g, ""), /@team|#1|http|<img/);
        assert.match(bodies()[0]!, /^<!-- .* -->\n\nWhat the pull request's own run reported; its code could change/);
    });

    it("takes no word for its own that is not, and nothing that has another type", () => {
        assert.deepEqual(readReview("review.json", json("one")), of("one"));
        const [change, finding, preview] = [of("one").changes[0], of("one").findings[0], of("one").previews[0]];
        for (const forged of nonEmpty<unknown>([
            null,
            [],
            { ...of("one"), changes: [{ ...change, kind: "**approved** @owner" }] },
            { ...of("one"), changes: [{ ...change, proof: "toString" }] },
            { ...of("one"), changes: [{ ...change, sql: { length: 1 } }] },
            { ...of("one"), changes: { length: 1 } },
            { ...of("one"), findings: [{ ...finding, level: "@owner" }] },
            { ...of("one"), findings: [{ ...finding, line: "1` @owner" }] },
            { ...of("one"), previews: [{ ...preview, changes: [{ does: "constructor" }] }] },
            { ...of("one"), since: [1] },
        ])) {
            assert.throws(() => readReview("review.json", JSON.stringify(forged)), { code: "AP3901" });
        }
    });

    it("stays within a comment, whatever the data is", () => {
        const long = "`@x` ".repeat(40_000);
        const data = of(long);
        const text = comment({
            changes: Array.from({ length: 200 }, () => ({ ...data.changes[0]!, path: long, author: long, sql: long })),
            findings: Array.from({ length: 200 }, () => ({ ...data.findings[0]!, message: long, rule: long })),
            previews: Array.from({ length: 2000 }, () => ({ ...data.previews[0]!, environment: long })),
            since: [long, long],
        });
        assert.ok(text.length <= 60_000, String(text.length));
    });

    it("fails if GitHub refuses", async () => {
        await assert.rejects(post(where({ token: "other" }), json("one")), /GitHub answered 401/);
    });
});
