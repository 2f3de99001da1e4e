import { basename } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { isEditorFile } from "../source/editorFiles";

/** An editor writes a file in several steps: this long after the last one, the file is complete. */
const quietMilliseconds = 100;

/** Detects saves below a directory. */
export class Saves {
    private readonly changed = new Set<string>();
    private lastAt = 0;
    private wake: () => void = () => undefined;

    private constructor(
        private readonly watcher: FSWatcher,
        private readonly signal: AbortSignal,
    ) {
        watcher.on("all", (event, path) => {
            if (event === "addDir") return;
            this.changed.add(path);
            this.lastAt = Date.now();
            this.wake();
        });
        signal.addEventListener("abort", () => this.wake(), { once: true });
    }

    /** Starts watching; existing files count as seen. */
    static async below(directory: string, signal: AbortSignal): Promise<Saves> {
        const watcher = watch(directory, {
            ignoreInitial: true,
            followSymlinks: false,
            ignored: (path) => path !== directory && isEditorFile(basename(path)),
        });
        const saves = new Saves(watcher, signal);
        await new Promise<void>((resolve, reject) => watcher.once("ready", resolve).once("error", reject));
        // Later errors, such as an unreadable directory, do not end the watch: the next save is still seen.
        watcher.on("error", () => undefined);
        return saves;
    }

    /** The paths saved since the last call, as soon as nothing is being written; undefined if aborted. */
    async next(): Promise<string[] | undefined> {
        for (;;) {
            if (this.signal.aborted) return undefined;
            const quiet = this.lastAt + quietMilliseconds - Date.now();
            if (this.changed.size > 0 && quiet <= 0) break;
            await new Promise<void>((resolve) => {
                const timer = this.changed.size > 0 ? setTimeout(resolve, quiet) : undefined;
                this.wake = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
        }
        const paths = [...this.changed].sort();
        this.changed.clear();
        return paths;
    }

    close(): Promise<void> {
        return this.watcher.close();
    }
}
