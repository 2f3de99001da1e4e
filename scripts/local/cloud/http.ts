import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessKey, AccessKeys } from "./accessKeys";
import { InternalError } from "../../../components/errorDefinition";

/** A call of an AWS API. */
export interface Call {
    method: string;
    /** Path and query. */
    url: string;
    headers: IncomingMessage["headers"];
    body: string;
    /** The key that it is signed with. */
    caller: AccessKey;
}

/** An error response of a service, with the service's own codes. */
export class Refusal extends InternalError {
    constructor(
        readonly code: string,
        message: string,
        /** Default: the protocol's. */
        readonly status?: number,
    ) {
        super(message);
    }
}

/** A service's wire format. */
export interface Protocol {
    /** Media type of all responses. */
    type: string;
    refusal(code: string, message: string): string;
    refusalStatus: number;
}

/** An AWS API on this machine. */
export interface Service {
    url: string;
    close(): Promise<void>;
}

/**
 * Serves an API to the builds of one run. `answer` returns the body, or throws a {@link Refusal}; it never sees calls
 * that were not signed with an access key of the run.
 */
export async function serve(
    keys: AccessKeys,
    protocol: Protocol,
    answer: (call: Call) => string | Promise<string>,
): Promise<Service> {
    const respond = async (request: IncomingMessage, response: ServerResponse) => {
        const { status, body } = await reply(request);
        response.writeHead(status, { "content-type": protocol.type }).end(body);
    };
    const reply = async (request: IncomingMessage) => {
        try {
            return { status: 200, body: await answer(await callOf(request, keys)) };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            const { code, message, status = protocol.refusalStatus } = error;
            return { status, body: protocol.refusal(code, message) };
        }
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

async function callOf(request: IncomingMessage, keys: AccessKeys): Promise<Call> {
    const { method = "", url = "", headers } = request;
    const caller = keys.find(/Credential=([^/]*)\//.exec(headers.authorization ?? "")?.[1] ?? "");
    if (!caller) {
        throw new Refusal("InvalidClientTokenId", "The access key does not belong to the local run.");
    }
    return { method, url, headers, body: await read(request), caller };
}

async function read(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}

/** AWS's JSON protocol; services differ in the name of the error message's field. */
export function jsonProtocol(message: "message" | "Message"): Protocol {
    return {
        type: "application/x-amz-json-1.1",
        refusal: (code, text) => JSON.stringify({ __type: code, [message]: text }),
        refusalStatus: 400,
    };
}

/** Escapes text for XML. */
export function escapeXml(text: string): string {
    return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
