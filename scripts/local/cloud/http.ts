import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessKey, AccessKeys } from "./accessKeys";

/** A call of one of AWS's APIs. */
export interface Call {
    method: string;
    /** Path and query. */
    url: string;
    headers: IncomingMessage["headers"];
    body: string;
    /** Whose key it is signed with. */
    caller: AccessKey;
}

export interface Answer {
    status: number;
    type: string;
    body: string;
}

/** An API of AWS on this machine. */
export interface Service {
    url: string;
    close(): Promise<void>;
}

/** Serves an API to the builds of one run; `refuse` is for calls that no access key of the run signed. */
export async function serve(
    keys: AccessKeys,
    answer: (call: Call) => Promise<Answer>,
    refuse: (code: string, message: string) => Answer,
): Promise<Service> {
    const respond = async (request: IncomingMessage, response: ServerResponse) => {
        const caller = keys.find(/Credential=([^/]*)\//.exec(request.headers.authorization ?? "")?.[1] ?? "");
        const { status, type, body } = caller
            ? await answer(await callOf(request, caller))
            : refuse("InvalidClientTokenId", "The access key is not that of the local run.");
        response.writeHead(status, { "content-type": type }).end(body);
    };
    const server = createServer((request, response) => {
        respond(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

async function callOf(request: IncomingMessage, caller: AccessKey): Promise<Call> {
    const { method = "", url = "", headers } = request;
    return { method, url, headers, body: await read(request), caller };
}

async function read(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}
