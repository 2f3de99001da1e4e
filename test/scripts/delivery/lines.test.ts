import * as assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { ByteLines, readLines, Tail } from "../../../scripts/delivery/lines";
import { hostile, traps } from "../../support/hostile";

const cuts = fc.array(fc.nat(), { maxLength: 10 });

/** The bytes in pieces, cut wherever, also within a character. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
    const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

async function read(pieces: Buffer[]): Promise<string[]> {
    const [stream, lines] = [new PassThrough(), [] as string[]];
    const done = readLines(stream, (line) => lines.push(line));
    for (const piece of pieces) stream.write(piece);
    stream.end();
    await done;
    return lines;
}

describe("lines of bytes", () => {
    it("end at 0x0A and nowhere else, wherever the bytes are cut", () => {
        fc.assert(
            fc.property(fc.array(hostile), cuts, (texts, places) => {
                const wanted = texts.map((text) => Buffer.from(text.replaceAll("\n", "")));
                const bytes = Buffer.concat(wanted.flatMap((line) => [line, Buffer.from("\n")]));
                const lines = new ByteLines();
                const found = cut(bytes, places).flatMap((piece) => lines.push(piece));
                assert.deepEqual(found, wanted);
                assert.equal(lines.rest(), undefined);
            }),
        );
    });

    it("do not change when the stream uses its buffer again", () => {
        const [lines, buffer] = [new ByteLines(), Buffer.from("first")];
        lines.push(buffer);
        buffer.fill("x");
        assert.deepEqual(lines.push(Buffer.from("\n")).map(String), ["first"]);
    });

    it("are joined once each, however small the pieces", () => {
        const joined: number[] = [];
        const concat = Buffer.concat.bind(Buffer);
        Buffer.concat = (list, ...rest) => {
            const bytes = concat(list, ...rest);
            joined.push(bytes.length);
            return bytes;
        };
        try {
            const lines = new ByteLines();
            for (let piece = 0; piece < 1024; piece++) assert.deepEqual(lines.push(Buffer.alloc(64, "a")), []);
            assert.equal(lines.push(Buffer.from("\n"))[0]?.length, 65_536);
        } finally {
            Buffer.concat = concat;
        }
        // Joining every piece to all before it would copy 500 times as many bytes.
        assert.deepEqual(joined, [65_536]);
    });
});

describe("lines for people", () => {
    it("hold what readline takes for line ends", async () => {
        const text = traps.map((trap) => `a${trap.replaceAll(/[\r\n]/g, "")}b`);
        const readable = text.map((line) => Buffer.from(line).toString());
        assert.deepEqual(await read([Buffer.from(`${text.join("\n")}\n`)]), readable);
    });

    it("are whole where a character is cut", async () => {
        const bytes = Buffer.from("größer €\u{1f600}\r\nnext");
        for (let place = 0; place <= bytes.length; place++) {
            assert.deepEqual(await read(cut(bytes, [place])), ["größer €\u{1f600}", "next"]);
        }
    });

    it("show bytes that are not UTF-8 as replacement characters", async () => {
        assert.deepEqual(await read([Buffer.from([0x61, 0xff, 0x62, 0x0a])]), ["a\ufffdb"]);
    });
});

describe("the tail of a stream", () => {
    it("keeps the last lines, and no more than it may", () => {
        const stream = new PassThrough();
        const tail = new Tail(stream, 11);
        stream.emit("data", Buffer.from("x".repeat(100_000)));
        stream.emit("data", Buffer.from("\none\n\ntwo €\n"));
        assert.deepEqual(tail.lines(2), ["one", "two €"]);
        assert.deepEqual(tail.lines(1), ["two €"]);
    });
});
