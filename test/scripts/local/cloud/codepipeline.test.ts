import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { askPipeline } from "../../../../scripts/delivery/aws/askPipeline";
import { AccessKeys } from "../../../../scripts/local/cloud/accessKeys";
import { serveCodePipeline } from "../../../../scripts/local/cloud/codepipeline/api";
import { ActionExecutions } from "../../../../scripts/local/cloud/codepipeline/executions";
import type { Service } from "../../../../scripts/local/cloud/http";
import { Permissions } from "../../../../scripts/local/cloud/permissions";
import type { ActionContext, ActionResult } from "../../../../scripts/local/pipeline/execution";
import type { Provider } from "../../../../scripts/local/pipeline/model";

// AWS's own SDK, as the builds use it, against CodePipeline's JSON protocol as the local run speaks it.
const location = { region: "eu-central-1", accountId: "000000000000" };
const arn = "arn:aws:codepipeline:eu-central-1:000000000000:orders";
const role = "arn:aws:iam::000000000000:role/orders-deploy";
const me = `arn:aws:iam::000000000000:user/${userInfo().username}`;

describe("the approver, as reported to a build", () => {
    let service: Service | undefined;
    let executions: ActionExecutions;
    const keys = new AccessKeys();

    async function serve(resource = arn): Promise<void> {
        executions = new ActionExecutions(location);
        const Statement = [{ Effect: "Allow", Action: ["codepipeline:ListActionExecutions"], Resource: [resource] }];
        const policy = JSON.stringify({ Version: "2012-10-17", Statement });
        const permissions = Permissions.of([
            {
                ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "policy", id: "policy", custom: true, outputs: {} },
                inputs: { role: "orders-deploy", policy },
            },
        ]);
        service = await serveCodePipeline({ name: "orders", arn, executions }, keys, permissions);
    }
    afterEach(async () => {
        await service?.close();
        service = undefined;
    });

    const credentials = () => {
        const { id, secret } = keys.of(role);
        return { accessKeyId: id, secretAccessKey: secret };
    };
    const ask = (executionId: string, pipelineName = "orders", endpoint = service!.url) =>
        askPipeline({ pipelineName, executionId }, { endpoint, region: location.region, credentials: credentials() });
    const act = (executionId: string, provider: Provider, result: ActionResult, stage = "Approve") =>
        executions.watch(executionId, () => Promise.resolve(result))({
            stage,
            action: { ...{ name: stage, provider, runOrder: 1, configuration: {} }, inputs: [], outputs: [] },
        } as unknown as ActionContext);
    const approved: ActionResult = { status: "Succeeded", message: "read it" };

    it("is the person, the time and the comment of this execution's approval", async () => {
        await serve();
        await act("one", "CodeBuild", { status: "Succeeded" }, "Plan");
        await act("one", "Manual", approved);
        await act("one", "CodeBuild", { status: "Succeeded" }, "Deploy");
        await act("another", "Manual", { status: "Succeeded", message: "not this one" });
        const { approvedAt, ...others } = await ask("one");
        assert.deepEqual(others, { approver: me, comment: "read it" });
        assert.ok(Math.abs(Date.now() - Date.parse(approvedAt!)) < 60_000, approvedAt);
    });

    it("is the last approval, where a rejection came before", async () => {
        await serve();
        await act("one", "Manual", { status: "Failed", message: "no" });
        await act("one", "Manual", approved);
        assert.equal((await ask("one")).comment, "read it");
    });

    it("is found on any page of the results", async () => {
        await serve();
        await act("one", "Manual", approved);
        for (let action = 0; action < 230; action++) await act("one", "CodeBuild", { status: "Failed" }, "Deploy");
        assert.equal((await ask("one")).approver, me);
    });

    it("is unknown, and says why, without an approval, a permission, or such a pipeline", async () => {
        await serve();
        await act("one", "Manual", { status: "InProgress" });
        assert.deepEqual(await ask("one"), {
            approver: "unknown",
            reason: "CodePipeline reports no approval for this execution",
        });
        assert.match((await ask("one", "another")).reason!, /rejected the request \(PipelineNotFoundException: /);
        await service!.close();
        await serve(`${arn}-of-others`);
        const { approver, reason } = await ask("one");
        assert.equal(approver, "unknown");
        assert.match(reason!, /\(AccessDeniedException: User: .*orders-deploy is not authorized to perform: codepipel/);
    });

    describe("where nobody answers", () => {
        let silent: Server;
        before((done) => {
            silent = createServer(() => {}).listen(0, "127.0.0.1", done);
        });
        after(() => {
            silent.closeAllConnections();
            silent.close();
        });

        it("is unknown after three seconds, and says what may be missing", async () => {
            const started = performance.now();
            const { port } = silent.address() as AddressInfo;
            const { approver, reason } = await ask("one", "orders", `http://127.0.0.1:${port}`);
            const seconds = (performance.now() - started) / 1000;
            assert.equal(approver, "unknown");
            assert.match(reason!, /did not answer within 3 s .*needs the interface endpoint of codepipeline$/);
            assert.ok(seconds > 2.5 && seconds < 6, `${seconds} s`);
        });

        it("is unknown at once without a route", async () => {
            const { reason } = await ask("one", "orders", "http://127.0.0.1:9");
            assert.match(reason!, /did not answer within 3 s \(.*ECONNREFUSED/);
        });
    });
});
