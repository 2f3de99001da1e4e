import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { python } from "./python";

const program = path.join(__dirname, "emulator.py");

/** An emulated AWS, in a process of its own; it ends with this one. */
export class Emulator {
    private constructor(
        private readonly process: ChildProcess,
        readonly endpoint: string,
    ) {}

    static async start(): Promise<Emulator> {
        const child = spawn(python(), [program], { stdio: ["pipe", "pipe", "pipe"] });
        let errors = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
        const port = await new Promise<string>((resolve, reject) => {
            createInterface(child.stdout).once("line", resolve);
            child.once("exit", (code) => reject(new Error(`The emulator ended with status ${code}:\n${errors}`)));
        });
        return new Emulator(child, `http://127.0.0.1:${port}`);
    }

    /** Whether requests are held to the policies of who makes them; at first they are not. */
    async enforce(enforced: boolean): Promise<void> {
        const response = await fetch(`${this.endpoint}/moto-api/reset-auth`, {
            method: "POST",
            body: enforced ? "0" : "inf",
        });
        if (!response.ok) {
            throw new Error(`The emulator refused to change its enforcement: ${response.status}`);
        }
    }

    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.process.once("exit", resolve));
        this.process.stdin?.end();
        await ended;
    }
}
