import assert from "node:assert/strict";
import type { RunOptions } from "../../scripts/local/options";
import { PlainProgress } from "../../scripts/local/progress/plain";
import { run } from "../../scripts/local/run";
import { write } from "../scripts/local/support";
import { changelog, type Scene } from "./localSupport";

/** A watch of a scene's repository: what it says, and what is in its database. */
export class Watched {
    readonly lines: string[] = [];
    readonly ended: Promise<number>;
    private readonly controller = new AbortController();
    private wake: () => void = () => undefined;

    constructor(
        private readonly scene: Scene,
        options: Partial<RunOptions> = {},
    ) {
        this.ended = run({
            environment: "dev",
            repository: scene.repository,
            local: scene.local,
            progress: new PlainProgress((line) => {
                this.lines.push(line);
                this.wake();
            }),
            signal: this.controller.signal,
            watch: true,
            ...options,
        });
        void this.ended.catch(() => undefined).finally(() => this.wake());
    }

    /** Waits for a line after those that a call before has seen; returns the lines up to it. */
    async until(pattern: RegExp): Promise<string> {
        const over = this.ended.then(
            () => true,
            () => true,
        );
        for (;;) {
            const found = this.lines.findIndex((line) => pattern.test(line));
            if (found >= 0) return this.lines.splice(0, found + 1).join("\n");
            const line = new Promise<boolean>((resolve) => (this.wake = () => resolve(false)));
            if (await Promise.race([over, line])) {
                assert(
                    this.lines.some((one) => pattern.test(one)),
                    `it ended without ${pattern}:\n${this.lines.join("\n")}`,
                );
            }
        }
    }

    /** Saves a file and waits until that is delivered, or is not. */
    async save(file: string, ...changesets: string[]): Promise<string> {
        write(this.scene.repository, { [file]: changelog(...changesets) });
        return this.until(/^ {2}(Succeeded|Failed) in \d/);
    }

    interrupt(): Promise<number> {
        this.controller.abort();
        return this.ended;
    }
}
