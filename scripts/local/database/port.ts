import { createServer } from "node:net";
import { startErrors } from "../errors";

/** The previous port if it is still free, else any free one. */
export async function choosePort(preferred?: number): Promise<number> {
    if (preferred !== undefined && (await tryPort(preferred)) !== undefined) return preferred;
    const port = await tryPort(0);
    if (port === undefined) throw new startErrors.NoFreePort({});
    return port;
}

function tryPort(port: number): Promise<number | undefined> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => resolve(undefined));
        server.listen({ port, host: "127.0.0.1" }, () => {
            const address = server.address();
            server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
        });
    });
}
