import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { DeliveryError } from "../errors";
import { ByteLines } from "../lines";

// A socket's name has at most 104 bytes on macOS, 108 on Linux; the system cuts off what is longer.
const longestName = 100;

export interface FramesOptions {
    /** A frame from the other side: what it is and its content. */
    onFrame: (kind: string, content: unknown) => void;
    /** What came is no frame, or `onFrame` failed. Nothing is read any more. */
    onBroken: (error: Error) => void;
}

/**
 * This side of the connection to a Java process: see `Frames.java`. A Unix domain socket in a directory that only this
 * user may enter; the first to connect is the process that was told its name, and nobody else gets in after it.
 */
export class Frames {
    /** Name of the socket. */
    readonly socket: string;
    private readonly server: net.Server;
    private readonly directory: string;
    private connection: net.Socket | undefined;
    private waiting: string[] = [];
    private closed = false;

    constructor(private readonly options: FramesOptions) {
        this.directory = fs.mkdtempSync(path.join(shortTemporaryDirectory(), "frames-"));
        this.socket = path.join(this.directory, "s");
        this.server = net.createServer((connection) => this.connected(connection));
        this.server.on("error", (error) => options.onBroken(error));
        this.server.listen(this.socket);
    }

    /** Sends an array of strings; before the other side has connected, as soon as it has. */
    send(strings: string[]): void {
        const frame = encode(strings);
        if (this.connection) {
            this.connection.write(frame);
        } else if (!this.closed) {
            this.waiting.push(frame);
        }
    }

    /** Ends the connection: the other side reads its end. */
    end(): void {
        this.stopListening();
        this.connection?.end();
    }

    /** Resolves when all that a process sent before it ended was read. */
    async drained(): Promise<void> {
        this.stopListening();
        const { connection } = this;
        if (connection && !connection.closed) {
            await new Promise<void>((resolve) => connection.once("close", () => resolve()));
        }
    }

    private connected(connection: net.Socket): void {
        this.connection = connection;
        this.stopListening();
        const lines = new ByteLines();
        connection.on("data", (bytes) => {
            try {
                for (const line of lines.push(bytes)) this.options.onFrame(...decode(line));
            } catch (error) {
                connection.destroy();
                this.options.onBroken(error as Error);
            }
        });
        // The other side is gone; that its process ended says more.
        connection.on("error", () => {});
        for (const frame of this.waiting.splice(0)) connection.write(frame);
    }

    private stopListening(): void {
        if (!this.closed) {
            this.closed = true;
            this.server.close();
            fs.rmSync(this.directory, { recursive: true, force: true });
        }
    }
}

/** A frame of strings, in ASCII. */
export function encode(strings: string[]): string {
    // JSON.stringify leaves what is not ASCII as it is, lone surrogates excepted.
    const ascii = JSON.stringify(strings).replace(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `${ascii}\n`;
}

function decode(line: Buffer): [kind: string, content: unknown] {
    let frame: unknown;
    try {
        frame = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line));
    } catch {
        // Told below, with what came.
    }
    if (!Array.isArray(frame) || frame.length !== 2 || typeof frame[0] !== "string") {
        const beginning = JSON.stringify(line.subarray(0, 200).toString("latin1"));
        throw new DeliveryError(
            `Liquibase's Java process sent ${line.length} bytes that are not a frame: ${beginning}`,
        );
    }
    return [frame[0], frame[1]];
}

function shortTemporaryDirectory(): string {
    const longestInIt = path.join(os.tmpdir(), "frames-123456", "s");
    return Buffer.byteLength(longestInIt) <= longestName ? os.tmpdir() : "/tmp";
}
