import * as assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { ListPipelineExecutionsCommand } from "@aws-sdk/client-codepipeline";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { awsClient } from "../../../../scripts/delivery/aws/clients";

interface Handler {
    httpHandlerConfigs(): { connectionTimeout?: number; requestTimeout?: number; throwOnRequestTimeout?: boolean };
}

describe("a client of AWS that gets no answer", () => {
    let server: Server;
    let sockets: Socket[];
    beforeEach(async () => {
        sockets = [];
        server = createServer((socket) => sockets.push(socket.on("error", () => {})));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
        sockets.forEach((socket) => socket.destroy());
        server.close();
    });

    const config = () => ({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: "eu-west-1",
        credentials: { accessKeyId: "id", secretAccessKey: "key" },
        maxAttempts: 1,
    });

    it("gives the call up after its time", async () => {
        const client = awsClient("codePipeline", config());
        const call = client.send(new ListPipelineExecutionsCommand({ pipelineName: "app" }));
        await assert.rejects(call, { name: "TimeoutError" });
        assert.equal(sockets.length, 1);
    });

    it("gives a call of RDS up after 20 s", async () => {
        const client = awsClient("rds", config());
        const handler = client.config.requestHandler as unknown as Handler;
        // The handler knows its limits once it has been asked for something.
        const aborted = client.send(new DescribeDBClustersCommand({}), { abortSignal: AbortSignal.timeout(300) });
        await assert.rejects(aborted);
        const { connectionTimeout, requestTimeout, throwOnRequestTimeout } = handler.httpHandlerConfigs();
        assert.deepEqual([connectionTimeout, requestTimeout, throwOnRequestTimeout], [5_000, 20_000, true]);
    });
});
