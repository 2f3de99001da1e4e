import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { ByteLines } from "../../lines";

// A socket's path can have 104 bytes on macOS, 108 on Linux; the system truncates longer ones.
const longestName = 100;

export interface FramesOptions {
    /** Receives each frame from the other side: its kind and content. */
    onFrame: (kind: string, content: unknown) => void;
    /** The error for input that is not a frame. */
    garbled: (input: { bytes: number; beginning: string }) => Error;
    /** Called if the input is not a frame, or `onFrame` failed. Nothing more is read. */
    onBroken: (error: Error) => void;
}

/**
 * This side of the connection to a Java process: see `Frames.java`. It is a Unix domain socket in a directory that only
 * this user may enter. The first to connect is the process that was given the path, and no other connection is
 * accepted.
 */
export class Frames {
    /** Path of the socket. */
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

    /** Sends an array of strings, at the latest when the other side has connected. */
    send(strings: string[]): void {
        const frame = encode(strings);
        if (this.connection) {
            this.connection.write(frame);
        } else if (!this.closed) {
            this.waiting.push(frame);
        }
    }

    /** Closes the connection: the other side reads end-of-stream. */
    end(): void {
        this.stopListening();
        this.connection?.end();
    }

    /** Resolves once everything that the process sent before it ended has been read. */
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
                for (const line of lines.push(bytes)) this.options.onFrame(...decode(line, this.options));
            } catch (error) {
                connection.destroy();
                this.options.onBroken(error as Error);
            }
        });
        // The other side is gone; the end of its process says more.
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
    // JSON.stringify leaves non-ASCII characters as they are, except lone surrogates.
    const ascii = JSON.stringify(strings).replace(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `${ascii}\n`;
}

function decode(line: Buffer, { garbled }: Pick<FramesOptions, "garbled">): [kind: string, content: unknown] {
    let frame: unknown;
    try {
        frame = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line));
    } catch {
        // Reported below, with the input.
    }
    if (!Array.isArray(frame) || frame.length !== 2 || typeof frame[0] !== "string") {
        const beginning = JSON.stringify(line.subarray(0, 200).toString("latin1"));
        throw garbled({ bytes: line.length, beginning });
    }
    return [frame[0], frame[1]];
}

function shortTemporaryDirectory(): string {
    const longestInIt = path.join(os.tmpdir(), "frames-123456", "s");
    return Buffer.byteLength(longestInIt) <= longestName ? os.tmpdir() : "/tmp";
}
