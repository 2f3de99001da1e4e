import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    javaArguments,
    type SpareAnswer,
    type SpareRequest,
    toolchainClassPath,
} from "../../delivery/tools/java/process";
import { encode } from "../../delivery/tools/java/frames";
import { Tail } from "../../delivery/lines";

/** A plan and a deployment. */
const keptReady = 2;
const tailCharacters = 8000;

/** Java processes that have loaded Liquibase before a build needs one. Each serves one build. */
export class SpareJava {
    private readonly ready: Spare[] = [];
    private readonly all = new Set<Spare>();
    private readonly directory = mkdtempSync(join(tmpdir(), "java-"));
    private readonly server: net.Server;
    private closed = false;

    private constructor(
        private readonly javaHome: string,
        private readonly toolchain: string,
    ) {
        this.server = net.createServer((connection) => this.serve(connection)).unref();
    }

    /** `toolchain` is the directory of the builds' toolchain. */
    static async open(javaHome: string, toolchain: string): Promise<SpareJava> {
        const spares = new SpareJava(javaHome, toolchain);
        await new Promise<void>((resolve, reject) =>
            spares.server.once("error", reject).listen(spares.socket, resolve),
        );
        return spares;
    }

    get socket(): string {
        return join(this.directory, "s");
    }

    /** How many have loaded Liquibase and are idle. */
    get readyCount(): number {
        return this.ready.length;
    }

    /** Starts as many as are missing: while nothing else needs the machine. */
    replenish(): void {
        while (!this.closed && this.ready.length + this.starting < keptReady) this.start();
    }

    close(): void {
        this.closed = true;
        this.server.close();
        for (const { child } of this.all) child.kill("SIGKILL");
        rmSync(this.directory, { recursive: true, force: true });
    }

    private get starting(): number {
        return [...this.all].filter(({ isReady }) => !isReady).length;
    }

    private start(): void {
        const child = spawn(
            join(this.javaHome, "bin", "java"),
            javaArguments(toolchainClassPath(this.toolchain), fixedProperties, "aurorapipeline.Spare"),
            {
                // A group of its own: Ctrl-C reaches the build first, which then ends what it does in order.
                detached: true,
                stdio: ["pipe", "pipe", "pipe"],
            },
        );
        const spare: Spare = { child, isReady: false, tail: new Tail(child.stderr, tailCharacters) };
        this.all.add(spare);
        child.stdin.on("error", () => undefined);
        child.stdout.once("data", () => {
            spare.isReady = true;
            this.ready.push(spare);
        });
        // Without a spare, a build starts its own, and says what is wrong with Java.
        child.on("error", () => this.forget(spare));
        child.on("close", () => this.forget(spare));
    }

    private forget(spare: Spare): void {
        this.all.delete(spare);
        const place = this.ready.indexOf(spare);
        if (place >= 0) this.ready.splice(place, 1);
    }

    private serve(connection: net.Socket): void {
        connection.on("error", () => undefined);
        let text = "";
        const read = (chunk: string) => {
            text += chunk;
            if (!text.includes("\n")) return;
            connection.off("data", read).resume();
            this.lend(JSON.parse(text) as SpareRequest, connection);
        };
        connection.setEncoding("utf8").on("data", read);
    }

    /** The process lives no longer than the connection of the build that has it. */
    private lend(request: SpareRequest, connection: net.Socket): void {
        const answer = (content: SpareAnswer) => connection.write(`${JSON.stringify(content)}\n`);
        // Jars of the changelog's own are in no spare's class path.
        const spare = request.classPath.length === 2 ? this.ready.shift() : undefined;
        answer({ taken: spare !== undefined });
        if (!spare) return;
        const { child, tail } = spare;
        connection.on("close", () => child.kill("SIGKILL"));
        child.on("close", (code, signal) => {
            answer({ closed: { code, signal, said: tail.lines(Infinity).join("\n") } });
            connection.end();
        });
        const { directory, environment, properties, arguments: rest } = request;
        const [variables, defined] = [Object.entries(environment), Object.entries(properties)];
        const counts = [variables.length, defined.length].map(String);
        child.stdin!.write(encode([directory, ...counts, ...variables.flat(), ...defined.flat(), ...rest]));
    }
}

/** Those that Java reads once, before a build can say them. */
const fixedProperties = { "sun.net.inetaddr.ttl": "1", "sun.net.inetaddr.negative.ttl": "1" };

interface Spare {
    child: ChildProcess;
    isReady: boolean;
    tail: Tail;
}
