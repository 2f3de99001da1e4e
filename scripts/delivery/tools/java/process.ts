import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { keptToolchainVariable, spareJavaVariable, Toolchain } from "../../../../components/contract";

/** How a Java process that runs a session of a tool is started. */
export interface JavaOptions {
    classPath: string[];
    directory: string;
    environment: Record<string, string | undefined>;
    /** Java's system properties. */
    properties: Record<string, string>;
    /** The session's class. */
    mainClass: string;
    arguments: string[];
    /** Whether a process that was started ahead can run it. */
    spare: boolean;
}

/** The part of a child process that a session needs. */
export interface JavaProcess {
    readonly stdout: Readable | null;
    readonly stderr: Readable | null;
    kill(signal: NodeJS.Signals): unknown;
    on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
    on(event: "close", listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
}

const jvmOptions = [
    // Measured: C1 only and the serial collector halve the start-up of a short-lived session; the heap fits the smallest
    // CodeBuild machine and 10,000 changesets.
    ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx1g"],
    // What tools format dates with and changes the case of names by, and the driver sets for the session: as in AWS,
    // on every machine.
    ...["-Dfile.encoding=UTF-8", "-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country="],
];

/** Our classes and the tools': of this toolchain, or of a kept copy of it. */
export function toolchainClassPath(toolchain: string): string[] {
    const kept = process.env[keptToolchainVariable];
    const directory = kept !== undefined && fs.existsSync(kept) ? kept : toolchain;
    return [path.join(directory, Toolchain.classes), path.join(directory, Toolchain.libraries, "*")];
}

/** Java's arguments in front of those of the class. */
export function javaArguments(classPath: string[], properties: Record<string, string>, mainClass: string): string[] {
    const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    return [
        ...jvmOptions,
        ...sharedClasses(path.join(path.dirname(classPath[0]!), Toolchain.classData)),
        ...defined,
        ...["-cp", classPath.flatMap(jarsOf).join(":"), mainClass],
    ];
}

/**
 * Measured: a quarter of the processor's time of a short session is Java loading and verifying classes. Java ignores class
 * data of another runtime or of other jars.
 */
function sharedClasses(classData: string): string[] {
    return fs.existsSync(classData) ? [`-XX:SharedArchiveFile=${classData}`, "-Xlog:cds=off,cds+dynamic=off"] : [];
}

/** Java itself would take the jars of a directory in the order in which the file system lists them. */
function jarsOf(entry: string): string[] {
    const directory = path.dirname(entry);
    return path.basename(entry) === "*" && fs.existsSync(directory)
        ? fs
              .readdirSync(directory)
              .filter((name) => name.endsWith(".jar"))
              .sort()
              .map((name) => path.join(directory, name))
        : [entry];
}

/**
 * Starts Java, or takes a process that was started ahead, where somebody keeps some: that saves the second in which Java
 * loads the tool.
 */
export function startJava(options: JavaOptions): JavaProcess {
    const spares = process.env[spareJavaVariable];
    return spares && options.spare ? new SpareJava(spares, options) : spawnJava(options);
}

function spawnJava({
    classPath,
    directory,
    environment,
    properties,
    mainClass,
    arguments: rest,
}: JavaOptions): JavaProcess {
    const { JAVA_HOME: javaHome } = process.env;
    const java = javaHome ? `${javaHome}/bin/java` : "java";
    return spawn(java, [...javaArguments(classPath, properties, mainClass), ...rest], {
        cwd: directory,
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
    });
}

/** The request to the keeper of spare processes: one line of JSON. */
export type SpareRequest = Pick<JavaOptions, "classPath" | "directory" | "properties" | "arguments"> & {
    environment: Record<string, string>;
};

/** The answers, each a line of JSON: at once whether there is a process, and how it ended. */
export type SpareAnswer =
    { taken: boolean } | { closed: { code: number | null; signal: NodeJS.Signals | null; said: string } };

/** A process that another program started, as long as the connection to it lasts. */
class SpareJava extends EventEmitter implements JavaProcess {
    readonly stdout = new PassThrough();
    readonly stderr = new PassThrough();
    private own: JavaProcess | undefined;
    private answered = false;
    private ended = false;
    private readonly connection: net.Socket;

    constructor(
        spares: string,
        private readonly options: JavaOptions,
    ) {
        super();
        const { environment, classPath, directory, properties, arguments: rest } = options;
        const request = { classPath, directory, properties, arguments: rest };
        const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
        let text = "";
        this.connection = net
            .connect(spares)
            .setEncoding("utf8")
            // Whoever kept it is gone, or was never there.
            .on("error", () => undefined)
            .on("data", (chunk: string) => {
                const lines = (text + chunk).split("\n");
                text = lines.pop()!;
                lines.forEach((line) => this.receive(JSON.parse(line) as SpareAnswer));
            })
            .on("close", () => (this.answered ? this.close(null, "SIGKILL", "") : this.startOwn()));
        this.connection.write(`${JSON.stringify({ ...request, environment: Object.fromEntries(set) })}\n`);
    }

    kill(signal: NodeJS.Signals): void {
        if (this.own) this.own.kill(signal);
        else this.connection.destroy();
    }

    private receive(answer: SpareAnswer): void {
        if ("closed" in answer) {
            const { code, signal, said } = answer.closed;
            this.close(code, signal, said);
        } else if (answer.taken) {
            this.answered = true;
        } else {
            this.connection.destroy();
        }
    }

    private startOwn(): void {
        if (this.ended) return;
        this.own = spawnJava(this.options);
        this.own.stdout?.pipe(this.stdout);
        this.own.stderr?.pipe(this.stderr);
        this.own.on("error", (error) => this.emit("error", error));
        this.own.on("close", (code, signal) => this.emit("close", code, signal));
    }

    private close(code: number | null, signal: NodeJS.Signals | null, said: string): void {
        if (this.ended) return;
        this.ended = true;
        this.connection.destroy();
        this.stdout.end();
        this.stderr.end(said, () => this.emit("close", code, signal));
    }
}
