import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import * as fc from "fast-check";
import { encode, Frames } from "../../../../../scripts/delivery/tools/java/frames";
import { hostile } from "../../../../support/hostile";
import { liquibaseErrors } from "../../../../../scripts/delivery/tools/liquibase/errors";

const garbled = (input: { bytes: number; beginning: string }) => new liquibaseErrors.LiquibaseGarbled(input);

describe("a frame to Java", () => {
    it("is one line of printable ASCII with the same content", () => {
        fc.assert(
            fc.property(fc.array(hostile), (strings) => {
                const frame = encode(strings);
                assert.match(frame, /^[\x20-\x7e]*\n$/);
                assert.deepEqual(JSON.parse(frame), strings);
            }),
        );
    });
});

describe("the connection to Java", () => {
    let frames: Frames;
    let peer: net.Socket;
    let received: [string, unknown][];
    let broken: Promise<Error>;

    beforeEach(() => {
        received = [];
        broken = new Promise((resolve) => {
            frames = new Frames({
                garbled,
                onFrame: (...frame) => {
                    received.push(frame);
                    if (frame[0] === "refused") throw new Error("refused");
                },
                onBroken: resolve,
            });
        });
    });
    afterEach(() => {
        frames.end();
        peer?.destroy();
    });

    const connect = () =>
        new Promise<net.Socket>((resolve, reject) => {
            const socket: net.Socket = net.connect(frames.socket, () => resolve(socket));
            socket.on("error", reject);
        });

    it("delivers frames, wherever they are split", async () => {
        peer = await connect();
        const bytes = Buffer.from('["event",{"message":"a\\u2028b"}]\n["error","größer\u2028€"]\n["exit",3]\n');
        for (const byte of bytes) {
            peer.write(Buffer.from([byte]));
            await new Promise(setImmediate);
        }
        peer.end();
        await frames.drained();
        assert.deepEqual(received, [
            ["event", { message: "a\u2028b" }],
            ["error", "größer\u2028€"],
            ["exit", 3],
        ]);
    });

    it("keeps data that is sent before the other side connects", async () => {
        frames.send(["first"]);
        frames.send(["second"]);
        peer = await connect();
        frames.send(["third"]);
        frames.end();
        const pieces: Buffer[] = [];
        for await (const piece of peer) pieces.push(piece as Buffer);
        assert.equal(Buffer.concat(pieces).toString(), '["first"]\n["second"]\n["third"]\n');
    });

    it("admits one process, and leaves nothing behind", async () => {
        peer = await connect();
        frames.send(["something"]);
        await new Promise((resolve) => peer.once("data", resolve));
        await assert.rejects(connect());
        assert.ok(!fs.existsSync(path.dirname(frames.socket)));
    });

    it("admits only this user", () => {
        assert.equal(fs.statSync(path.dirname(frames.socket)).mode & 0o777, 0o700);
    });

    it("has a name within the system's limit, even in a temporary directory with a long name", () => {
        const { TMPDIR: before } = process.env;
        process.env["TMPDIR"] = fs.mkdtempSync(path.join(path.dirname(frames.socket), "x".repeat(120)));
        try {
            const other = new Frames({ garbled, onFrame: () => {}, onBroken: () => {} });
            assert.ok(other.socket.length <= 100);
            other.end();
        } finally {
            if (before === undefined) delete process.env["TMPDIR"];
            else process.env["TMPDIR"] = before;
        }
    });

    for (const [what, bytes] of Object.entries({
        "no JSON": Buffer.from("exit 0\n"),
        "a frame in pieces": Buffer.from('["event",{"message":"a\nb"}]\n'),
        "no UTF-8": Buffer.from([...Buffer.from('["error","'), 0xc3, 0x28, ...Buffer.from('"]\n')]),
        "half a frame after another": Buffer.from('["exit",0]["exit",0]\n'),
        "another array": Buffer.from('["exit"]\n'),
        "an object": Buffer.from('{"kind":"exit"}\n'),
        "an empty line": Buffer.from("\n"),
    })) {
        it(`breaks at ${what}, and reads nothing after it`, async () => {
            peer = await connect();
            peer.write(Buffer.concat([Buffer.from('["error","before"]\n'), bytes, Buffer.from('["exit",0]\n')]));
            const { message } = await broken;
            assert.match(message, /^AP1308: Liquibase's Java process sent \d+ bytes that are not a valid message: "/);
            assert.deepEqual(received, [["error", "before"]]);
        });
    }

    it("breaks when a frame is refused", async () => {
        peer = await connect();
        peer.write('["refused",0]\n["exit",0]\n');
        assert.equal((await broken).message, "refused");
        assert.deepEqual(received, [["refused", 0]]);
    });
});
