import * as net from "node:net";
import type { AddressInfo } from "node:net";

/** Where bytes go. */
export type Direction = "toServer" | "toClient";
export const bothDirections: Direction[] = ["toServer", "toClient"];

/** How a connection fails without a word. Half-open: the server has ended it, and the client was never told. */
export const holes = {
    "both directions": ["toServer", "toClient"],
    "answers only": ["toClient"],
    "requests only": ["toServer"],
    "half-open": undefined,
} as const satisfies Record<string, readonly Direction[] | undefined>;
export type Hole = keyof typeof holes;

export interface Target {
    host: string;
    port: number;
}

/** One connection through the link. */
interface Pair {
    client: net.Socket;
    server: net.Socket;
    swallowed: Set<Direction>;
    /** Bytes that the server sent. */
    answered: number;
}

/** What strikes a connection, by its number from 0, once the server has sent so many bytes on it. */
interface Strike {
    connection: number;
    answered: number;
    fault: (pair: Pair) => void;
}

/** What becomes of a new connection. */
type Welcome = "relay" | "swallow" | "hold" | "refuse";

/**
 * A TCP relay between builds and a server that fails as networks do: it swallows bytes without a word, in one direction or
 * in both, while either side takes its connection for a good one; it holds them back; it cuts and refuses. Each side's
 * packets are acknowledged all the while, so that no keepalive of TCP can help.
 */
export class Link {
    /** How many connections there were. */
    connections = 0;
    private readonly pairs = new Set<Pair>();
    private welcome: Welcome = "relay";
    private swallowedOfNew: Direction[] = [];
    private strikes: Strike[] = [];
    private readonly counts: number[] = [];

    private constructor(
        private readonly listener: net.Server,
        /** Where new connections go. */
        public target: Target,
    ) {
        listener.on("connection", (client) => this.relay(client));
    }

    static async start(target: Target): Promise<Link> {
        const listener = net.createServer();
        const link = new Link(listener, target);
        await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
        return link;
    }

    get port(): number {
        return (this.listener.address() as AddressInfo).port;
    }

    /** What a build needs to take this way. */
    get environment(): Record<string, string> {
        return { DB_PORT: String(this.port) };
    }

    /** Swallows what the current connections send; new ones are relayed, unless they are to be swallowed as well. */
    swallow(directions: Direction[], { also }: { also?: "new" } = {}): void {
        for (const pair of this.pairs) directions.forEach((direction) => pair.swallowed.add(direction));
        if (also === "new") {
            this.welcome = "swallow";
            this.swallowedOfNew = directions;
        }
    }

    /** Bytes that the server has sent on each connection so far. */
    get answered(): readonly number[] {
        return this.counts;
    }

    /** Ends all connections on the server's side, and lets no client know: half-open ones. */
    halfOpen(pairs: Iterable<Pair> = this.pairs): void {
        for (const { server, swallowed } of pairs) {
            bothDirections.forEach((direction) => swallowed.add(direction));
            server.destroy();
        }
    }

    /** Swallows what a connection sends, by its number from 0, once the server has sent so many bytes. */
    swallowLater(connection: number, answered: number, directions: Direction[]): void {
        const fault = ({ swallowed }: Pair) => directions.forEach((direction) => swallowed.add(direction));
        this.strikes.push({ connection, answered, fault });
    }

    /**
     * Opens a hole at that moment: in that connection alone, as where a firewall forgets it, or in all there are and will be,
     * as where the host is gone.
     */
    openLater(hole: Hole, at: Omit<Strike, "fault"> & { everything: boolean; onOpen: () => void }): void {
        const { everything, onOpen, ...moment } = at;
        let opened = false;
        const fault = (pair: Pair) => {
            if (opened) return;
            opened = true;
            const directions = holes[hole];
            if (directions === undefined) {
                this.halfOpen(everything ? undefined : [pair]);
            } else if (everything) {
                this.swallow([...directions], { also: "new" });
            } else {
                directions.forEach((direction) => pair.swallowed.add(direction));
            }
            onOpen();
        };
        this.strikes.push({ ...moment, fault });
    }

    /** Lets nothing through until {@link mend}, which lets through what was held back. */
    hold(): void {
        this.welcome = "hold";
        for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.pause());
    }

    /** Cuts all connections and refuses new ones until {@link mend}. */
    refuse(): void {
        this.welcome = "refuse";
        this.cut();
    }

    /** Relays new connections again; those that were swallowed stay so, on both sides. */
    letIn(): void {
        this.welcome = "relay";
        this.swallowedOfNew = [];
    }

    /** Relays again. Connections that were swallowed are ended on the server's side, as its keepalives would do. */
    mend(): void {
        this.welcome = "relay";
        this.swallowedOfNew = [];
        this.strikes = [];
        for (const { client, server, swallowed } of this.pairs) {
            if (swallowed.size > 0) server.destroy();
            else [client, server].forEach((socket) => socket.resume());
        }
    }

    cut(): void {
        for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resetAndDestroy());
    }

    async close(): Promise<void> {
        this.cut();
        await new Promise((resolve) => this.listener.close(resolve));
    }

    private relay(client: net.Socket): void {
        const number = this.connections++;
        client.on("error", () => {});
        if (this.welcome === "refuse") {
            client.resetAndDestroy();
            return;
        }
        const server = net.connect(this.target);
        server.on("error", () => {});
        const pair: Pair = { client, server, swallowed: new Set(), answered: 0 };
        this.pairs.add(pair);
        if (this.welcome === "swallow") this.swallowedOfNew.forEach((direction) => pair.swallowed.add(direction));
        const strike = () => {
            for (const { connection, answered, fault } of this.strikes) {
                if (connection === number && pair.answered >= answered) fault(pair);
            }
        };
        this.counts[number] = 0;
        strike();
        this.pass(pair, client, server, "toServer");
        this.pass(pair, server, client, "toClient", (bytes) => {
            pair.answered += bytes;
            this.counts[number] = pair.answered;
            strike();
        });
        if (this.welcome === "hold") [client, server].forEach((socket) => socket.pause());
    }

    /** Passes bytes on, and the end of a connection; where they are swallowed, that is swallowed as well. */
    private pass(pair: Pair, from: net.Socket, to: net.Socket, direction: Direction, note?: (bytes: number) => void) {
        from.on("data", (chunk: Buffer) => {
            if (!pair.swallowed.has(direction)) to.write(chunk);
            note?.(chunk.length);
        });
        from.on("close", () => {
            if (!pair.swallowed.has(direction)) to.destroy();
            if (pair.client.destroyed && pair.server.destroyed) this.pairs.delete(pair);
        });
    }
}
