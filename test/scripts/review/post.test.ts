import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { marker } from "../../../scripts/review/comment";
import type { post as Post } from "../../../scripts/review/post.mjs";

interface Comment {
    id: number;
    body: string;
    user: { type: string };
}

// A server that answers as GitHub documents it. What it does not prove: that GitHub does.
describe("posting a review", () => {
    let post: typeof Post;
    let server: Server;
    let comments: Comment[];
    let api: string;

    before(async () => {
        ({ post } = await import("../../../scripts/review/post.mjs"));
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
    const bodies = () => comments.map(({ body }) => body);

    it("comments once, and updates that comment", async () => {
        assert.equal(await post(where(), `${marker}\none`), "Commented on #7.");
        assert.equal(await post(where(), `${marker}\ntwo`), "Updated the comment on #7.");
        assert.deepEqual(bodies(), [`${marker}\ntwo`]);
    });

    it("finds its comment behind a hundred others, and takes nobody else's for it", async () => {
        comments = Array.from({ length: 150 }, (_, id) => ({ id, body: `${marker}\nforged`, user: { type: "User" } }));
        comments[120] = { id: 120, body: `${marker}\nold`, user: { type: "Bot" } };
        assert.equal(await post(where(), `${marker}\nnew`), "Updated the comment on #7.");
        assert.equal(bodies().filter((body) => body.endsWith("new")).length, 1);
        assert.equal(bodies()[120], `${marker}\nnew`);
    });

    it("posts nothing for an older commit, another branch, or a file that is no review", async () => {
        assert.match(await post(where({ commit: "old" }), `${marker}\n`), /a newer review follows/);
        assert.match(await post(where({ branch: "other" }), `${marker}\n`), /No open pull request/);
        assert.match(await post(where(), "Approved by @owner"), /no review: nothing was posted/);
        assert.deepEqual(comments, []);
    });

    it("cuts what is longer than a comment can be", async () => {
        await post(where(), marker + "x".repeat(100_000));
        assert.equal(bodies()[0]?.length, 65_000);
    });

    it("fails if GitHub refuses", async () => {
        await assert.rejects(post(where({ token: "other" }), `${marker}\n`), /GitHub answered 401/);
    });
});
