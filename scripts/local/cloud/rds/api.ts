import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../../errors";
import { actions, type Xml } from "./actions";
import { type Clusters, RdsError } from "./clusters";

/** RDS's API on this machine, for the builds of one run. */
export interface RdsApi {
    /** What makes the AWS SDK call it: variables that CodeBuild and the user would set. */
    environment: Record<string, string>;
    close(): Promise<void>;
}

/** Serves the API; whoever does not have the run's own access key is refused. */
export async function serveRds(clusters: Clusters): Promise<RdsApi> {
    await clusters.removeClones();
    const accessKey = `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`;
    const server = createServer((request, response) => {
        void answer(request, clusters, accessKey).then(
            (text) => send(response, 200, text),
            (error: unknown) => send(response, error instanceof RdsError ? 400 : 500, errorXml(error)),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        environment: {
            AWS_ENDPOINT_URL_RDS: `http://127.0.0.1:${port}`,
            AWS_ACCESS_KEY_ID: accessKey,
            AWS_SECRET_ACCESS_KEY: randomBytes(16).toString("hex"),
        },
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            await clusters.removeClones();
        },
    };
}

async function answer(request: IncomingMessage, clusters: Clusters, accessKey: string): Promise<string> {
    if (!request.headers.authorization?.includes(`Credential=${accessKey}/`)) {
        throw new RdsError("InvalidClientTokenId", "The access key is not that of the local run.");
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const parameters = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
    const name = parameters.get("Action") ?? "";
    const action = actions[name];
    if (!action) throw new RdsError("InvalidAction", `The local run does not do RDS's ${name}.`);
    return xml({ [`${name}Response`]: { [`${name}Result`]: await action(parameters, clusters) } });
}

function errorXml(error: unknown): string {
    const code = error instanceof RdsError ? error.code : "InternalFailure";
    return xml({ ErrorResponse: { Error: { Type: "Sender", Code: code, Message: messageOf(error) } } });
}

function send(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { "content-type": "text/xml" }).end(text);
}

function xml(content: Xml): string {
    if (typeof content === "string") {
        return content.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
    }
    return Object.entries(content)
        .flatMap(([name, value]) => [value].flat().map((each) => `<${name}>${xml(each)}</${name}>`))
        .join("");
}
