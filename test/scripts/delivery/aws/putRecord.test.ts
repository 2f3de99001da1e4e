import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { putRecord } from "../../../../scripts/delivery/aws/putRecord";

describe("the upload of a record", () => {
    let server: Server;
    /** What S3 answers to each upload: a status, and the code of an error. */
    let answers: [status: number, code?: string][];
    let received: (string | string[] | undefined)[];
    beforeEach(async () => {
        received = [];
        server = createServer((request, response) => {
            received.push(request.headers["if-none-match"]);
            const [status, code] = answers.shift()!;
            request.resume().on("end", () => {
                response.writeHead(status, { "content-type": "application/xml" });
                response.end(code && `<Error><Code>${code}</Code><Message>m</Message></Error>`);
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => server.close());

    const put = () =>
        putRecord(
            { bucket: "bucket", key: "deployments/release-1.json", record: "{}" },
            {
                endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
                region: "eu-west-1",
                credentials: { accessKeyId: "id", secretAccessKey: "key" },
                forcePathStyle: true,
            },
        );
    const conflict: [number, string] = [409, "ConditionalRequestConflict"];

    it("is repeated while another one is in progress, as S3 demands, and never overwrites", async () => {
        answers = [conflict, conflict, [200]];
        assert.equal(await put(), true);
        answers = [conflict, [412, "PreconditionFailed"]];
        assert.equal(await put(), false);
        assert.deepEqual(received, ["*", "*", "*", "*", "*"]);
    });

    it("fails at once where S3 refuses it for another reason", async () => {
        answers = [[403, "AccessDenied"]];
        await assert.rejects(put(), { name: "AccessDenied" });
        answers = [[409, "OperationAborted"]];
        await assert.rejects(put(), { name: "OperationAborted" });
    });
});
