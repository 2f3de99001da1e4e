import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { liquibaseErrors } from "../../../../../scripts/delivery/tools/liquibase/errors";
import { Session } from "../../../../../scripts/delivery/tools/liquibase/session";

// The real Java side is in test/integration/frames.test.ts. Here another program takes its place, to say what Java never
// should: it runs once the first frame came.

describe("a session", () => {
    let home: string;
    let session: Session | undefined;
    const { JAVA_HOME: before } = process.env;
    beforeEach(() => {
        home = fs.mkdtempSync(path.join(os.tmpdir(), "session-"));
        process.env["JAVA_HOME"] = home;
    });
    afterEach(async () => {
        await session?.close();
        session = undefined;
        if (before === undefined) delete process.env["JAVA_HOME"];
        else process.env["JAVA_HOME"] = before;
        fs.rmSync(home, { recursive: true });
    });

    function start(program: string): Session {
        const script = path.join(home, "script.js");
        fs.writeFileSync(
            script,
            `const socket = require("node:net").connect(process.argv[process.argv.indexOf("aurorapipeline.Session") + 1]);
            socket.on("error", () => {}).on("end", () => process.exit());
            socket.once("data", (bytes) => { ${program} });`,
        );
        fs.mkdirSync(path.join(home, "bin"));
        fs.writeFileSync(path.join(home, "bin/java"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, {
            mode: 0o755,
        });
        session = Session.start({
            classPath: ["nowhere"],
            directory: home,
            environment: { PATH: process.env["PATH"] },
            sources,
        });
        return session;
    }

    const sources = { allowCode: false, own: "/nowhere/own.json", jars: [] };
    const event = '["event",{"event":"runFailed","id":"1","message":"a\\\\u2028b"}]\\n';

    it("delivers events, messages and the exit code of a command", async () => {
        const seen: unknown[] = [];
        const result = await start(`socket.write('${event}["error","one"]\\n["exit",2]\\n')`).run(["update"], "", {
            onEvent: (one) => seen.push(one),
        });
        const events = [{ event: "runFailed", id: "1", message: "a\u2028b" }];
        assert.deepEqual(result, { exitCode: 2, events, code: [], messages: ["one"], passedOver: [] });
        assert.deepEqual(seen, events);
    });

    it("separates reports of code from events of changesets", async () => {
        const seen: unknown[] = [];
        const code = { event: "code", kind: "executeCommand", file: "a.xml", name: "sh", arguments: ["-c"] };
        const { events, code: found } = await start(
            `socket.write(${JSON.stringify(`["event",${JSON.stringify(code)}]\n["exit",1]\n`)})`,
        ).run(["update"], "", { onEvent: (one) => seen.push(one) });
        assert.deepEqual([events, found, seen], [[], [code], []]);
    });

    it("sends the password and the arguments as they are, empty ones too", async () => {
        const run = start(`socket.write('["error",' + JSON.stringify(bytes.toString()) + ']\\n["exit",0]\\n')`);
        const { messages } = await run.run(["", "a b", "\u2028\ud800", ""], "");
        assert.deepEqual(messages, ['["","0","","a b","\\u2028\\ud800",""]\n']);
    });

    it("survives a broken frame: the command fails, and says why", async () => {
        const run = start(`socket.write('["event",{"message":"a\\nb"}]\\n["exit",0]\\n')`).run(["update"], "");
        const broken = new liquibaseErrors.LiquibaseGarbled({
            bytes: 22,
            beginning: JSON.stringify('["event",{"message":"a'),
        });
        await assert.rejects(run, broken);
        await assert.rejects(session!.run(["update"], ""), broken);
    });

    it("fails a command whose events cannot be processed", async () => {
        const refusal = new Error("refused");
        const run = start(`socket.write('${event}["exit",0]\\n')`).run(["update"], "", {
            onEvent: () => {
                throw refusal;
            },
        });
        await assert.rejects(run, refusal);
    });

    it("does not read printed output as frames", async () => {
        const { exitCode } = await start(
            `for (const output of [1, 2]) require("node:fs").writeSync(output, '["exit",0]\\n');
            socket.write('["exit",5]\\n')`,
        ).run(["update"], "");
        assert.equal(exitCode, 5);
    });

    it("quotes the last output and messages when the process ends", async () => {
        const run = start(
            `console.log("printed"); console.error("crashed");
            socket.end('["error","reported"]\\n', () => process.exit(7))`,
        ).run(["update"], "");
        await assert.rejects(
            run,
            new liquibaseErrors.LiquibaseEnded({ how: "exit code 7", output: "\ncrashed\nprinted\nreported" }),
        );
    });

    it("says what to do when there is no Java", async () => {
        const missing = Session.start({ classPath: [home], directory: home, environment: {}, sources });
        await assert.rejects(missing.run(["update"], ""), new liquibaseErrors.JavaMissing({}));
        await missing.close();
    });
});
