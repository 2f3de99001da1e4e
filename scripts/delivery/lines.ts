import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

const lineFeed = 0x0a;

/**
 * Splits a stream of bytes into lines, which end only at the byte 0x0A. `node:readline` also splits at CR, U+2028 and
 * U+2029, which would break up a line that contains one.
 */
export class ByteLines {
    private pieces: Buffer[] = [];

    /** The lines that these bytes complete, without their terminator. */
    push(bytes: Buffer): Buffer[] {
        const lines: Buffer[] = [];
        let start = 0;
        for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
            lines.push(this.take(bytes.subarray(start, end)));
            start = end + 1;
        }
        // A copy, because the stream may reuse its buffer. Joined once at the end of the line, so that long lines stay
        // linear.
        if (start < bytes.length) this.pieces.push(Buffer.from(bytes.subarray(start)));
        return lines;
    }

    /** The bytes after the last line; undefined if there are none. */
    rest(): Buffer | undefined {
        return this.pieces.length > 0 ? this.take(Buffer.alloc(0)) : undefined;
    }

    private take(end: Buffer): Buffer {
        const line = Buffer.concat([...this.pieces, end]);
        this.pieces = [];
        return line;
    }
}

/**
 * Passes on the lines that a program prints for people: invalid UTF-8 as U+FFFD, without the CR of a Windows line
 * ending. Resolves when the stream has ended, after the last line, which needs no terminator.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
    const lines = new ByteLines();
    const hand = (line: Buffer) => onLine(line.toString("utf8").replace(/\r$/, ""));
    return new Promise((resolve) => {
        stream.on("data", (bytes: Buffer) => lines.push(bytes).forEach(hand));
        // A pipe whose writer was killed can end in an error; what has arrived is all there is.
        stream.on("error", () => {});
        stream.once("close", () => {
            const rest = lines.rest();
            if (rest) hand(rest);
            resolve();
        });
    });
}

/** The last characters of a stream: the last output of a process. */
export class Tail {
    private text = "";

    constructor(
        stream: Readable,
        private readonly length: number,
    ) {
        const decoder = new StringDecoder("utf8");
        stream.on("data", (bytes: Buffer) => {
            this.text = (this.text + decoder.write(bytes)).slice(-this.length);
        });
    }

    /** Its last non-empty lines. */
    lines(count: number): string[] {
        return this.text
            .split(/\r?\n/)
            .filter((line) => line.trim() !== "")
            .slice(-count);
    }
}
