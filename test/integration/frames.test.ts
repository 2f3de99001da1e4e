import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { Frames } from "../../scripts/delivery/tools/java/frames";
import { javaCompiler } from "../../scripts/toolchain/assemble";
import { Cache } from "../../scripts/toolchain/cache";
import { compile } from "../../scripts/toolchain/java";
import { hostile, traps } from "../support/hostile";
import { root } from "../support/program";
import { liquibaseErrors } from "../../scripts/delivery/tools/liquibase/errors";

const garbled = (input: { bytes: number; beginning: string }) => new liquibaseErrors.LiquibaseGarbled(input);

// The connection's two real sides: `frames.ts`, and `Frames.java` with `Json.java` in a JVM that echoes (`Echo.java`).

const java = process.env["JAVA_HOME"] ? path.join(process.env["JAVA_HOME"], "bin/java") : "java";

/** Compiles the Java side and the echo. */
function compileEcho(target: string): void {
    const cache = new Cache(path.join(root, "node_modules/.cache/aurora-pipeline/test"));
    const own = ["Frames", "Json", "ErrorLines"].map(
        (name) => `scripts/delivery/tools/java/aurorapipeline/${name}.java`,
    );
    const sources = [...own, "test/support/java/aurorapipeline/Echo.java"].map((file) => path.join(root, file));
    const compiler = javaCompiler(root, cache, () => {}).map(({ file }) => file);
    compile({ compiler, sources, classPath: [target], target });
}

interface Answer {
    event: { strings: string[]; count: number };
    errors: string[];
}

class Echo {
    private readonly process: ChildProcess;
    private readonly frames: Frames;
    private errors: string[] = [];
    private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
    /** Frames that the echo does not send: forged ones. */
    readonly unknown: string[] = [];
    printed = 0;

    constructor(classes: string) {
        this.frames = new Frames({
            garbled,
            onFrame: (kind, content) => this.receive(kind, content),
            onBroken: (error) => this.waiting?.reject(error),
        });
        this.process = spawn(java, ["-cp", classes, "aurorapipeline.Echo", this.frames.socket], {
            stdio: ["ignore", "pipe", "pipe"],
            env: { ...process.env, LC_ALL: "C.UTF-8" },
        });
        for (const stream of [this.process.stdout!, this.process.stderr!]) {
            stream.on("data", (bytes: Buffer) => (this.printed += bytes.length));
        }
        this.process.once("exit", (code) => this.waiting?.reject(new Error(`The echo ended with ${code}`)));
    }

    send(strings: string[]): Promise<Answer> {
        return new Promise((resolve, reject) => {
            this.waiting = { resolve, reject };
            this.frames.send(strings);
        });
    }

    async close(): Promise<number | null> {
        const exit = once(this.process, "close") as Promise<[number | null]>;
        this.frames.end();
        const [code] = await exit;
        await this.frames.drained();
        return code;
    }

    private receive(kind: string, content: unknown): void {
        if (kind === "error") {
            this.errors.push(content as string);
        } else if (kind === "event") {
            this.waiting?.resolve({ event: content as Answer["event"], errors: this.errors });
            this.errors = [];
        } else {
            this.unknown.push(kind);
        }
    }
}

/** What Java prints of a string, in lines: its encoder has no bytes for half a surrogate pair. */
function linesPrinted(text: string): string[] {
    const lines = text
        .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "?")
        .split("\n");
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

describe("the connection between Node.js and Java", () => {
    let classes: string;
    let echo: Echo;
    before(() => {
        classes = fs.mkdtempSync(path.join(os.tmpdir(), "echo-"));
        compileEcho(classes);
        echo = new Echo(classes);
    });
    after(async () => {
        assert.equal(await echo.close(), 0);
        fs.rmSync(classes, { recursive: true });
    });

    const assertEchoed = async (strings: string[]) => {
        const { event, errors } = await echo.send(strings);
        assert.deepEqual(event, { strings, count: strings.length });
        assert.deepEqual(errors, strings.flatMap(linesPrinted));
    };

    it("carries text that breaks readers of lines, UTF-8 and JSON", async () => {
        await assertEchoed(traps);
        for (const trap of traps) await assertEchoed([trap, `a${trap}b`, trap + trap]);
    });

    it("carries every UTF-16 code unit, alone too", async () => {
        const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
        await assertEchoed(units);
        await assertEchoed([units.join("")]);
    });

    it("carries any strings, thousands of them through one JVM", async () => {
        await fc.assert(fc.asyncProperty(fc.array(hostile, { maxLength: 6 }), assertEchoed), { numRuns: 2000 });
    });

    for (const [what, unit] of [
        ["ASCII", "a"],
        ["characters of three bytes", "€"],
        ["line separators", "\u2028"],
        ["line ends", "\n"],
        ["lone surrogates", "\ud800"],
        ["pairs of surrogates", "\u{1f600}"],
    ] as const) {
        it(`carries a megabyte of ${what}`, async () => {
            // A frame of several megabytes goes in many pieces; one more character moves all the cuts.
            for (const text of [unit.repeat(2 ** 20), `x${unit.repeat(2 ** 20)}`]) {
                const { event } = await echo.send([text]);
                // Not deepEqual, whose report would take minutes.
                assert.ok(event.strings.length === 1 && event.strings[0] === text, `${event.strings[0]?.length}`);
            }
        });
    }

    it("was not disturbed by what the JVM printed in the meantime, forged frames included", () => {
        assert.ok(echo.printed > 2 ** 20);
        assert.deepEqual(echo.unknown, []);
    });
});
